"""Write files named on the command line, completely or not at all."""

import contextlib
import errno
import fcntl
import hashlib
import os
import secrets
from collections.abc import AsyncIterator, Callable, Generator
from functools import partial
from pathlib import Path
from typing import IO, Final

import click

from application.concurrency.threads import FILES
from application.media.disk_errors import KINDS
from application.ports.storage import Storage
from domain.shared.errors import DiskFull, MediaNotFound

_MARK: Final = ".bachata-part"
"""Suffix of an unfinished file; a killed process may leave one."""


OnWritten = Callable[[int, int], None]
"""Is told the bytes that are written, and those of the whole file."""


async def copy_out(
    storage: Storage,
    path: str,
    file: Path,
    *,
    replace: bool = True,
    on_written: OnWritten = lambda _, __: None,
) -> None:
    """Copy a file of the storage to ``file``; raises as `Storage.read` does, and as `new_file`."""
    size = (await storage.describe(path)).size
    written = 0
    with new_file(file, replace=replace) as target:
        async for chunk in _chunks(storage, path, size):
            await FILES.run(partial(target.write, chunk))
            written += len(chunk)
            on_written(written, size)


async def _chunks(storage: Storage, path: str, size: int) -> AsyncIterator[bytes]:
    remainder = size
    async for chunk in storage.read(path, 0, size):
        remainder -= len(chunk)
        yield chunk
    if remainder:
        raise MediaNotFound(path)


def save(file: Path, content: bytes, *, replace: bool = True) -> None:
    """Write a file; raises as `new_file` does."""
    with new_file(file, replace=replace) as target:
        target.write(content)


@contextlib.contextmanager
def new_file(file: Path, *, replace: bool = True) -> Generator[IO[bytes]]:
    """Yield a file to write to, which is renamed when all of it is written.

    Unless it may ``replace`` another file, that is an error, also if it comes meanwhile.
    Deletes unfinished files of killed processes. A symbolic link stays one, and a special file such
    as a pipe is written directly. Raises `DiskFull`, and click's own error if a file cannot be
    written.
    """
    with _write_errors(file):
        if file.exists() and not file.is_file():
            with file.open("wb") as target:
                yield target
            return
        place = file.resolve()
        _remove_abandoned(place)
        part = place.with_name(f"{_start(place)}{secrets.token_hex(4)}{_MARK}")
        try:
            with part.open("xb") as target:
                _lock(target)
                yield target
                target.flush()
                _publish(part, place, replace=replace)
        finally:
            part.unlink(missing_ok=True)


def _publish(part: Path, place: Path, *, replace: bool) -> None:
    """Give a written file its name; raises FileExistsError for a taken one."""
    if replace:
        part.replace(place)
        return
    try:
        # Unlike a renaming, a second name never replaces a file.
        place.hardlink_to(part)
    except FileExistsError:
        raise
    except OSError:
        # Some file systems have no second names.
        if place.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
        part.replace(place)


def _lock(file: IO[bytes]) -> bool:
    """Lock a file while it is open; return False if another process holds the lock."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        # Some network file systems have no locks; then treat the file as locked.
        return False
    return True


def _start(place: Path) -> str:
    """Return the prefix of unfinished files for a place."""
    return f".{hashlib.sha256(os.fsencode(place.name)).hexdigest()[:16]}."


def _remove_abandoned(place: Path) -> None:
    """Delete unfinished files that no process holds a lock on."""
    for leftover in place.parent.glob(f"{_start(place)}*{_MARK}"):
        with contextlib.suppress(OSError), leftover.open("rb") as file:
            if _lock(file):
                leftover.unlink()


@contextlib.contextmanager
def _write_errors(file: Path) -> Generator[None]:
    """Translate errors of writing a file into sentences."""
    try:
        yield
    except OSError as error:
        if KINDS.get(error.errno or 0) is DiskFull:
            message = f"The disk of {str(file)!r} is full: free some space, or choose another file."
            raise DiskFull(message) from error
        raise click.FileError(str(file), hint=error.strerror) from None
