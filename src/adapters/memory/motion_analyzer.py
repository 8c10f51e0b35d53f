"""A motion analyzer that finds the same motion in every clip."""

from pathlib import Path

from anyio.lowlevel import checkpoint

from domain.library.motion import Motion


class MemoryMotionAnalyzer:
    """Returns a constant motion without a beat."""

    async def analyze(self, clip: Path) -> Motion:
        """See `application.ports.motion_analyzer.MotionAnalyzer`."""
        await checkpoint()
        return Motion(rate=15, changes=(9.0,) * 100)
