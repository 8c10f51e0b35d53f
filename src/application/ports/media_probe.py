"""Port for probing media files."""

from pathlib import Path
from typing import Protocol

from domain.library.limits import Allowance
from domain.library.media import Media


class MediaProbe(Protocol):
    """Measures media files from any source."""

    async def measure(self, file: Path, allowance: Allowance | None = None) -> Media:
        """Return the duration, the video and the audio of a file; its name has no effect.

        For any content, this ends soon, uses bounded memory, and does no harm. Raises
        `UnacceptedMedia` for a kind of file that is not accepted, `UnreadableMedia` for a damaged
        one, and `TooLarge` for one that exceeds the ``allowance``.
        """
        ...
