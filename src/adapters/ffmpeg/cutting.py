"""Make one cut from its clip: probe, encode and count frames."""

from fractions import Fraction
from pathlib import Path

from adapters.ffmpeg.audio_filters import AudioOptions
from adapters.ffmpeg.commands import Under, build_decode_command, build_normalize_command
from adapters.ffmpeg.ffmpeg_runner import FFmpegRunner
from adapters.ffmpeg.filters import SPARE, Shown
from adapters.media.codecs import FORGIVING
from adapters.media.messages import Look
from application.ports.media_files import MediaFiles
from domain.blueprint.model import OutputConfig
from domain.blueprint.timeline import Crossfade, Cut
from domain.shared.errors import ClipTooShort, FFmpegFailed, UnreadableMedia


async def make_cut(
    runner: FFmpegRunner, cut: Cut, files: MediaFiles, output: OutputConfig, into: Path
) -> None:
    """Write exactly ``cut.frames`` frames of a clip; raises as the port's `normalise` does."""
    await runner.require(output.video_codec)
    look = await film(runner, cut.clip, files)
    _check_length(cut, look, output.frame_rate)
    await _make(runner, cut, look, files, output, into)


async def make_whole(
    runner: FFmpegRunner, clip: str, files: MediaFiles, output: OutputConfig, into: Path
) -> None:
    """Write all frames of a clip, and repeat its last one up to `whole_frames`."""
    await runner.require(output.video_codec)
    look = await film(runner, clip, files)
    frames = whole_frames(look.media.seconds, output.frame_rate)
    cut = Cut(clip=clip, first=0, frames=frames, rate=Fraction(1))
    await _make(runner, cut, look, files, output, into)


def whole_frames(seconds: Fraction, frame_rate: int) -> int:
    """Return the number of frames of a whole clip: enough for any cut that rounding lengthens."""
    return int(seconds * frame_rate) + SPARE


async def _make(
    runner: FFmpegRunner, cut: Cut, look: Look, files: MediaFiles, output: OutputConfig, into: Path
) -> None:
    crossfade, rate = cut.crossfade, output.frame_rate
    under = await _under(runner, crossfade, files, rate) if crossfade else None
    command = build_normalize_command(
        await files.local(cut.clip),
        into,
        output.frame_rate,
        first=_within(cut.first, look, output.frame_rate),
        frames=cut.frames,
        rate=cut.rate,
        fade_in=cut.fade_in,
        fade_out=cut.fade_out,
        under=under,
        width=output.width,
        height=output.height,
        codec=output.video_codec,
        bitrate=output.video_bitrate,
        video=video_options_of(look),
        input_format=look.form,
        ffmpeg=runner.ffmpeg,
    )
    try:
        await runner.run(command)
        await require_frames(runner, into, cut.frames)
    except FFmpegFailed as failure:
        clips = [cut.clip, *((cut.crossfade.clip,) if cut.crossfade else ())]
        await blame(runner, clips, files, failure)


def video_options_of(look: Look) -> Shown:
    """Return the options for reading the video of a file."""
    return Shown(track=look.picture, interlaced=look.interlaced, hdr=look.hdr, colours=look.colours)


def audio_options_of(look: Look) -> AudioOptions:
    """Return the options for reading the audio of a file."""
    return AudioOptions(
        track=look.sound,
        endless=look.endless,
        skip=look.skip,
        forgiving=look.form in FORGIVING,
    )


async def film(runner: FFmpegRunner, clip: str, files: MediaFiles) -> Look:
    """Probe a clip; raises `UnreadableMedia`, naming its storage path."""
    look = await media(runner, clip, files)
    if look.media.picture is None:
        raise UnreadableMedia(f"The clip {clip!r} has no video.")
    return look


async def media(runner: FFmpegRunner, path: str, files: MediaFiles) -> Look:
    """Probe a file; raises `UnreadableMedia`, naming its storage path."""
    try:
        return await runner.look(await files.local(path))
    except UnreadableMedia as error:
        raise UnreadableMedia(f"{path!r} cannot be read: {error}", details=error.details) from None


async def require_frames(runner: FFmpegRunner, film_file: Path, frames: int) -> None:
    """Raise `FFmpegFailed` unless a film made here has exactly ``frames`` frames."""
    try:
        picture = (await runner.look(film_file)).media.picture
    except UnreadableMedia:
        picture = None
    count = picture.frames if picture else 0
    if count != frames:
        raise FFmpegFailed(f"FFmpeg made {count} of {frames} frames.")


async def blame(
    runner: FFmpegRunner, paths: list[str], files: MediaFiles, failure: FFmpegFailed
) -> None:
    """Raise `UnreadableMedia` for the first file that does not decode completely, or else
    ``failure``.
    """
    for path in paths:
        look = await media(runner, path, files)
        command = build_decode_command(
            await files.local(path),
            input_format=look.form,
            video=video_options_of(look),
            audio=audio_options_of(look),
            progress=False,
            ffmpeg=runner.ffmpeg,
        )
        try:
            await runner.run(command)
        except FFmpegFailed as error:
            message = f"{path!r} is damaged: it cannot be decoded to its end."
            raise UnreadableMedia(message, details=error.details) from None
    raise failure


def _check_length(cut: Cut, look: Look, frame_rate: int) -> None:
    """Raise `ClipTooShort` if a cut exceeds its clip's end by more than rounding explains.

    Rounded to whole frames, a move begins up to half a frame late and lasts up to one frame longer,
    which at double tempo is two frames of the clip; the Blueprint itself may exceed the clip by
    half a frame.
    """
    end = (cut.first + cut.frames * cut.rate) / frame_rate
    length = look.media.seconds
    if end > length + Fraction(SPARE, frame_rate):
        raise ClipTooShort(
            f"{cut.clip!r} lasts {float(length):.3f} s; the move needs it up to {float(end):.3f} s."
        )


async def _under(
    runner: FFmpegRunner, crossfade: Crossfade, files: MediaFiles, frame_rate: int
) -> Under:
    look = await film(runner, crossfade.clip, files)
    return Under(
        file=str(await files.local(crossfade.clip)),
        input_format=look.form,
        first=_within(crossfade.first, look, frame_rate),
        rate=crossfade.rate,
        frames=crossfade.frames,
        video=video_options_of(look),
    )


def _within(first: int, look: Look, frame_rate: int) -> int:
    """Return the frame, or the clip's last one if it is beyond the end."""
    return min(first, max(0, -(-look.media.seconds * frame_rate // 1) - 1))
