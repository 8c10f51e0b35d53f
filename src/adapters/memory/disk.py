"""A disk in memory."""

from anyio.lowlevel import checkpoint

from application.ports.disk import DiskSpace


class MemoryDisk:
    """A disk with the space that a test gives it."""

    def __init__(self, total_bytes: int = 10**12, free_bytes: int = 5 * 10**11) -> None:
        """Take the bytes of the disk."""
        self.stated = DiskSpace(total_bytes=total_bytes, free_bytes=free_bytes)
        """The space; a test may replace it."""

    async def space(self) -> DiskSpace:
        """See `application.ports.disk.Disk`."""
        await checkpoint()
        return self.stated
