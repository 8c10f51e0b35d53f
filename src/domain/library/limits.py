"""Limits for uploaded files."""

from typing import Final

import msgspec

from domain.library.media import Media
from domain.library.media_checks import Requirements, refuse_media
from domain.shared.errors import TooLarge


class Allowance(msgspec.Struct, frozen=True, kw_only=True):
    """Limits for one kind of file."""

    what: str
    """Name of the kind, for messages."""
    size: int
    """Maximum size in bytes."""
    seconds: int
    pixels: int = 36_000_000
    """Maximum pixels of one picture: 6000x6000."""
    streams: int = 8

    def refuse_size(self, size: int) -> None:
        """Raise `TooLarge` if a file has more bytes than the limit."""
        if size > self.size:
            raise TooLarge(f"A {self.what} may have {self.size // 1_000_000} MB at most.")

    def refuse_excess(self, media: Media) -> None:
        """Raise `TooLarge`, which names the limit, if a file is too long, too large a picture, or
        has too many streams; `UnreadableMedia` if it is empty.
        """
        refuse_media(media, self.requirements)

    @property
    def requirements(self) -> Requirements:
        """The limits as rules for what a probe has measured."""
        return Requirements(
            what=self.what,
            most_seconds=self.seconds,
            most_pixels=self.pixels,
            most_streams=self.streams,
        )


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """Minimum speed of a request body; only the time spent waiting for data counts."""

    idle: float = 30.0
    """Maximum seconds between two pieces."""
    grace: float = 30.0
    """Seconds after which `least` applies."""
    least: int = 10_000
    """Minimum average speed since the beginning, in bytes per second."""

    def time_left(self, waited: float, idle: float, size: int) -> float:
        """Return the seconds that the next piece may still take; negative if it is too late.

        ``waited`` is the total time spent waiting for data, and ``idle`` the part of it since the
        last piece, both in seconds; ``size`` is the number of bytes received.
        """
        return min(self.idle - idle, max(self.grace, size / self.least) - waited)


CLIP: Final = Allowance(what="clip", size=500_000_000, seconds=120)
SONG: Final = Allowance(what="song", size=100_000_000, seconds=15 * 60)
