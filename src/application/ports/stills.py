"""Port for single pictures out of films."""

from pathlib import Path
from typing import Protocol


class Stills(Protocol):
    """Takes pictures out of films that this service has made."""

    async def take(self, film: Path, seconds: float, into: Path) -> None:
        """Write the picture at a time as JPEG, at most 1280 pixels wide.

        Raises `UnreadableMedia` if the film has no picture there, `FFmpegFailed` and
        `FFmpegMissing`.
        """
        ...

    async def version(self) -> str:
        """Return everything that the pictures depend on, besides the film and the time."""
        ...
