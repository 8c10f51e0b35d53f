"""Receive a file."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from io import FileIO
from pathlib import Path
from typing import Final
from uuid import UUID

from application.ports.workspace import Workspace
from application.uncancelled import to_the_end
from domain.errors import StorageFailed
from domain.limits import Allowance

WORK: Final = UUID("a1717000-0000-4000-8000-000000000000")
"""Names the folders that files arrive in; there is no task of this id."""

_HELD: Final = 1_000_000
"""Bytes that are held back, so that the disk is not asked for every packet of a network."""


class Arriving:
    """A file on its way."""

    def __init__(self, path: Path, file: FileIO, allowance: Allowance) -> None:
        """Take where it is put, open for writing, and how large it may become."""
        self.path = path
        self._file = file
        self._allowance = allowance
        self._held = bytearray()
        self._size = 0

    def refuse(self, size: int) -> None:
        """Raise `TooLarge` when a file of so many bytes would be."""
        self._allowance.refuse_size(size)

    async def write(self, piece: bytes | bytearray) -> None:
        """Take the next piece; raises `TooLarge`, and `StorageFailed` when the disk is full."""
        self._size += len(piece)
        self.refuse(self._size)
        self._held += piece
        if len(self._held) >= _HELD:
            await self.end()

    async def end(self) -> None:
        """Put down what is held back; raises `StorageFailed`."""
        held, self._held = self._held, bytearray()

        def put_down() -> None:
            rest = memoryview(held)
            while rest:
                rest = rest[self._file.write(rest) :]

        try:
            # A file must not be closed while it is written to.
            await to_the_end(asyncio.to_thread(put_down))
        except OSError as error:
            raise StorageFailed(f"The file cannot be received: {error.strerror}.") from error


class ReceiveFile:
    """A place for a file that somebody brings; it is gone once the file has been dealt with."""

    def __init__(self, workspace: Workspace) -> None:
        """Take the port."""
        self._workspace = workspace

    @asynccontextmanager
    async def __call__(self, allowance: Allowance) -> AsyncGenerator[Arriving]:
        """Open a place for a file as large as is allowed; raises `StorageFailed`."""
        async with self._workspace.take(WORK) as folder:
            path = folder / "arrived"
            try:
                file = await asyncio.to_thread(FileIO, path, "wb")
            except OSError as error:
                raise StorageFailed(f"The file cannot be received: {error.strerror}.") from error
            with file:
                yield Arriving(path, file, allowance)
