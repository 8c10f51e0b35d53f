"""Folders for work in progress on the local disk."""

import fcntl
import os
import shutil
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from threading import Event
from typing import NamedTuple
from uuid import UUID, uuid4

from anyio import CancelScope

from adapters.storage.steps import Steps
from domain.errors import NotReady, StorageFailed


class _Work(NamedTuple):
    folder: Path
    lock: int
    """Descriptor of the folder, locked for as long as it is open."""


class LocalWorkspace:
    """Gives each piece of work a folder `{task id}.{random}` below ``root``, made if missing.

    The folder is locked while it is in use. The system lets go of the lock when the process ends,
    however it ends, and so a folder without one is known to be left behind. Needs a file system
    whose folders can be locked, as local ones can.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._steps = Steps()

    @asynccontextmanager
    async def take(self, task_id: UUID) -> AsyncGenerator[Path]:
        """See `application.ports.workspace.Workspace`."""
        work = await self._steps.run(lambda _: self._begin(task_id), undo=_end)
        try:
            yield work.folder
        except BaseException as error:
            # What went wrong in the work matters more than what it leaves; `sweep` comes by later.
            if (left := await self._end(work)) is not None:
                error.add_note(f"Its work folder was left behind: {_reason(left)}.")
            raise
        if (left := await self._end(work)) is not None:
            raise StorageFailed(f"A work folder cannot be removed: {_reason(left)}.") from left

    async def sweep(self) -> tuple[UUID, ...]:
        """See `application.ports.workspace.Workspace`."""
        return await self._steps.run(self._sweep)

    async def ready(self) -> str:
        """See `application.ports.workspace.Workspace`."""

        def step(_: Event) -> str:
            try:
                self._root.mkdir(parents=True, exist_ok=True)
                probe = self._root / f"ready.{uuid4().hex}"
                probe.mkdir()
                probe.rmdir()
                free = shutil.disk_usage(self._root).free
            except OSError as error:
                raise NotReady(f"No work folder can be made: {error.strerror}.") from error
            return f"local disk, {free / 1e9:.1f} GB free"

        return await self._steps.run(step)

    async def _end(self, work: _Work) -> OSError | None:
        with CancelScope(shield=True):
            return await self._steps.run(lambda _: _end(work))

    def _begin(self, task_id: UUID) -> _Work:
        folder = self._root / f"{task_id}.{uuid4().hex}"
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            # Between being made and being locked a folder looks as if it were left behind.
            with self._alone():
                folder.mkdir()
                work = _locked(folder)
        except OSError as error:
            raise StorageFailed(f"No work folder can be made: {error.strerror}.") from error
        if work is None:
            raise StorageFailed("The new work folder is locked or gone already.")
        return work

    def _sweep(self, _: Event) -> tuple[UUID, ...]:
        if not self._root.is_dir():
            return ()
        found: set[UUID] = set()
        alive: set[UUID] = set()
        try:
            with self._alone():
                left = list[_Work]()
                for folder, task_id in _folders(self._root):
                    work = _locked(folder)
                    (alive if work is None else found).add(task_id)
                    if work is not None:
                        left.append(work)
        except OSError as error:
            raise StorageFailed(f"Work folders cannot be listed: {error.strerror}.") from error
        for work in left:
            _end(work)
        return tuple(sorted(found - alive))

    @contextmanager
    def _alone(self) -> Generator[None]:
        """Keep other processes, and other threads of this one, from taking or sweeping."""
        root = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(root, fcntl.LOCK_EX)
            yield
        finally:
            os.close(root)


def _folders(root: Path) -> Generator[tuple[Path, UUID]]:
    for folder in root.iterdir():
        try:
            task_id = UUID(folder.name.partition(".")[0])
        except ValueError:
            continue
        if folder.name.startswith(f"{task_id}.") and folder.is_dir() and not folder.is_symlink():
            yield folder, task_id


def _locked(folder: Path) -> _Work | None:
    """Lock a folder, or return None when somebody is working in it or just has."""
    try:
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Whoever held the lock removed the folder before letting go of it.
        if folder.exists():
            return _Work(folder, lock)
    except BlockingIOError:
        pass
    except BaseException:
        os.close(lock)
        raise
    os.close(lock)
    return None


def _end(work: _Work) -> OSError | None:
    """Remove a folder with all in it, let go of it, and return what stood in the way."""
    try:
        shutil.rmtree(work.folder)
    except FileNotFoundError:
        return None
    except OSError as error:
        return error
    finally:
        os.close(work.lock)
    return None


def _reason(error: OSError) -> str:
    """Why, without the path that the error's own text may hold."""
    return error.strerror or "it is no folder any more"
