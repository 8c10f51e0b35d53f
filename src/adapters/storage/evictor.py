"""The least recently used files of a folder, removed while there are more bytes than allowed."""

import fcntl
import logging
import os
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Final

_log = logging.getLogger("bachata.cache")

_LISTED: Final = 60.0
"""Seconds between two listings of the folder: one of 10,000 files takes 25 ms."""
_BLOCK: Final = 512
"""Bytes of a block, as `stat` counts them."""


class Evictor:
    """Keeps the files of one folder within ``most`` bytes of the disk.

    It remembers what is there, so that a new file costs no look at the others. What another process
    of this machine adds is counted a minute later. Of several processes one evicts at a time. A
    failure to evict is logged and is nobody else's trouble.
    """

    def __init__(
        self, root: Path, most: int, elapsed: Callable[[], float] = time.monotonic
    ) -> None:
        """Take the folder, which may be missing, its bytes at most, and the seconds that pass."""
        self._root = root
        self._most = most
        self._elapsed = elapsed
        self._lock = Lock()
        self._sizes: dict[str, int] = {}
        """Bytes of the disk by file name, the least recently used first."""
        self._total = 0
        self._listed = float("-inf")

    def entered(self, name: str) -> None:
        """Count a file that has just got its name, and evict what is too much."""
        with self._lock, self._told():
            self._look()
            self._add(name)
            self._evict()

    def used(self, name: str) -> None:
        """Note that a file was used."""
        with self._lock:
            if (size := self._sizes.pop(name, None)) is not None:
                self._sizes[name] = size

    def trim(self) -> None:
        """Evict what is too much, whoever has made it."""
        with self._lock, self._told():
            self._listed = float("-inf")
            self._look()
            self._evict()

    def _add(self, name: str) -> None:
        self._total -= self._sizes.pop(name, 0)
        with suppress(FileNotFoundError):
            size = (self._root / name).stat().st_blocks * _BLOCK
            self._sizes[name] = size
            self._total += size

    def _look(self) -> None:
        """List the folder, but not all the time."""
        now = self._elapsed()
        if now - self._listed < _LISTED:
            return
        found: list[tuple[int, str, int]] = []
        with os.scandir(self._root) as entries:
            for entry in entries:
                # One that another process removes meanwhile is not there.
                with suppress(FileNotFoundError):
                    if entry.is_file(follow_symlinks=False):
                        status = entry.stat(follow_symlinks=False)
                        found.append((status.st_atime_ns, entry.name, status.st_blocks * _BLOCK))
        self._sizes = {name: size for _, name, size in sorted(found)}
        self._total = sum(self._sizes.values())
        self._listed = now

    def _evict(self) -> None:
        if self._total <= self._most:
            return
        with self._alone() as alone:
            if not alone:
                return
            while self._sizes and self._total > self._most:
                name = next(iter(self._sizes))
                (self._root / name).unlink(missing_ok=True)
                self._total -= self._sizes.pop(name)

    @contextmanager
    def _alone(self) -> Generator[bool]:
        """Whether no other process evicts; it holds back those that would, and waits for none."""
        folder = self._root / "locks"
        folder.mkdir(exist_ok=True)
        lock = os.open(folder / "evicting", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
        finally:
            os.close(lock)

    @contextmanager
    def _told(self) -> Generator[None]:
        try:
            yield
        except OSError as error:
            # Begin anew the next time: what was remembered may be wrong.
            self._listed = float("-inf")
            _log.warning("the cache could not be kept within its limit: %s", error.strerror)
