"""A named pipe through which FFmpeg reads painted frames."""

import contextlib
import errno
import fcntl
import os
from collections.abc import Iterable
from pathlib import Path
from threading import Event
from typing import Final

_CAPACITY: Final = 2**20
"""Bytes in the pipe; with the usual 64 kB the programs wait for each other more often."""
_PAUSE: Final = 0.01
"""Seconds between two looks for the reader."""


def make_pipe(path: Path) -> None:
    """Create a pipe; raises OSError."""
    os.mkfifo(path, 0o600)


def feed(pipe: Path, frames: Iterable[memoryview], stopped: Event) -> None:
    """Write frames until all are written, the reader ends, or ``stopped`` is set."""
    file = _opened(pipe, stopped)
    if file is None:
        return
    try:
        for frame in frames:
            if stopped.is_set() or not _written(file, frame):
                return
    finally:
        os.close(file)


def _opened(pipe: Path, stopped: Event) -> int | None:
    """Open a pipe when it has a reader; None if it is ``stopped`` before."""
    while not stopped.is_set():
        try:
            file = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise
            stopped.wait(_PAUSE)
            continue
        os.set_blocking(file, True)
        if hasattr(fcntl, "F_SETPIPE_SZ"):
            # An administrator may allow less; the pipe works with any capacity.
            with contextlib.suppress(OSError):
                fcntl.fcntl(file, fcntl.F_SETPIPE_SZ, _CAPACITY)
        return file
    return None


def _written(file: int, frame: memoryview) -> bool:
    """Write a frame; return False if nobody reads any more."""
    rest = frame
    try:
        while rest:
            rest = rest[os.write(file, rest) :]
    except BrokenPipeError:
        return False
    return True
