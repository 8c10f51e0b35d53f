"""A file looked into by a process of its own, which may come to harm."""

import asyncio
import sys
from fractions import Fraction
from pathlib import Path
from typing import Final

import msgspec

from adapters.ffmpeg.probe import look_now
from adapters.ffmpeg.process import Limits, run
from domain.errors import FFmpegFailed, UnacceptedMedia, UnreadableMedia
from domain.media import Media

_LIMITS: Final = Limits(cpu_seconds=20, file_bytes=0, memory_bytes=3 * 2**30)
_PATIENCE: Final = 40.0
"""Seconds; of these a busy machine may give the process a half."""
_HARMED: Final = "The file cannot be looked into: it takes too long, or too much memory."


class Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the process says of a file: its media, or why there is none."""

    media: Media | None = None
    accepted: bool = True
    message: str = ""
    details: str | None = None


class ChildDoorkeeper:
    """Has each file looked into by a Python of its own, with little time and memory."""

    async def look(self, file: Path) -> Media:
        """See `application.ports.doorkeeper.Doorkeeper`."""
        said: list[str] = []
        argv = [sys.executable, "-P", "-B", "-m", __name__, str(file)]
        try:
            async with asyncio.timeout(_PATIENCE):
                await run(argv, hear=said.append, limits=_LIMITS)
            answer = msgspec.json.decode(said[-1], type=Answer, dec_hook=_converted)
        except (FFmpegFailed, TimeoutError, IndexError, ValueError, ArithmeticError):
            raise UnreadableMedia(_HARMED) from None
        if answer.media is not None:
            return answer.media
        kind = UnreadableMedia if answer.accepted else UnacceptedMedia
        raise kind(answer.message, details=answer.details)


def answer_of(file: Path) -> bytes:
    """The answer for a file, as JSON in one line."""
    try:
        answer = Answer(media=look_now(file).media)
    except UnreadableMedia as error:
        accepted = not isinstance(error, UnacceptedMedia)
        answer = Answer(accepted=accepted, message=str(error), details=error.details)
    return msgspec.json.encode(answer, enc_hook=str)


def _converted(kind: type, value: object) -> Fraction:
    if kind is not Fraction:
        raise ValueError(f"{kind.__name__} is not written so.")
    return Fraction(str(value))


if __name__ == "__main__":
    sys.stdout.buffer.write(answer_of(Path(sys.argv[1])) + b"\n")
