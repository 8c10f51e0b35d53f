"""Port for counting what is stored."""

from datetime import timedelta
from typing import Protocol

import msgspec

from domain.storage.quota import Quota, Usage


class CountedFile(msgspec.Struct, frozen=True, kw_only=True):
    """An entry: a file, or the place that is reserved for one."""

    path: str
    """Storage path."""
    owner: str | None
    """The caller who stores it; None for the files of all."""
    size: int
    """Bytes; of a reserved place, as estimated."""
    settled: bool
    """True if the file is stored."""
    age: timedelta
    """Time since the last change, by the clock of the store."""


class StoredFiles(Protocol):
    """Counts files by storage path, for all processes together.

    A place is reserved before a file is made, and settled when it is stored. Calls for one path may
    come twice and in any order: an entry exists once, and counts once.
    """

    async def reserve(
        self, path: str, owner: str | None, size: int, quota: Quota, *, grow: bool = True
    ) -> None:
        """Reserve ``size`` bytes; raises `QuotaExceeded`, and then changes nothing.

        Of concurrent calls only as many succeed as have room. A place that is reserved already
        grows to ``size``, if that is larger and it may ``grow``; a settled entry stays as it is.
        """
        ...

    async def settle(self, path: str, owner: str | None, size: int) -> None:
        """Record that a file is stored, whether there is an entry or not, and however large."""
        ...

    async def release(self, path: str, *, reserved: bool = False) -> None:
        """Forget an entry, if there is one; with ``reserved`` only a place that is not settled."""
        ...

    async def usage(self, owner: str | None) -> Usage:
        """Return what an owner stores; None for all owners and the files of all together."""
        ...

    async def page(self, after: str | None, most: int) -> tuple[CountedFile, ...]:
        """Return at most so many entries with paths after ``after``, in the order of paths."""
        ...
