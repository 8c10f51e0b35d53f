"""Copy bytes between files, inside the kernel if possible."""

import errno
import mmap
import os
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from adapters.mp4.errors import UnreadableTrack
from adapters.mp4.samples import Run

Way = Callable[[int, int, int, int], int]
"""Copies bytes from one file at an offset to the current position of another; returns their number.

The arguments are both files, the offset and the number of bytes; it raises OSError.
"""

_AT_ONCE: Final = 1 << 30
"""Maximum bytes per call; the kernel copies a little less than 2 GB."""
_BLOCK: Final = 1 << 20
_SHORT: Final = 128 << 10
"""Maximum bytes that are copied faster through the CPU cache than by a memory mapping."""
_WINDOW: Final = 4 << 20
"""Bytes per mapping, which count as memory of the process."""
_SHARED: Final = mmap.MAP_SHARED | getattr(mmap, "MAP_POPULATE", 0)
_OPEN: Final = 64
"""Maximum number of open files."""
_CANNOT: Final = frozenset(
    {
        errno.EXDEV,
        errno.EINVAL,
        errno.ENOSYS,
        errno.EOPNOTSUPP,
        errno.ENOTSUP,
        errno.EPERM,
        errno.EBADF,
        errno.ENOTSOCK,
        errno.EFAULT,
        errno.ENODEV,
        errno.EACCES,
    }
)
"""Errors of the kernel if it cannot copy between two files."""


def mapped(source: int, into: int, offset: int, length: int) -> int:
    """Copy by writing from the file's memory-mapped pages.

    Runs with another page alignment than in the film are copied a third faster than with
    copy_file_range, which must split every page (docs/decisions/0014).
    """
    start = offset - offset % mmap.ALLOCATIONGRANULARITY
    skipped = offset - start
    try:
        window = mmap.mmap(
            source, skipped + min(length, _WINDOW), _SHARED, mmap.PROT_READ, offset=start
        )
    except ValueError:
        # The file ends before the offset.
        return 0
    with window, memoryview(window) as view, view[skipped:] as part:
        return os.write(into, part)


def in_the_kernel(source: int, into: int, offset: int, length: int) -> int:
    """Copy with copy_file_range: no byte leaves the kernel, and some file systems share blocks."""
    if not hasattr(os, "copy_file_range"):
        raise OSError(errno.ENOSYS, "This system has no copy_file_range.")
    return os.copy_file_range(source, into, min(length, _AT_ONCE), offset)


def send(source: int, into: int, offset: int, length: int) -> int:
    """Copy with sendfile, for kernels without copy_file_range between two file systems."""
    return os.sendfile(into, source, offset, min(length, _AT_ONCE))


def by_hand(source: int, into: int, offset: int, length: int) -> int:
    """Copy by reading and writing, which always works."""
    data = os.pread(source, min(length, _BLOCK), offset)
    write_all(into, data)
    return len(data)


WAYS: Final = (mapped, in_the_kernel, send, by_hand)
"""The ways to copy, best first."""


class CopyStopped(Exception):
    """Nobody waits for the copy any more."""


def copy_all(
    runs: Iterable[Run],
    into: int,
    ways: Sequence[Way] = WAYS,
    is_stopped: Callable[[], bool] = lambda: False,
) -> None:
    """Append runs of bytes to an open file.

    If a way does not work between two files, the next is used. Runs with the same page alignment as
    in the film are first copied by the kernel, which copies whole pages; short runs are read and
    written, which needs least preparation. Raises `UnreadableTrack` if a file has become shorter
    than its run, OSError, and `CopyStopped` before the next block once ``is_stopped``.
    """
    sources: OrderedDict[Path, int] = OrderedDict()
    at = os.lseek(into, 0, os.SEEK_CUR)
    by_pages = sorted(ways, key=lambda way: way is not in_the_kernel)
    at_once = sorted(ways, key=lambda way: way is not by_hand)
    try:
        for run in runs:
            if run.path not in sources:
                if len(sources) == _OPEN:
                    os.close(sources.popitem(last=False)[1])
                sources[run.path] = os.open(run.path, os.O_RDONLY | os.O_CLOEXEC)
            if run.length <= _SHORT:
                best = at_once
            else:
                best = ways if (run.offset - at) % mmap.PAGESIZE else by_pages
            _copy(run, sources[run.path], into, best, is_stopped)
            at += run.length
    finally:
        for source in sources.values():
            os.close(source)


def _copy(
    run: Run, source: int, into: int, ways: Sequence[Way], is_stopped: Callable[[], bool]
) -> None:
    offset, rest = run.offset, run.length
    remaining = list(ways)
    while rest:
        if is_stopped():
            raise CopyStopped
        try:
            copied = remaining[0](source, into, offset, rest)
        except OSError as error:
            if len(remaining) == 1 or error.errno not in _CANNOT:
                raise
            copied = 0
        if not copied:
            # Some file systems return 0 instead of an error.
            del remaining[0]
            if not remaining:
                raise UnreadableTrack("A piece has become shorter.", details=run.path.name)
        offset, rest = offset + copied, rest - copied


def write_all(into: int, data: bytes) -> None:
    """Write every byte, in as many calls as necessary."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(into, rest) :]
