"""Write files under a temporary name and rename them when they are complete."""

import os
import time
from pathlib import Path
from threading import Event
from typing import Final
from uuid import uuid4

from adapters.flushing import flush

CHUNK: Final = 256 * 1024
"""Bytes per read."""


def _copy(source: int, target: int, unwanted: Event) -> None:
    while not unwanted.is_set() and (chunk := os.read(source, CHUNK)):
        rest = memoryview(chunk)
        while rest:
            rest = rest[os.write(target, rest) :]
    if unwanted.is_set():
        raise InterruptedError


def linked(source: Path, folder: int, name: str) -> bool:
    """Flush a file to disk and link it; False if it cannot be linked."""
    try:
        target = os.open(source, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        try:
            os.link(source, name, dst_dir_fd=folder, follow_symlinks=False)
        except OSError:
            return False
        _stamp(target)
        flush(target)
    finally:
        os.close(target)
    return True


def _stamp(file: int) -> None:
    """Set the file's time exactly: the kernel's times are milliseconds apart, and an etag uses
    them.
    """
    now = time.time_ns()
    os.utime(file, ns=(now, now))


def write_whole(source: int, folder: int, name: str, unwanted: Event) -> None:
    """Fill a new file of a folder and flush it to disk; raises OSError."""
    target = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644, dir_fd=folder)
    try:
        _copy(source, target, unwanted)
        _stamp(target)
        flush(target)
    finally:
        os.close(target)


def copy_beside(file: int, into: Path, unwanted: Event) -> None:
    """Fill a temporary file beside ``into`` and rename it when it is complete."""
    part = into.with_name(f".{uuid4().hex}.part")
    try:
        with part.open("xb", buffering=0) as target:
            _copy(file, target.fileno(), unwanted)
        part.replace(into)
    finally:
        part.unlink(missing_ok=True)
