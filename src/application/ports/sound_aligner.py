"""Port for finding clips with the same recording."""

from pathlib import Path
from typing import Protocol

from domain.library.shared_recordings import Alignment, SoundPrint


class SoundAligner(Protocol):
    """Fingerprints and compares the sound of clips."""

    name: str
    """Identifies the fingerprints; an aligner with other fingerprints has another name."""

    async def fingerprint(self, clip: Path) -> SoundPrint:
        """Return a few kilobytes that represent the sound; empty for a silent clip.

        Raises `UnreadableMedia` if there is no sound, or if it cannot be decoded.
        """
        ...

    async def align(self, one: SoundPrint, other: SoundPrint) -> Alignment | None:
        """Return the alignment of two clips, None unless they contain the same recording."""
        ...
