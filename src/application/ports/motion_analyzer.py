"""Port for measuring the motion in clips."""

from pathlib import Path
from typing import Protocol

from domain.library.motion import Motion


class MotionAnalyzer(Protocol):
    """Measures motion."""

    async def analyze(self, clip: Path) -> Motion:
        """Measure a whole clip; raises `UnreadableMedia` if it has no video or is truncated."""
        ...
