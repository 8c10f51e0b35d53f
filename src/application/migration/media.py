"""Find the songs, clips and films that records of the earlier system name."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from uuid import UUID

from application.concurrency.threads import FILES
from application.ports.storage import Storage
from application.ports.workspace import Workspace
from domain.importing.move_records import CLIPS, LISTS, same_file
from domain.shared.bucket_uris import Home, key_of, path_of
from domain.shared.errors import MediaNotFound, UnsafePath

WORK: Final = UUID("5eed1000-0000-4000-8000-000000000000")
"""Names the work folders for fetched files; no task has this id."""


class SeedMedia:
    """Files of a folder, or else of the storage under their old names."""

    def __init__(
        self, folder: Path | None, storage: Storage, workspace: Workspace, home: Home | None
    ) -> None:
        """Take the folder, the ports, and the bucket of this installation if it uses one."""
        self._folder = folder
        self._storage = storage
        self._workspace = workspace
        self._home = home
        self._files: tuple[str, ...] | None = None

    async def clips(self) -> list[str]:
        """Return the films of the folder, relative to it."""
        return [each for each in await self._all() if Path(each).suffix.lower() in CLIPS]

    @asynccontextmanager
    async def file(self, *names: str) -> AsyncGenerator[Path | None]:
        """Yield the first existing file of the given names; None if none exists.

        A file from the storage exists only until the context exits.
        """
        for each in names:
            if (path := await self._local(each)) is not None:
                yield path
                return
        for each in names:
            if (key := await self._stored(each)) is not None:
                async with self._workspace.take(WORK) as folder:
                    into = folder / "media"
                    await self._storage.fetch(key, into)
                    yield into
                return
        yield None

    def why_not(self, name: str) -> str:
        """Return the reason why a file is missing: it does not exist, or it is
        in another bucket.
        """
        try:
            path_of(name, self._home or Home())
        except UnsafePath as error:
            return str(error)
        return f"There is no file {name!r}."

    def _elsewhere(self, name: str) -> bool:
        """Return True if a file is in another bucket; without a bucket of its own, never."""
        if self._home is None or key_of(name) is None:
            return False
        try:
            path_of(name, self._home)
        except UnsafePath:
            return True
        return False

    async def _local(self, name: str) -> Path | None:
        if self._elsewhere(name):
            return None
        files = await self._all()
        file = name if name in files else same_file(name, files)
        return None if file is None or self._folder is None else self._folder / file

    async def _stored(self, name: str) -> str | None:
        try:
            key = path_of(name, self._home or Home())
            await self._storage.describe(key)
        except (UnsafePath, MediaNotFound):
            return None
        return key

    async def _all(self) -> tuple[str, ...]:
        if self._files is None:
            self._files = await FILES.run(lambda: _below(self._folder))
        return self._files


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        # It lies in a folder that we may not look into.
        return False


def _below(folder: Path | None) -> tuple[str, ...]:
    """Return every file of a folder at any depth, except lists and system files."""
    if folder is None:
        return ()
    files = (each.relative_to(folder) for each in folder.rglob("*") if _is_file(each))
    return tuple(
        sorted(
            each.as_posix()
            for each in files
            if not any(part.startswith(".") for part in each.parts)
            and each.suffix.lower() not in {*LISTS, ".gz"}
        )
    )
