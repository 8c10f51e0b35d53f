"""Who sees how much moves in a clip."""

from pathlib import Path
from typing import Protocol

from domain.library.motion import Motion


class MotionAnalyzer(Protocol):
    """An eye for motion."""

    async def watch(self, clip: Path) -> Motion:
        """Watch a whole clip; raises `UnreadableMedia` for what has no picture or breaks off."""
        ...
