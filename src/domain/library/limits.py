"""How much of a file is taken from those who bring one."""

from typing import Final

import msgspec

from domain.library.media import Media
from domain.shared.errors import TooLarge


class Allowance(msgspec.Struct, frozen=True, kw_only=True):
    """What a file of one kind may have at most."""

    what: str
    """Its kind, for a person."""
    size: int
    """Bytes."""
    seconds: int
    pixels: int = 36_000_000
    """Of one picture: 6000x6000."""
    streams: int = 8

    def refuse_size(self, size: int) -> None:
        """Raise `TooLarge` for more bytes than are taken."""
        if size > self.size:
            raise TooLarge(f"A {self.what} may have {self.size // 1_000_000} MB at most.")

    def refuse_excess(self, media: Media) -> None:
        """Raise `TooLarge`, which names the limit, for what lasts too long or holds too much."""
        picture = media.picture
        if media.seconds > self.seconds:
            raise TooLarge(
                f"A {self.what} may last {_said(self.seconds)} at most; "
                f"this one lasts {float(media.seconds):.1f} s."
            )
        if picture is not None and picture.width * picture.height > self.pixels:
            raise TooLarge(
                f"A picture may have {self.pixels // 1_000_000} megapixels at most; "
                f"these have {picture.width}x{picture.height}."
            )
        if media.streams > self.streams:
            raise TooLarge(
                f"A {self.what} may have {self.streams} streams at most; "
                f"this one has {media.streams}."
            )


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How fast the body of a request has to come; only waiting for it counts."""

    idle: float = 30.0
    """Seconds from one piece to the next."""
    grace: float = 30.0
    """Seconds after which `least` counts."""
    least: int = 10_000
    """Bytes a second, on the average since the beginning."""

    def left(self, waited: float, idle: float, size: int) -> float:
        """Seconds that the next piece may still take; below 0 it is too late.

        The body was waited for ``waited`` seconds in all, ``idle`` of them since the last piece;
        ``size`` bytes have come.
        """
        return min(self.idle - idle, max(self.grace, size / self.least) - waited)


CLIP: Final = Allowance(what="clip", size=500_000_000, seconds=120)
SONG: Final = Allowance(what="song", size=100_000_000, seconds=15 * 60)


def _said(seconds: int) -> str:
    return f"{seconds // 60} minutes" if seconds > 120 and seconds % 60 == 0 else f"{seconds} s"
