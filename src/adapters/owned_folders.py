"""Folders that are locked while they are in use, so that those of dead processes can be told.

The system lets go of a lock when the process that holds it ends, however it ends, and locks hold
between containers that share a disk, where process ids mean nothing. Every adapter that writes
half-made files to the disk writes them into such a folder.
"""

import errno
import fcntl
import os
import shutil
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Final, NamedTuple
from uuid import uuid4

ABANDONED: Final = timedelta(hours=6)
"""Age from which what nobody can have locked is left behind: no clip takes so long to encode."""

_PREFIX: Final = "making-"
_PATIENCE: Final = 10.0
"""Seconds to wait for processes that make or sweep folders, which takes each a millisecond."""
_PAUSE: Final = 0.002
_OPEN: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NO_LOCKS: Final = (errno.EBADF, errno.EINVAL, errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)
"""Errors of file systems that cannot lock folders, as some networks' cannot."""


class Owned(NamedTuple):
    """A folder of one's own."""

    name: str
    lock: int
    """Descriptor of the folder, which is locked for as long as this is open."""


class Swept(NamedTuple):
    """Folders that were left behind, and those in use."""

    left: list[Owned]
    """Nobody's any more; they are ours now, to be removed."""
    living: list[str]
    """Names of those that somebody works in."""


def is_making(name: str) -> bool:
    """Whether a folder of this name is one that `making` made."""
    return name.startswith(_PREFIX)


@contextmanager
def making(root: int) -> Generator[Owned]:
    """A new folder below the open folder ``root``, gone at the end with all that is in it.

    Raises `OSError`. What cannot be removed is left for the next sweep.
    """
    owned = make(root, f"{_PREFIX}{uuid4().hex}")
    try:
        yield owned
    finally:
        remove(root, owned)


def make(root: int, name: str) -> Owned:
    """Make a folder below the open folder ``root`` and lock it; raises `OSError`."""
    # Between being made and being locked a folder looks as if it were left behind.
    with _alone(root):
        os.mkdir(name, dir_fd=root)
        lock = os.open(name, _OPEN, dir_fd=root)
        try:
            _lock(lock)
        except BaseException:
            os.close(lock)
            os.rmdir(name, dir_fd=root)
            raise
    return Owned(name, lock)


def find_left(root: int, is_one: Callable[[str], bool]) -> Swept:
    """Lock and return the folders below ``root`` that nobody has locked; raises `OSError`."""
    swept = Swept([], [])
    with _alone(root):
        for name in filter(is_one, os.listdir(root)):
            with suppress(FileNotFoundError, NotADirectoryError):
                lock = os.open(name, _OPEN, dir_fd=root)
                if _is_left(lock):
                    swept.left.append(Owned(name, lock))
                else:
                    os.close(lock)
                    swept.living.append(name)
    return swept


def remove(root: int, owned: Owned) -> OSError | None:
    """Remove a folder with all in it, let go of it, and return what stood in the way."""
    try:
        shutil.rmtree(owned.name, dir_fd=root)
    except FileNotFoundError:
        return None
    except OSError as error:
        return error
    finally:
        os.close(owned.lock)
    return None


def sweep(root: Path) -> int:
    """Remove what dead processes left of folders of `making`; say how many there were.

    Raises `OSError`; there are none where there is no ``root``.
    """
    try:
        folder = os.open(root, _OPEN & ~os.O_NOFOLLOW)
    except FileNotFoundError:
        return 0
    try:
        return sweep_in(folder)
    finally:
        os.close(folder)


def sweep_in(root: int) -> int:
    """The same of an open folder."""
    return sum(remove(root, owned) is None for owned in find_left(root, is_making).left)


def _is_left(lock: int) -> bool:
    """Whether nobody else has a folder locked; it is locked by us then."""
    try:
        locks = _lock(lock)
    except BlockingIOError:
        return False
    # Whoever had it locked removed it before letting go of it.
    status = os.fstat(lock)
    return status.st_nlink > 0 and (
        locks or status.st_mtime < time.time() - ABANDONED.total_seconds()
    )


def _lock(folder: int) -> bool:
    """Lock a folder; False where the file system cannot. Raises `BlockingIOError`."""
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
        return False
    return True


@contextmanager
def _alone(root: int) -> Generator[None]:
    """Keep other processes, and other threads of this one, from making or sweeping.

    Raises `TimeoutError` when one of them does not come to an end.
    """
    # Of one descriptor all locks are the same lock.
    folder = os.open(".", _OPEN, dir_fd=root)
    try:
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                _lock(folder)
            except BlockingIOError:
                if time.monotonic() > until:
                    message = "another process has the folder locked and does not go on"
                    raise TimeoutError(errno.ETIMEDOUT, message) from None
                time.sleep(_PAUSE)
            else:
                break
        yield
    finally:
        os.close(folder)
