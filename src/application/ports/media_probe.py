"""A look into media files."""

from pathlib import Path
from typing import Protocol

from domain.library.limits import Allowance
from domain.library.media import Media


class MediaProbe(Protocol):
    """Measures media files, whoever made them."""

    async def measure(self, file: Path, allowance: Allowance | None = None) -> Media:
        """Return the length, the picture and the sound of a file; its name does not matter.

        Whatever the file holds, this ends soon, with bounded memory, and harms nothing. Raises
        `UnacceptedMedia` for a kind of file that is not accepted, `UnreadableMedia` for a damaged
        one, and `TooLarge` for one that exceeds the ``allowance``.
        """
        ...
