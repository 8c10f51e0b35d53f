"""Cache of generated files on the local disk, shared with other machines through the storage."""

import fcntl
import hashlib
import logging
import os
import re
import shutil
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Final, TypeVar
from uuid import uuid4

from anyio import CancelScope

from adapters import owned_folders
from adapters.owned_folders import ABANDONED
from adapters.storage.evictor import Evictor
from adapters.storage.threaded_io import ThreadedIo
from application.concurrency.keyed_lock import LIMIT, KeyedLock
from application.media.disk_errors import translated
from application.ports.storage import Storage
from domain.shared.errors import Broken, MediaNotFound, MediaTaken, StorageFailed

T = TypeVar("T")

_log = logging.getLogger("bachata.cache")

FOLDER: Final = "cache"
"""Folder of the storage for cached files."""
_KEY: Final = re.compile(r"[a-z0-9-]{1,100}")
_LOCKS: Final = 4096
"""Number of lock files; two keys that share one sometimes wait for each other,
which is harmless.
"""


class LocalArtifactCache:
    """LRU disk cache of at most ``most`` bytes, below ``root``.

    With a ``storage``, every entry is also stored there and other machines find it; without one,
    entries are only in this folder. Callers get a hard link, which stays valid after an eviction. A
    file gets its name only after it has been read successfully, so it is complete or absent.
    Processes of one machine exclude each other with locks that the system releases when a process
    dies.
    """

    def __init__(self, root: Path, storage: Storage | None, most: int) -> None:
        self._root = root
        self._storage = storage
        self._evictor = Evictor(root, most)
        self._disk = ThreadedIo("the disk of the cache")
        self._waits = ThreadedIo(
            "another process that makes the same", limit=LIMIT, queue_wait=LIMIT
        )
        self._locks = KeyedLock()

    async def get_or_create(
        self,
        key: str,
        into: Path,
        make: Callable[[Path], Awaitable[None]],
        read: Callable[[Path], T],
    ) -> T:
        """See `application.ports.artifact_cache.ArtifactCache`."""
        if not _KEY.fullmatch(key):
            raise ValueError(f"{key!r} is no key.")

        def look_up(_: Event) -> tuple[T] | None:
            return self._look_up(key, into, read)

        if (there := await self._disk.run(look_up)) is not None:
            return there[0]
        async with self._locks.of(key), self._alone(key):
            if (there := await self._disk.run(look_up)) is not None:
                return there[0]
            async with self._making() as folder:
                draft = folder / key
                if not await self._fetched(key, draft, read):
                    await self._make(key, draft, make, read)
                await self._disk.run(lambda _: self._enter(key, draft, into))
            return await self._disk.run(lambda _: read(into))

    async def remove_leftovers(self, older_than: timedelta = ABANDONED) -> None:
        """Delete the unfinished files of processes that died.

        Earlier versions did not lock their files; of those, delete the ones ``older_than`` this.
        """

        def step(_: Event) -> None:
            folder = self._root / "making"
            before = time.time() - older_than.total_seconds()
            with _translated("making"):
                folder.mkdir(parents=True, exist_ok=True)
                owned_folders.remove_leftovers(folder)
                for entry in os.scandir(folder):
                    if owned_folders.is_making(entry.name):
                        continue
                    try:
                        if entry.stat(follow_symlinks=False).st_mtime < before:
                            _remove(Path(entry.path))
                    except FileNotFoundError:
                        continue
                    except OSError as error:
                        # It takes room only; the next start tries it again.
                        _log.warning("the leftover %r stays: %s", entry.name, error.strerror)
            self._evictor.trim()

        await self._disk.run(step)

    @asynccontextmanager
    async def _making(self) -> AsyncGenerator[Path]:
        """Hold a folder to create a file in; the next start deletes it if this process dies."""
        stack = ExitStack()

        def begin(_: Event) -> Path:
            with _translated("making"), ExitStack() as opened:
                folder = os.open(self._root / "making", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
                opened.callback(os.close, folder)
                name = opened.enter_context(owned_folders.making(folder)).name
                stack.push(opened.pop_all())
                return self._root / "making" / name

        folder = await self._disk.run(begin, undo=lambda _: stack.close())
        try:
            yield folder
        finally:
            with CancelScope(shield=True):
                await self._disk.run(lambda _: stack.close())

    def _look_up(self, key: str, into: Path, read: Callable[[Path], T]) -> tuple[T] | None:
        """Link to the file of a key and read it; None if there is no readable file."""
        place = self._root / key
        with _translated(key):
            try:
                if not into.exists():
                    _link(place, into)
                _used(place)
                self._evictor.used(key)
            except FileNotFoundError:
                if not into.exists():
                    return None
        try:
            return (read(into),)
        except Broken as error:
            _tell(key, error)
        with _translated(key):
            # Keep a file that was replaced in the meantime.
            with suppress(FileNotFoundError):
                if place.samefile(into):
                    place.unlink()
            into.unlink(missing_ok=True)
        return None

    async def _fetched(self, key: str, draft: Path, read: Callable[[Path], object]) -> bool:
        """Fetch an entry that another machine, or this one before an eviction, has stored."""
        path = f"{FOLDER}/{key}"
        if self._storage is None:
            return False
        try:
            await self._storage.fetch(path, draft)
        except MediaNotFound:
            return False
        except StorageFailed:
            # The storage may have deleted it during the download.
            if await _is_there(self._storage, path):
                raise
            return False
        try:
            await self._disk.run(lambda _: read(draft))
        except Broken as error:
            _tell(key, error)
        else:
            return True
        await self._storage.delete(path)
        await self._disk.run(lambda _: draft.unlink())
        return False

    async def _make(
        self,
        key: str,
        draft: Path,
        make: Callable[[Path], Awaitable[None]],
        read: Callable[[Path], object],
    ) -> None:
        await make(draft)
        await self._disk.run(lambda _: read(draft))
        if self._storage is None:
            return
        # Another machine has stored the same entry first.
        with suppress(MediaTaken):
            await self._storage.put(draft, f"{FOLDER}/{key}", may_take_ownership=True)

    def _enter(self, key: str, draft: Path, into: Path) -> None:
        with _translated(key):
            _link(draft, into)
            draft.replace(self._root / key)
        self._evictor.entered(key)

    @asynccontextmanager
    async def _alone(self, key: str) -> AsyncGenerator[None]:
        """Keep other processes of this machine from creating the same entry."""
        number = int(hashlib.sha256(key.encode()).hexdigest(), 16) % _LOCKS
        lock = await self._waits.run(lambda unwanted: self._locked(number, unwanted), os.close)
        try:
            yield
        finally:
            os.close(lock)

    def _locked(self, number: int, unwanted: Event) -> int:
        with _translated("locks"):
            folder = self._root / "locks"
            folder.mkdir(parents=True, exist_ok=True)
            (self._root / "making").mkdir(exist_ok=True)
            lock = os.open(folder / f"{number:03x}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                while not unwanted.is_set():
                    try:
                        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    except BlockingIOError:
                        # No notification exists for the release of a lock, so try again.
                        unwanted.wait(0.05)
                    else:
                        return lock
            except BaseException:
                os.close(lock)
                raise
            return lock


async def _is_there(storage: Storage, path: str) -> bool:
    try:
        await storage.describe(path)
    except MediaNotFound:
        return False
    return True


def _used(file: Path) -> None:
    """Set the time of last use, which many file systems do not update themselves."""
    os.utime(file, ns=(time.time_ns(), file.stat().st_mtime_ns))


def _link(file: Path, into: Path) -> None:
    """Link ``file`` to ``into``; copy it on another disk or one without links."""
    try:
        os.link(file, into)
    except FileExistsError:
        return
    except FileNotFoundError:
        raise
    except OSError:
        part = into.with_name(f".{uuid4().hex}.part")
        try:
            shutil.copyfile(file, part)
            part.replace(into)
        finally:
            part.unlink(missing_ok=True)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _tell(key: str, error: Broken) -> None:
    facts = {"key": key, "code": error.code, "error": str(error), "details": error.details}
    _log.warning("a kept file is made again", extra=facts)


@contextmanager
def _translated(key: str) -> Generator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        # The original message may contain a path of this machine.
        failure = StorageFailed(f"The cache failed at {key!r}: {error.strerror}.")
        raise translated(error, failure) from error
