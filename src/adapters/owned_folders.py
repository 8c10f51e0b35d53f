"""Work folders that are locked while in use, so that folders of dead processes can be detected.

The system releases a lock when its process ends, and locks work between containers that share a
disk, where process ids mean nothing. Every adapter that writes unfinished files to disk writes them
into such a folder.
"""

import errno
import fcntl
import logging
import os
import shutil
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final, NamedTuple
from uuid import uuid4

_log = logging.getLogger("bachata.storage")

ABANDONED: Final = timedelta(hours=6)
"""Age from which unlockable files count as abandoned: no clip takes that long to encode."""

_PREFIX: Final = "making-"
_PATIENCE: Final = 10.0
"""Maximum seconds to wait for processes that create or remove folders, which takes each a
millisecond.
"""
_PAUSE: Final = 0.002
_OPEN: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NO_LOCKS: Final = (errno.EBADF, errno.EINVAL, errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)
"""Errors of file systems that cannot lock folders, such as some network file systems."""


class Owned(NamedTuple):
    """A folder that this process has locked."""

    name: str
    lock: int
    """Descriptor of the folder; the lock lasts while it is open."""


class FoundFolders(NamedTuple):
    """Abandoned folders, and folders in use."""

    abandoned: list[Owned]
    """Abandoned folders; the caller has locked them and must remove them."""
    in_use: list[str]
    """Names of the folders in use."""


def is_making(name: str) -> bool:
    """Return True if the name is that of a folder made by `making`."""
    return name.startswith(_PREFIX)


@contextmanager
def making(root: int) -> Generator[Owned]:
    """Create a folder below the open folder ``root``, and delete it with its content on exit.

    Raises `OSError`. The next `remove_leftovers` deletes a folder that cannot be deleted now.
    """
    owned = make(root, f"{_PREFIX}{uuid4().hex}")
    try:
        yield owned
    finally:
        remove(root, owned)


def make(root: int, name: str) -> Owned:
    """Create a folder below the open folder ``root`` and lock it; raises `OSError`."""
    # Between creation and locking, a folder looks abandoned.
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


def find_abandoned(root: int, is_one: Callable[[str], bool]) -> FoundFolders:
    """Lock and return the folders below ``root`` that nobody has locked; raises `OSError`.

    A folder that cannot be opened is logged and counts as in use.
    """
    folders = FoundFolders([], [])
    with _alone(root):
        for name in filter(is_one, os.listdir(root)):
            try:
                _look(root, name, folders)
            except (FileNotFoundError, NotADirectoryError):
                continue
            except OSError as error:
                # Another user's, or on a disk that fails: the other folders are removed.
                _log.warning("the folder %r cannot be opened: %s", name, error.strerror)
                folders.in_use.append(name)
    return folders


def _look(root: int, name: str, folders: FoundFolders) -> None:
    """Find out whether one folder was left behind; raises `OSError`."""
    lock = os.open(name, _OPEN, dir_fd=root)
    try:
        is_leftover = _is_left(lock)
    except BaseException:
        os.close(lock)
        raise
    if is_leftover:
        folders.abandoned.append(Owned(name, lock))
    else:
        os.close(lock)
        folders.in_use.append(name)


def remove(root: int, owned: Owned) -> OSError | None:
    """Delete a folder with its content, release it, and return the error if that failed."""
    try:
        shutil.rmtree(owned.name, dir_fd=root)
    except FileNotFoundError:
        return None
    except OSError as error:
        return error
    finally:
        os.close(owned.lock)
    return None


def remove_leftovers(root: Path) -> int:
    """Delete the folders of dead processes; return their number.

    Raises `OSError`; a missing ``root`` counts as empty.
    """
    try:
        folder = os.open(root, _OPEN & ~os.O_NOFOLLOW)
    except FileNotFoundError:
        return 0
    try:
        return remove_leftovers_in(folder)
    finally:
        os.close(folder)


def remove_leftovers_in(root: int) -> int:
    """Delete the folders of dead processes below an open folder; return their number."""
    return sum(remove(root, owned) is None for owned in find_abandoned(root, is_making).abandoned)


def _is_left(lock: int) -> bool:
    """Return True if no other process holds the lock of a folder; this process then holds it."""
    try:
        locks = _lock(lock)
    except BlockingIOError:
        return False
    # The previous holder may have deleted the folder before releasing the lock.
    status = os.fstat(lock)
    return status.st_nlink > 0 and (
        locks or status.st_mtime < time.time() - ABANDONED.total_seconds()
    )


def _lock(folder: int) -> bool:
    """Lock a folder; False if the file system cannot. Raises `BlockingIOError` if it is locked."""
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
        return False
    return True


@contextmanager
def _alone(root: int) -> Generator[None]:
    """Keep other processes and threads from creating or removing folders at the same time.

    Raises `TimeoutError` if one of them does not finish.
    """
    # Locks on the same descriptor do not exclude each other, so open a new one.
    folder = os.open(".", _OPEN, dir_fd=root)
    try:
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                _lock(folder)
            except BlockingIOError:
                if time.monotonic() > until:
                    message = "another process keeps the folder locked"
                    raise TimeoutError(errno.ETIMEDOUT, message) from None
                time.sleep(_PAUSE)
            else:
                break
        yield
    finally:
        os.close(folder)
