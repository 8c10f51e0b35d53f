"""Join pieces of film by copying, with FFmpeg."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import msgspec

from adapters.ffmpeg.commands import build_concat_command, concat_list
from adapters.ffmpeg.cutting import require_frames
from adapters.ffmpeg.ffmpeg_runner import FFmpegRunner
from application.ports.footage import Footage
from domain.shared.errors import FFmpegFailed, UnreadableMedia


async def join(runner: FFmpegRunner, pieces: Sequence[Footage], into: Path) -> int:
    """Write the pieces in order into one film and return its number of frames.

    Raises `FFmpegFailed` if the pieces are not alike, or the film has a wrong number of frames.
    """
    takes = [take for piece in pieces for shot in piece.shots for take in shot.takes]
    frame_rate = await _common_rate(runner, [take.path for take in takes])
    list_file = into.with_suffix(".ffconcat")
    lengths = [(take.path, take.count / frame_rate) for take in takes]
    list_file.write_text(concat_list(lengths), encoding="utf-8")
    pieces_read = [str(take.path.absolute()) for take in takes]
    command = build_concat_command(list_file, into, ffmpeg=runner.ffmpeg)
    await runner.run(command, reads=pieces_read)
    expected = sum(piece.frames for piece in pieces)
    await require_frames(runner, into, expected)
    return expected


async def _common_rate(runner: FFmpegRunner, pieces: Sequence[Path]) -> Fraction:
    """Return the frame rate of all pieces; they must fit the same decoder."""
    if not pieces:
        raise FFmpegFailed("There is nothing to join.")
    kinds = {await _kind(runner, path) for path in dict.fromkeys(pieces)}
    if len(kinds) > 1:
        raise FFmpegFailed("The pieces are encoded differently, so they cannot be joined.")
    return kinds.pop().frame_rate


class _Kind(msgspec.Struct, frozen=True):
    """The properties that all pieces must share."""

    setup: bytes
    frame_rate: Fraction
    width: int
    height: int
    codec: str


async def _kind(runner: FFmpegRunner, path: Path) -> _Kind:
    try:
        look = await runner.look(path)
    except UnreadableMedia as error:
        raise FFmpegFailed("A piece cannot be read.", details=error.details) from None
    picture = look.media.picture
    if picture is None:
        raise FFmpegFailed("A piece has no video.")
    return _Kind(look.setup, picture.frame_rate, picture.width, picture.height, picture.codec)
