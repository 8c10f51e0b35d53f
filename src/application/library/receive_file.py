"""Receive an uploaded file."""

from collections.abc import AsyncGenerator
from contextlib import ExitStack, asynccontextmanager
from io import FileIO
from pathlib import Path
from typing import Final
from uuid import UUID

from application.concurrency.shielding import finish_even_if_cancelled
from application.concurrency.threads import FILES
from application.library.upload_places import Reservation, Uploads
from application.media.disk_errors import translated
from application.ports.workspace import Workspace
from domain.library.limits import Allowance
from domain.shared.errors import StorageFailed

WORK: Final = UUID("a1717000-0000-4000-8000-000000000000")
"""Names the work folders for uploads; no task has this id."""

_BUFFER_SIZE: Final = 1_000_000
"""Number of buffered bytes, to avoid a disk write for every network packet."""


class Arriving:
    """A file that is being received."""

    def __init__(
        self, path: Path, file: FileIO, allowance: Allowance, reservation: Reservation
    ) -> None:
        """Take the path, the open file, the size limit, and the reserved disk space."""
        self.path = path
        self._reservation = reservation
        self._file = file
        self._allowance = allowance
        self._buffer = bytearray()
        self._size = 0

    def refuse(self, size: int) -> None:
        """Raise `TooLarge` if a file of ``size`` bytes exceeds the limit."""
        self._allowance.refuse_size(size)

    async def write(self, piece: bytes | bytearray) -> None:
        """Append a piece; raises `TooLarge`, and `DiskFull` or `StorageFailed` for errors of the
        disk.
        """
        self._size += len(piece)
        self.refuse(self._size)
        self._buffer += piece
        if len(self._buffer) >= _BUFFER_SIZE:
            await self.end()

    async def end(self) -> None:
        """Write the buffered bytes; raises `DiskFull` and `StorageFailed`."""
        buffer, self._buffer = self._buffer, bytearray()

        def put_down() -> None:
            rest = memoryview(buffer)
            while rest:
                rest = rest[self._file.write(rest) :]

        try:
            # A file must not be closed during a write.
            await finish_even_if_cancelled(FILES.run(put_down))
        except OSError as error:
            failure = StorageFailed(f"The file cannot be received: {error.strerror}.")
            raise translated(error, failure) from error
        self._reservation.use(len(buffer))


class ReceiveFile:
    """Provides a temporary file for an upload; it is deleted when the context exits."""

    def __init__(self, workspace: Workspace, uploads: Uploads) -> None:
        """Take the port, and the limit of parallel uploads."""
        self._workspace = workspace
        self._uploads = uploads

    @asynccontextmanager
    async def __call__(
        self, allowance: Allowance, caller: str, announced: int | None = None
    ) -> AsyncGenerator[Arriving]:
        """Open a file for the ``announced`` size, or else for the maximum size.

        Raises `TooLarge`, `CallerBusy`, `Busy`, `DiskFull` and `StorageFailed`.
        """
        if announced is not None:
            allowance.refuse_size(announced)
        size = allowance.size if announced is None else max(announced, 0)
        async with (
            self._uploads.place(caller, size) as reservation,
            self._workspace.take(WORK) as folder,
        ):
            path = folder / "arrived"
            with ExitStack() as opened:
                try:
                    # If this wait is cancelled, the thread may have opened the file.
                    file = await FILES.run(lambda: opened.enter_context(FileIO(path, "wb")))
                except OSError as error:
                    failure = StorageFailed(f"The file cannot be received: {error.strerror}.")
                    raise translated(error, failure) from error
                yield Arriving(path, file, allowance, reservation)
