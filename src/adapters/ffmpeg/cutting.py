"""One cut made from its clip: looked into, encoded, counted."""

from fractions import Fraction
from pathlib import Path

from adapters.ffmpeg.commands import Under, build_decode_command, build_normalize_command
from adapters.ffmpeg.filters import SPARE
from adapters.ffmpeg.machine import Machine
from adapters.ffmpeg.probe import Look, look
from application.files import Files
from domain.blueprint import OutputConfig
from domain.errors import ClipTooShort, FFmpegFailed, UnreadableMedia
from domain.timeline import Crossfade, Cut


async def make_cut(
    machine: Machine, cut: Cut, files: Files, output: OutputConfig, into: Path
) -> None:
    """Write exactly ``cut.frames`` frames of a clip; raises as the port's `normalise` does."""
    await machine.require(output.video_codec)
    seen = await film(cut.clip, files)
    _check_length(cut, seen, output.frame_rate)
    await _make(machine, cut, seen, files, output, into)


async def make_whole(
    machine: Machine, clip: str, files: Files, output: OutputConfig, into: Path
) -> None:
    """Write all frames of a clip, and its last one a few times more, up to `whole_frames`."""
    await machine.require(output.video_codec)
    seen = await film(clip, files)
    frames = whole_frames(seen.media.seconds, output.frame_rate)
    cut = Cut(clip=clip, first=0, frames=frames, rate=Fraction(1))
    await _make(machine, cut, seen, files, output, into)


def whole_frames(seconds: Fraction, frame_rate: int) -> int:
    """How many frames are made of a whole clip: enough for any cut that rounding lengthens."""
    return int(seconds * frame_rate) + SPARE


async def _make(
    machine: Machine, cut: Cut, seen: Look, files: Files, output: OutputConfig, into: Path
) -> None:
    under = await _under(cut.crossfade, files, output.frame_rate) if cut.crossfade else None
    command = build_normalize_command(
        await files.local(cut.clip),
        into,
        output.frame_rate,
        first=_within(cut.first, seen, output.frame_rate),
        frames=cut.frames,
        rate=cut.rate,
        fade_in=cut.fade_in,
        fade_out=cut.fade_out,
        under=under,
        width=output.width,
        height=output.height,
        codec=output.video_codec,
        bitrate=output.video_bitrate,
        tone_map=seen.hdr,
        input_format=seen.form,
        ffmpeg=machine.ffmpeg,
    )
    try:
        await machine.run(command)
        await require_frames(into, cut.frames)
    except FFmpegFailed as failure:
        clips = [cut.clip, *((cut.crossfade.clip,) if cut.crossfade else ())]
        await blame(machine, clips, files, failure)


async def film(clip: str, files: Files) -> Look:
    """Look into a clip; raises `UnreadableMedia`, naming its storage path."""
    seen = await media(clip, files)
    if seen.media.picture is None:
        raise UnreadableMedia(f"{clip!r} has no picture.")
    return seen


async def media(path: str, files: Files) -> Look:
    """Look into a file; raises `UnreadableMedia`, naming its storage path."""
    try:
        return await look(await files.local(path))
    except UnreadableMedia as error:
        raise UnreadableMedia(f"{path!r} cannot be read: {error}", details=error.details) from None


async def require_frames(made: Path, frames: int) -> None:
    """Raise `FFmpegFailed` unless a film of our own making has just as many frames."""
    try:
        picture = (await look(made)).media.picture
    except UnreadableMedia:
        picture = None
    found = picture.frames if picture else 0
    if found != frames:
        raise FFmpegFailed(f"{found} frames were made of the {frames} asked for.")


async def blame(machine: Machine, paths: list[str], files: Files, failure: FFmpegFailed) -> None:
    """Raise `UnreadableMedia` for the file that does not decode to its end, else ``failure``."""
    for path in paths:
        seen = await media(path, files)
        command = build_decode_command(
            await files.local(path), input_format=seen.form, progress=False, ffmpeg=machine.ffmpeg
        )
        try:
            await machine.run(command)
        except FFmpegFailed as error:
            message = f"{path!r} is damaged: it cannot be decoded to its end."
            raise UnreadableMedia(message, details=error.details) from None
    raise failure


def _check_length(cut: Cut, seen: Look, frame_rate: int) -> None:
    """Refuse a cut that goes on after its clip's end for more than rounding accounts for.

    Laid on whole frames, a move begins up to half a frame later than was written and lasts up to
    a frame longer, which at twice the tempo is two of the clip's; the Blueprint itself may be half
    a frame over.
    """
    end = (cut.first + cut.frames * cut.rate) / frame_rate
    length = seen.media.seconds
    if end > length + Fraction(SPARE, frame_rate):
        raise ClipTooShort(
            f"{cut.clip!r} lasts {float(length):.3f} s; the move needs it up to {float(end):.3f} s."
        )


async def _under(crossfade: Crossfade, files: Files, frame_rate: int) -> Under:
    seen = await film(crossfade.clip, files)
    return Under(
        file=str(await files.local(crossfade.clip)),
        input_format=seen.form,
        first=_within(crossfade.first, seen, frame_rate),
        rate=crossfade.rate,
        frames=crossfade.frames,
        tone_map=seen.hdr,
    )


def _within(first: int, seen: Look, frame_rate: int) -> int:
    """The frame itself, or the clip's last one where it lies beyond the end."""
    return min(first, max(0, -(-seen.media.seconds * frame_rate // 1) - 1))
