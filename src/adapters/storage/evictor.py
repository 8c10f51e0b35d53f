"""Delete the least recently used files of a folder that has more bytes than allowed."""

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

_LISTING_SECONDS: Final = 60.0
"""Seconds between two listings of the folder; listing 10,000 files takes 25 ms."""
_BLOCK: Final = 512
"""Bytes of a block, the unit of `stat`."""


class Evictor:
    """Keeps the files of one folder within ``most`` bytes of the disk.

    It remembers what is there, so that a new file costs no look at the others. What another process
    of this machine adds is counted a minute later. Of several processes one evicts at a time. A
    failure to evict is logged and is nobody else's trouble; a file that cannot be removed keeps no
    other from being evicted.
    """

    def __init__(
        self, root: Path, most: int, elapsed: Callable[[], float] = time.monotonic
    ) -> None:
        """Take the folder, which may be missing, its maximum bytes, and a function for elapsed
        seconds.
        """
        self._root = root
        self._most = most
        self._elapsed = elapsed
        self._lock = Lock()
        self._sizes: dict[str, int] = {}
        """Bytes on disk by file name, the least recently used first."""
        self._total = 0
        self._listing_time = float("-inf")

    def entered(self, name: str) -> None:
        """Count a new file, and evict others if necessary."""
        with self._lock, self._logged():
            self._look()
            self._add(name)
            self._evict()

    def used(self, name: str) -> None:
        """Record the use of a file."""
        with self._lock:
            if (size := self._sizes.pop(name, None)) is not None:
                self._sizes[name] = size

    def trim(self) -> None:
        """Evict files of any process if there are too many bytes."""
        with self._lock, self._logged():
            self._listing_time = float("-inf")
            self._look()
            self._evict()

    def _add(self, name: str) -> None:
        self._total -= self._sizes.pop(name, 0)
        with suppress(FileNotFoundError):
            size = (self._root / name).stat().st_blocks * _BLOCK
            self._sizes[name] = size
            self._total += size

    def _look(self) -> None:
        """List the folder, at most once a minute."""
        now = self._elapsed()
        if now - self._listing_time < _LISTING_SECONDS:
            return
        rows: list[tuple[int, str, int]] = []
        with os.scandir(self._root) as entries:
            for entry in entries:
                # Another process may delete a file during the listing.
                with suppress(FileNotFoundError):
                    if entry.is_file(follow_symlinks=False):
                        status = entry.stat(follow_symlinks=False)
                        rows.append((status.st_atime_ns, entry.name, status.st_blocks * _BLOCK))
        self._sizes = {name: size for _, name, size in sorted(rows)}
        self._total = sum(self._sizes.values())
        self._listing_time = now

    def _evict(self) -> None:
        if self._total <= self._most:
            return
        with self._alone() as alone:
            if not alone:
                return
            for name in list(self._sizes):
                if self._total <= self._most:
                    return
                try:
                    (self._root / name).unlink(missing_ok=True)
                except OSError as error:
                    # It takes up its bytes still; the next least recently used one goes instead.
                    _log.warning("the cached file %r stays: %s", name, error.strerror)
                else:
                    self._total -= self._sizes.pop(name)

    @contextmanager
    def _alone(self) -> Generator[bool]:
        """Yield True if no other process is evicting, and keep others from it; never waits."""
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
    def _logged(self) -> Generator[None]:
        try:
            yield
        except OSError as error:
            # Start again next time, because the remembered sizes may be wrong.
            self._listing_time = float("-inf")
            _log.warning("the cache could not be kept within its limit: %s", error.strerror)
