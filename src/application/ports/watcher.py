"""Who sees how much moves in a clip."""

from pathlib import Path
from typing import Protocol

from domain.motion import Motion


class Watcher(Protocol):
    """An eye for motion."""

    async def watch(self, clip: Path) -> Motion:
        """Watch a whole clip; raises `UnreadableMedia` for what has no picture or breaks off."""
        ...
