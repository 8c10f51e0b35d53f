"""Write a film from its layout, completely or not at all."""

import errno
import os
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

from adapters.flushing import flush
from adapters.mp4.copying import WAYS, Way, copy_all, write_all
from adapters.mp4.layout import Layout, layout
from adapters.mp4.pieces import Piece
from adapters.mp4.samples import Track


def join(
    into: Path,
    pieces: Sequence[Piece],
    sound: Track | None = None,
    *,
    ways: Sequence[Way] = WAYS,
    durable: bool = False,
    is_stopped: Callable[[], bool] = lambda: False,
) -> Layout:
    """Write the film of these pieces and return its layout.

    The file appears only when it is complete; ``durable`` waits until it is on disk. Raises as
    `layout` does, `UnreadableTrack` if a source has become shorter, and OSError if a source is
    missing or the disk is full. Once ``is_stopped``, it writes no further block, leaves nothing and
    raises `CopyStopped`.
    """
    plan = layout(pieces, sound)
    part = into.with_name(f".{secrets.token_hex(8)}.part")
    try:
        _write(plan, part, ways, durable, is_stopped)
        part.replace(into)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    if durable:
        _keep(into.parent)
    return plan


def _write(
    plan: Layout,
    part: Path,
    ways: Sequence[Way],
    durable: bool,
    is_stopped: Callable[[], bool],
) -> None:
    file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        _reserve(file, plan.size)
        write_all(file, plan.header)
        copy_all(plan.runs, file, ways, is_stopped)
        if durable:
            flush(file)
    finally:
        os.close(file)


def _reserve(file: int, size: int) -> None:
    """Reserve disk space, which reports a full disk at once and makes writing faster.

    macOS has no such call, and some file systems refuse it: there the writing itself reports it.
    """
    if not hasattr(os, "posix_fallocate"):
        return
    try:
        os.posix_fallocate(file, 0, size)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.EOPNOTSUPP, errno.ENOTSUP):
            raise


def _keep(folder: Path) -> None:
    """Flush the names of a folder's files to disk."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        flush(opened)
    finally:
        os.close(opened)
