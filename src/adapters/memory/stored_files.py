"""Counts of stored files in memory."""

from datetime import datetime

import msgspec
from anyio.lowlevel import checkpoint

from adapters.memory.clock import MemoryClock
from application.ports.clock import Clock
from application.ports.stored_files import CountedFile
from domain.storage.quota import Quota, Usage


class _Entry(msgspec.Struct, frozen=True):
    owner: str | None
    size: int
    settled: bool
    changed_at: datetime


class MemoryStoredFiles:
    """Counts files as long as the process runs."""

    def __init__(self, clock: Clock | None = None) -> None:
        """Take the store's own clock."""
        self._clock = clock or MemoryClock()
        self._entries: dict[str, _Entry] = {}

    async def reserve(
        self, path: str, owner: str | None, size: int, quota: Quota, *, grow: bool = True
    ) -> None:
        """See `application.ports.stored_files.StoredFiles`."""
        await checkpoint()
        entry = self._entries.get(path)
        if entry is not None and (entry.settled or not grow or size <= entry.size):
            return
        own = None if owner is None else self._sum(owner)
        more = size - (entry.size if entry else 0)
        quota.refuse(more, own, self._sum(None), files=0 if entry else 1)
        self._entries[path] = _Entry(owner, size, False, self._clock.now())

    async def settle(self, path: str, owner: str | None, size: int) -> None:
        """See `application.ports.stored_files.StoredFiles`."""
        await checkpoint()
        self._entries[path] = _Entry(owner, size, True, self._clock.now())

    async def release(self, path: str, *, reserved: bool = False) -> None:
        """See `application.ports.stored_files.StoredFiles`."""
        await checkpoint()
        entry = self._entries.get(path)
        if entry is not None and not (reserved and entry.settled):
            del self._entries[path]

    async def usage(self, owner: str | None) -> Usage:
        """See `application.ports.stored_files.StoredFiles`."""
        await checkpoint()
        return self._sum(owner)

    async def page(self, after: str | None, most: int) -> tuple[CountedFile, ...]:
        """See `application.ports.stored_files.StoredFiles`."""
        await checkpoint()
        now = self._clock.now()
        rest = sorted(path for path in self._entries if after is None or path > after)
        return tuple(
            CountedFile(
                path=path,
                owner=entry.owner,
                size=entry.size,
                settled=entry.settled,
                age=now - entry.changed_at,
            )
            for path in rest[:most]
            for entry in (self._entries[path],)
        )

    def _sum(self, owner: str | None) -> Usage:
        own = [e for e in self._entries.values() if owner is None or e.owner == owner]
        return Usage(
            size=sum(each.size for each in own),
            files=len(own),
            reserved=sum(each.size for each in own if not each.settled),
        )
