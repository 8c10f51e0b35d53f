"""Reserve room in the quotas before work begins."""

from application.ports.stored_files import StoredFiles
from domain.storage.quota import Quota, QuotaExceeded, owner_of


class Reservations:
    """Holds places for files that are being made."""

    def __init__(self, stored_files: StoredFiles, quota: Quota) -> None:
        """Take the counts, and the limits."""
        self._stored_files = stored_files
        self._quota = quota

    async def refusal(self, owner: str) -> QuotaExceeded | None:
        """Return the error for a further file of the owner if there is no room at all for one."""
        own = await self._stored_files.usage(owner)
        total = await self._stored_files.usage(None) if self._quota.total_megabytes else None
        # A file has at least one byte.
        try:
            self._quota.refuse(1, own, total)
        except QuotaExceeded as error:
            return error
        return None

    async def reserve(self, path: str, size: int) -> None:
        """Hold a place for a file of about ``size`` bytes; raises `QuotaExceeded`."""
        await self._stored_files.reserve(path, owner_of(path), size, self._quota)

    async def give_back(self, path: str) -> None:
        """Give a place back unless its file is stored."""
        await self._stored_files.release(path, reserved=True)
