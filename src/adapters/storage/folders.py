"""Open a file by descriptors from folder to folder, so that no symbolic link leads outside.

A path could change between a check and its use. Here every folder is opened relative to its parent,
and the system call itself refuses symbolic links.
"""

import errno
import hashlib
import os
import re
import stat
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from adapters.flushing import flush
from domain.shared import paths
from domain.shared.errors import StorageFailed

LONGEST: Final = 255
"""Maximum bytes of a file name on Linux file systems."""

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_HASHED: Final = re.compile(r"~[0-9a-f]{64}")


class LinkInTheWay(Exception):
    """A part of the path is a symbolic link."""


def names(path: str) -> list[str]:
    """Return the file names for the segments of a storage path.

    A segment is its own file name, byte for byte in UTF-8. If it is too long, or looks like such a
    hash itself, the name is `~` and its SHA-256. Two segments never share a name.
    """
    return [_name(segment) for segment in path.split("/")]


def is_plain(path: str) -> bool:
    """Return True if a path is a valid storage path whose file names equal its segments."""
    return paths.fault(path) is None and names(path) == path.split("/")


def _name(segment: str) -> str:
    encoded = segment.encode()
    if len(encoded) <= LONGEST and not _HASHED.fullmatch(segment):
        return segment
    return f"~{hashlib.sha256(encoded).hexdigest()}"


@contextmanager
def opened(root: Path, below: Sequence[str], *, make: bool = False) -> Generator[int]:
    """Open the folder ``below`` the ``root``, which itself may be a link.

    ``make`` creates missing folders permanently. Raises `LinkInTheWay`, `StorageFailed` if the root
    is not a folder, and `FileNotFoundError` or `NotADirectoryError` if something below it does not
    exist or is not a folder.
    """
    current = _opened_root(root, make=make)
    try:
        for name in below:
            deeper = _entered(current, name, make=make)
            os.close(current)
            current = deeper
        yield current
    finally:
        os.close(current)


def _opened_root(root: Path, *, make: bool) -> int:
    try:
        if make:
            root.mkdir(parents=True, exist_ok=True)
        return os.open(root, _FOLDER & ~os.O_NOFOLLOW)
    except (FileExistsError, NotADirectoryError):
        raise StorageFailed("The path of the media folder is not a folder.") from None


def _entered(folder: int, name: str, *, make: bool) -> int:
    try:
        return os.open(name, _FOLDER, dir_fd=folder)
    except FileNotFoundError:
        if not make:
            raise
    except NotADirectoryError:
        refuse_link(folder, name)
        raise
    with suppress(FileExistsError):
        os.mkdir(name, 0o755, dir_fd=folder)
    flush(folder)
    return _entered(folder, name, make=False)


def refuse_link(folder: int, name: str) -> None:
    """Raise `LinkInTheWay` if ``name`` in ``folder`` is a symbolic link."""
    with suppress(FileNotFoundError):
        if stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
            raise LinkInTheWay


def open_file(folder: int, name: str) -> int:
    """Open a file for reading; raises `FileNotFoundError` if it is not a regular file."""
    try:
        file = os.open(name, _FILE, dir_fd=folder)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise LinkInTheWay from None
        raise
    if stat.S_ISREG(os.fstat(file).st_mode):
        return file
    os.close(file)
    raise FileNotFoundError


def prune(root: Path, below: Sequence[str]) -> None:
    """Delete the folder ``below`` the ``root`` and its parents, if they are empty."""
    for depth in range(len(below), 0, -1):
        with opened(root, below[: depth - 1]) as folder:
            os.rmdir(below[depth - 1], dir_fd=folder)
