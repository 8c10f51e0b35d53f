"""Temporary work folders on the local disk."""

import os
import shutil
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from threading import Event
from uuid import UUID, uuid4

from anyio import CancelScope

from adapters import owned_folders
from adapters.owned_folders import Owned
from adapters.storage.threaded_io import ThreadedIo
from application.media.disk_errors import translated
from application.ports.workspace import DiskSpace
from domain.shared.errors import NotReady, StorageFailed


class LocalWorkspace:
    """Gives each piece of work a folder `{task id}.{random}` below ``root``, created if missing.

    The folder is locked while it is in use, so that an unlocked one is known to be abandoned.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._disk = ThreadedIo("the disk of the work folders")

    @asynccontextmanager
    async def take(self, task_id: UUID) -> AsyncGenerator[Path]:
        """See `application.ports.workspace.Workspace`."""
        work = await self._disk.run(lambda _: self._begin(task_id), undo=self._removed)
        try:
            yield self._root / work.name
        except BaseException as error:
            # The error of the work is more important than its leftovers: a later call of
            # `remove_leftovers` deletes them.
            if (fault := await self._end(work)) is not None:
                error.add_note(f"The work folder could not be removed: {_reason(fault)}.")
            raise
        if (fault := await self._end(work)) is not None:
            failure = StorageFailed(f"A work folder cannot be removed: {_reason(fault)}.")
            raise translated(fault, failure) from fault

    async def remove_leftovers(self) -> tuple[UUID, ...]:
        """See `application.ports.workspace.Workspace`."""
        return await self._disk.run(self._remove_leftovers)

    async def free(self) -> int:
        """See `application.ports.workspace.Workspace`."""
        return (await self.disk()).free

    async def disk(self) -> DiskSpace:
        """See `application.ports.workspace.Workspace`."""

        def step(_: Event) -> DiskSpace:
            try:
                self._root.mkdir(parents=True, exist_ok=True)
                usage = shutil.disk_usage(self._root)
                return DiskSpace(size=usage.total, free=usage.free)
            except OSError as error:
                failure = StorageFailed(
                    f"The free space of the work folder's disk cannot be read: {error.strerror}."
                )
                raise translated(error, failure) from error

        return await self._disk.run(step)

    async def ready(self) -> str:
        """See `application.ports.workspace.Workspace`."""

        def step(_: Event) -> str:
            try:
                with self._opened(make=True) as root, owned_folders.making(root):
                    free = shutil.disk_usage(self._root).free
            except OSError as error:
                failure = NotReady(f"A work folder cannot be created: {error.strerror}.")
                raise translated(error, failure) from error
            return f"local disk, {free / 1e9:.1f} GB free"

        return await self._disk.run(step)

    async def _end(self, work: Owned) -> OSError | None:
        with CancelScope(shield=True):
            return await self._disk.run(lambda _: self._removed(work))

    def _begin(self, task_id: UUID) -> Owned:
        try:
            with self._opened(make=True) as root:
                return owned_folders.make(root, f"{task_id}.{uuid4().hex}")
        except OSError as error:
            failure = StorageFailed(f"A work folder cannot be created: {error.strerror}.")
            raise translated(error, failure) from error

    def _removed(self, work: Owned) -> OSError | None:
        try:
            root = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            os.close(work.lock)
            return None if isinstance(error, FileNotFoundError) else error
        try:
            return owned_folders.remove(root, work)
        finally:
            os.close(root)

    def _remove_leftovers(self, unwanted: Event) -> tuple[UUID, ...]:
        if not self._root.is_dir():
            return ()
        try:
            with self._opened() as root:
                owned_folders.remove_leftovers_in(root)
                folders = owned_folders.find_abandoned(
                    root, lambda name: _task_of(name) is not None
                )
                for work in folders.abandoned:
                    owned_folders.remove(root, work)
        except OSError as error:
            failure = StorageFailed(f"Work folders cannot be listed: {error.strerror}.")
            raise translated(error, failure) from error
        task_ids = {_task_of(work.name) for work in folders.abandoned} - {
            *map(_task_of, folders.in_use)
        }
        return tuple(sorted(each for each in task_ids if each is not None))

    @contextmanager
    def _opened(self, *, make: bool = False) -> Generator[int]:
        if make:
            self._root.mkdir(parents=True, exist_ok=True)
        root = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            yield root
        finally:
            os.close(root)


def _task_of(name: str) -> UUID | None:
    """Return the task of a folder, by its name; None if it is not a work folder."""
    plain, dot, _ = name.partition(".")
    try:
        task_id = UUID(plain)
    except ValueError:
        return None
    return task_id if dot and plain == str(task_id) else None


def _reason(error: OSError) -> str:
    """Return the reason without the path in the original message."""
    return error.strerror or "it is no longer a folder"
