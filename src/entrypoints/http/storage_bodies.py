"""Bodies of requests about the storage."""

from functools import partial
from typing import Annotated

import msgspec
from msgspec import Meta

from domain.storage.kinds import StorageKind
from entrypoints.http.request_bodies import Unread, read_body


class CleanupRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The kinds of files to clean up."""

    dry_run: bool = False
    """True: delete nothing, and return what would be deleted."""
    kinds: Annotated[tuple[StorageKind, ...], Meta(min_length=1, max_length=len(StorageKind))] = (
        tuple(StorageKind)
    )
    """Kinds of files; all if the field is missing."""


class UnreadCleanup(Unread):
    """A body that should say what to clean up."""

    kind = CleanupRequest

    async def cleanup(self) -> CleanupRequest:
        """Return the request; raises `InvalidRequest` with every violation."""
        return await self._read(partial(read_body, kind=CleanupRequest))
