"""Storage of media files on the local disk."""

import os
import stat
import time
from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Event
from typing import Final

from adapters import owned_folders
from adapters.flushing import flush
from adapters.storage import folders, writing
from adapters.storage.folders import LinkInTheWay
from adapters.storage.keys import INCOMING, safe
from adapters.storage.local_listing import listing_of
from adapters.storage.threaded_io import ThreadedIo
from application.media.disk_errors import translated
from application.ports.storage import Stored, StoredFile
from domain.shared.errors import MediaNotFound, MediaTaken, StorageFailed, UnsafePath

ABANDONED: Final = timedelta(hours=1)
"""Age at which an unfinished file of an earlier version counts as abandoned."""

_NEW: Final = "new"
"""Name of an unfinished file in its own folder."""
_TRIES: Final = 100
"""Number of tries to put a file into a folder that others may delete."""


class LocalStorage:
    """Stores each file below ``root`` under the names of its storage path.

    A file is written elsewhere, flushed to disk, and then linked to its place, which fails if the
    place is taken; so it is complete or absent even if the process is killed. Symbolic links below
    the root are never followed. The file system must support hard links and preserve names byte for
    byte, as those of Linux do.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._disk = ThreadedIo("the disk of the media storage")

    async def fetch(self, path: str, into: Path) -> None:
        """See `application.ports.storage.Storage`."""

        def step(unwanted: Event) -> bool:
            with _translated(path), self._open_file(path) as file:
                writing.copy_beside(file, into, unwanted)
            return True

        await self._disk.run(step, undo=lambda _: into.unlink(missing_ok=True))

    async def put(self, source: Path, path: str, *, may_take_ownership: bool = False) -> None:
        """See `application.ports.storage.Storage`; a file that it may own is linked."""
        place = _place(path)

        def step(unwanted: Event) -> bool:
            with _translated(path):
                self._refuse_taken(place)
                with (
                    folders.opened(self._root, [INCOMING], make=True) as incoming,
                    owned_folders.making(incoming) as own,
                ):
                    self._publish(
                        source, own.lock, place, unwanted, may_take_ownership=may_take_ownership
                    )
            return True

        def undo(_: bool) -> None:
            self._remove(place)

        await self._disk.run(step, undo)

    async def describe(self, path: str) -> Stored:
        """See `application.ports.storage.Storage`."""

        def step(_: Event) -> Stored:
            with _translated(path), self._open_file(path) as file:
                status = os.fstat(file)
            # Files never change, so this identifies a file among successive ones at the same path.
            etag = f"{status.st_ino:x}-{status.st_size:x}-{status.st_mtime_ns:x}"
            return Stored(size=status.st_size, etag=etag)

        return await self._disk.run(step)

    async def read(self, path: str, first: int, length: int) -> AsyncIterator[bytes]:
        """See `application.ports.storage.Storage`."""

        file = await self.open(path)
        try:
            at, end = first, first + length
            while at < end:
                chunk = await self._disk.run(partial(_chunk, path, file, at, end))
                if not chunk:
                    return
                at += len(chunk)
                yield chunk
        finally:
            os.close(file)

    async def open(self, path: str) -> int:
        """See `application.ports.storage.Storage`."""

        def start(_: Event) -> int:
            with _translated(path), self._open_file(path) as file:
                return os.dup(file)

        return await self._disk.run(start, undo=os.close)

    async def delete(self, path: str) -> None:
        """See `application.ports.storage.Storage`."""
        place = _place(path)

        def step(_: Event) -> None:
            with _translated(path):
                self._remove(place)

        await self._disk.run(step)

    async def files(self, folder: str) -> AsyncIterator[StoredFile]:
        """See `application.ports.storage.Storage`."""
        place = _place(folder)

        def step(unwanted: Event) -> list[StoredFile]:
            with _translated(folder):
                try:
                    with folders.opened(self._root, place) as top:
                        return listing_of(top, folder, unwanted)
                except (FileNotFoundError, NotADirectoryError):
                    return []

        for file in await self._disk.run(step):
            yield file

    async def link(self, path: str, name: str, seconds: int) -> str | None:
        """See `application.ports.storage.Storage`; the local disk has no URLs."""
        safe(path)
        return None

    async def ready(self) -> str:
        """See `application.ports.storage.Storage`."""

        def step(_: Event) -> str:
            with (
                _translated(INCOMING),
                folders.opened(self._root, [INCOMING], make=True) as incoming,
                owned_folders.making(incoming) as own,
            ):
                flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
                file = os.open("ready", flags, 0o600, dir_fd=own.lock)
                try:
                    os.write(file, b"ready")
                    whole = os.pread(file, 5, 0) == b"ready"
                finally:
                    os.close(file)
            if not whole:
                raise StorageFailed(
                    "The media storage does not return the bytes that were written to it."
                )
            return "local disk"

        return await self._disk.run(step)

    async def remove_leftovers(self, older_than: timedelta = ABANDONED) -> int:
        """Delete the unfinished files of processes that died; return their number.

        Earlier versions did not lock their files; of those, delete the ones ``older_than`` this.
        """

        def step(_: Event) -> int:
            with (
                _translated(INCOMING),
                folders.opened(self._root, [INCOMING], make=True) as incoming,
            ):
                removed = owned_folders.remove_leftovers_in(incoming)
                return removed + _remove_old(incoming, time.time() - older_than.total_seconds())

        return await self._disk.run(step)

    @contextmanager
    def _open_file(self, path: str) -> Generator[int]:
        place = _place(path)
        try:
            with folders.opened(self._root, place[:-1]) as folder:
                file = folders.open_file(folder, place[-1])
        except (FileNotFoundError, NotADirectoryError):
            raise MediaNotFound(path) from None
        try:
            yield file
        finally:
            os.close(file)

    def _refuse_taken(self, place: list[str]) -> None:
        """Refuse early to save a useless copy; `_link` makes the final decision."""
        try:
            with folders.opened(self._root, place[:-1]) as folder:
                folders.refuse_link(folder, place[-1])
                os.stat(place[-1], dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            return
        except NotADirectoryError:
            raise MediaTaken from None
        raise MediaTaken

    def _publish(
        self, source: Path, own: int, place: list[str], unwanted: Event, *, may_take_ownership: bool
    ) -> None:
        if not (may_take_ownership and writing.linked(source, own, _NEW)):
            with source.open("rb", buffering=0) as reader:
                writing.write_whole(reader.fileno(), own, _NEW, unwanted)
        self._link(own, _NEW, place)

    def _link(self, incoming: int, name: str, place: list[str]) -> None:
        for attempt in range(_TRIES):
            try:
                with folders.opened(self._root, place[:-1], make=True) as folder:
                    folders.refuse_link(folder, place[-1])
                    os.link(name, place[-1], src_dir_fd=incoming, dst_dir_fd=folder)
                    flush(folder)
            except (FileExistsError, NotADirectoryError):
                raise MediaTaken from None
            except FileNotFoundError:
                # Another call deleted the last file of the folder and then the folder.
                if attempt == _TRIES - 1:
                    raise
            else:
                return

    def _remove(self, place: list[str]) -> None:
        with suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
            with folders.opened(self._root, place[:-1]) as folder:
                folders.refuse_link(folder, place[-1])
                os.unlink(place[-1], dir_fd=folder)
                flush(folder)
            # Ignore a folder that has a new file, or that is already gone.
            with suppress(OSError):
                folders.prune(self._root, place[:-1])


def _place(path: str) -> list[str]:
    """Return the file names for a storage path; raises `UnsafePath`."""
    return folders.names(safe(path))


@contextmanager
def _translated(path: str) -> Generator[None]:
    try:
        yield
    except LinkInTheWay:
        raise UnsafePath(f"The path {path[:80]!r} contains a symbolic link.") from None
    except OSError as error:
        # The original message may contain a path of this machine.
        message = f"The media storage failed at {path!r}: {error.strerror}."
        raise translated(error, StorageFailed(message)) from error


def _chunk(path: str, file: int, at: int, end: int, _: Event) -> bytes:
    with _translated(path):
        return os.pread(file, min(writing.CHUNK, end - at), at)


def _remove_old(folder: int, before: float) -> int:
    removed = 0
    for name in os.listdir(folder):
        # Another process may be removing leftovers, or finishing, at the same time.
        with suppress(FileNotFoundError):
            status = os.stat(name, dir_fd=folder, follow_symlinks=False)
            if stat.S_ISREG(status.st_mode) and status.st_mtime < before:
                os.unlink(name, dir_fd=folder)
                removed += 1
    return removed
