"""Decode sounds of any origin into plain samples, in the cage."""

from pathlib import Path

from adapters.ffmpeg.audio_filters import AudioOptions
from adapters.ffmpeg.cutting import audio_options_of
from adapters.ffmpeg.ffmpeg_runner import FFmpegRunner
from adapters.ffmpeg.guards import opening, reading, writing
from adapters.media.messages import Look
from adapters.mixing.samples import Samples
from adapters.sound.wav import HEADER_BYTES, RATE, samples_of
from application.concurrency.threads import FILES
from domain.shared.errors import FFmpegFailed, UnreadableMedia

_LAYOUTS = {1: "mono", 2: "stereo"}


def build_samples_command(
    file: Path,
    output_file: Path,
    *,
    form: str,
    audio: AudioOptions,
    channels: int,
    most_samples: int,
    ffmpeg: str = "ffmpeg",
) -> list[str]:
    """Return the command that decodes the begin of a sound to samples of 48 kHz and 16 bits."""
    chain = [
        "asetpts=N/SR/TB",
        f"aresample={RATE}",
        f"aformat=sample_fmts=s16:channel_layouts={_LAYOUTS[channels]}",
        f"atrim=end_sample={most_samples}",
    ]
    return [
        *opening(ffmpeg, forgiving=audio.forgiving),
        *reading(file, form, *audio.options),
        *("-map", audio.of(0), "-vn", "-af", ",".join(chain), "-c:a", "pcm_s16le"),
        *writing(output_file, "s16le"),
    ]


async def decoded(
    runner: FFmpegRunner, file: Path, into: Path, *, channels: int, most_samples: int
) -> Samples:
    """Return the samples of a sound, of which those beyond ``most_samples`` may be left out.

    A mono file that this service wrote holds them; any other one is decoded ``into`` a file.
    Raises `UnreadableMedia`, which names the file.
    """
    try:
        known = await FILES.run(lambda: samples_of(file))
    except (FileNotFoundError, IsADirectoryError) as error:
        raise UnreadableMedia(f"The sound {file.name!r} does not exist.") from error
    if channels == 1 and known is not None:
        return Samples(file, channels, min(known, most_samples), HEADER_BYTES)
    try:
        look = await _with_sound(runner, file)
        command = build_samples_command(
            file,
            into,
            form=look.form,
            audio=audio_options_of(look),
            channels=channels,
            most_samples=most_samples,
            ffmpeg=runner.ffmpeg,
        )
        await runner.run(command)
    except UnreadableMedia as error:
        message = f"The sound {file.name!r} cannot be used: {error}"
        raise type(error)(message, details=error.details) from None
    except FFmpegFailed as error:
        message = f"The sound {file.name!r} is damaged: it cannot be decoded."
        raise UnreadableMedia(message, details=error.details) from None
    size = await FILES.run(lambda: into.stat().st_size)
    return Samples(into, channels, size // (2 * channels))


async def _with_sound(runner: FFmpegRunner, file: Path) -> Look:
    look = await runner.look(file)
    if look.media.sound is None:
        raise UnreadableMedia("it has no sound.")
    return look
