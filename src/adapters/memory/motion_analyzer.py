"""An eye that sees the same motion in every clip."""

from pathlib import Path

from anyio.lowlevel import checkpoint

from domain.library.motion import Motion


class MemoryMotionAnalyzer:
    """Sees some motion everywhere, and no beat in it."""

    async def watch(self, clip: Path) -> Motion:
        """See `application.ports.motion_analyzer.MotionAnalyzer`."""
        await checkpoint()
        return Motion(rate=15, changes=(9.0,) * 100)
