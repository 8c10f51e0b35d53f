"""Port for probing pictures."""

from pathlib import Path
from typing import Protocol

from domain.library.limits import Allowance
from domain.storage.asset_files import Pixels


class PictureProbe(Protocol):
    """Measures pictures from any source."""

    async def measure_picture(self, file: Path, allowance: Allowance) -> Pixels:
        """Return the size of a JPEG, PNG or WebP whose pixels have been decoded once.

        For any content, this ends soon, uses bounded memory, and does no harm; the file's name has
        no effect. Raises `UnacceptedMedia` for another kind of file, `UnreadableMedia` for a
        damaged one, and `TooLarge` for one with more pixels than the ``allowance``.
        """
        ...
