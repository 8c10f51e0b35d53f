"""Walk from a folder down to a file by open descriptors, so that no link leads out of it.

A path that is looked at first and opened later can change in between. Here every folder is opened
from within the one above it, and a link is refused by the system call that would follow it.
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

from domain.shared import paths
from domain.shared.errors import StorageFailed

LONGEST: Final = 255
"""Bytes in the longest name that Linux file systems keep."""

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_HASHED: Final = re.compile(r"~[0-9a-f]{64}")


class LinkInTheWay(Exception):
    """A part of the path is a link."""


def names(path: str) -> list[str]:
    """Names on disk of the segments of a storage path.

    A segment is its own name, byte for byte in UTF-8. Only one too long for that, or one that
    looks like such a name, is `~` and its SHA-256: two segments never share a name.
    """
    return [_name(segment) for segment in path.split("/")]


def is_plain(path: str) -> bool:
    """Whether names on disk are those of the segments of a storage path, and say what it is."""
    return paths.fault(path) is None and names(path) == path.split("/")


def _name(segment: str) -> str:
    encoded = segment.encode()
    if len(encoded) <= LONGEST and not _HASHED.fullmatch(segment):
        return segment
    return f"~{hashlib.sha256(encoded).hexdigest()}"


@contextmanager
def opened(root: Path, below: Sequence[str], *, make: bool = False) -> Generator[int]:
    """Open the folder ``below`` the ``root``, which itself may be a link.

    With ``make`` every folder that is missing is made, to stay. Raises `LinkInTheWay`,
    `StorageFailed` when the root is no folder, and `FileNotFoundError` or `NotADirectoryError`
    when something below it is not there or no folder.
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
        raise StorageFailed("What should be the media folder is none.") from None


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
    os.fsync(folder)
    return _entered(folder, name, make=False)


def refuse_link(folder: int, name: str) -> None:
    """Raise `LinkInTheWay` when ``name`` in ``folder`` is a link."""
    with suppress(FileNotFoundError):
        if stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
            raise LinkInTheWay


def open_file(folder: int, name: str) -> int:
    """Open a file for reading; raises `FileNotFoundError` for what is no regular file."""
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
    """Remove the folder ``below`` the ``root`` and those above it, as far as they are empty."""
    for depth in range(len(below), 0, -1):
        with opened(root, below[: depth - 1]) as folder:
            os.rmdir(below[depth - 1], dir_fd=folder)
