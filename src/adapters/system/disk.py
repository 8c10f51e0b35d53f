"""The disk of a folder."""

import shutil
from pathlib import Path

from application.concurrency.threads import FILES
from application.ports.disk import DiskSpace
from domain.shared.errors import StorageFailed


class FolderDisk:
    """The disk that has a folder."""

    def __init__(self, folder: Path) -> None:
        """Take the folder."""
        self._folder = folder

    async def space(self) -> DiskSpace:
        """See `application.ports.disk.Disk`."""
        try:
            usage = await FILES.run(lambda: shutil.disk_usage(self._folder))
        except OSError as error:
            raise StorageFailed(
                f"The disk of the data folder does not tell its space: {error.strerror}."
            ) from error
        return DiskSpace(total_bytes=usage.total, free_bytes=usage.free)
