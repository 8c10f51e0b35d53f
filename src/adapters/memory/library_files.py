"""The paths of songs and moves, in memory."""

from anyio.lowlevel import checkpoint

from application.ports.library_files import Kind, Removed
from domain.shared.errors import StorageFailed


class MemoryLibraryFiles:
    """The paths of songs and moves, in memory."""

    def __init__(self) -> None:
        """Start without a path."""
        self._unowned: dict[str, Removed | None] = {}
        self._owned: list[str] = []

    async def removed(
        self, kind: Kind | None = None, item_id: str | None = None
    ) -> tuple[Removed, ...]:
        """See `application.ports.library_files.LibraryFiles`."""
        await checkpoint()
        removals = [each for _, each in sorted(self._unowned.items()) if each is not None]
        return tuple(
            each
            for each in removals
            if kind in (None, each.kind) and item_id in (None, each.item_id)
        )

    async def forget(self, path: str) -> None:
        """See `application.ports.library_files.LibraryFiles`."""
        await checkpoint()
        if self._unowned.get(path) is not None:
            del self._unowned[path]

    async def give_up(self, path: str) -> bool:
        """See `application.ports.library_files.LibraryFiles`."""
        await checkpoint()
        if path in self._owned:
            return False
        self._unowned.setdefault(path, None)
        return True

    def refuse_given_up(self, path: str) -> None:
        """Raise `StorageFailed` for a path for which `give_up` was called."""
        if path in self._unowned:
            raise StorageFailed(
                f"The file {path!r} was removed while it was being added; add it again."
            )

    def own(self, path: str) -> None:
        """Record one more item with a path, within the caller's transaction."""
        self._owned.append(path)

    def release(self, kind: Kind, item_id: str, path: str) -> None:
        """Remove an item's claim to a path, within the caller's transaction."""
        self._owned.remove(path)
        if path not in self._owned:
            self._unowned.setdefault(path, Removed(kind=kind, item_id=item_id, path=path))
