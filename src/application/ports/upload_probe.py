"""Who looks at what strangers bring."""

from pathlib import Path
from typing import Protocol

from domain.library.limits import Allowance
from domain.library.media import Media


class UploadProbe(Protocol):
    """Looks into files that nobody has looked into yet."""

    async def look(self, file: Path, allowance: Allowance | None = None) -> Media:
        """Say what is in a file, as an `Encoder` would measure it; its name does not matter.

        Whatever is in the file, this ends soon, with bounded memory, and harms nothing. Raises
        `UnacceptedMedia` for what is no film or song of a kind that is taken, `UnreadableMedia`
        for one that is damaged, and `TooLarge` for more than the ``allowance``.
        """
        ...
