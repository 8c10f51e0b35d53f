"""Translate database errors to errors of the product."""

import os
import sqlite3
from pathlib import Path
from typing import Final

import asyncpg  # pyright: ignore[reportMissingTypeStubs]

from application.media.disk_errors import KINDS
from domain.shared.errors import BachataError, DiskFull, DiskReadOnly, NotReady, StorageFailed

_ROOM: Final = 64 * 1024
"""Bytes that SQLite needs for its write-ahead log and its index at the start."""

_UNCLEAR: Final = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR)
"""Error codes of SQLite that hide the system's error."""


def failure_of(error: BaseException, name: str, file: Path | None) -> BachataError:
    """Return the product's error for a database error; ``file`` is the file of SQLite."""
    kind = _disk_error(error, file)
    if kind is None:
        return NotReady(f"The {name} cannot be used.", details=type(error).__name__)
    if file is None:
        where = "is full" if kind is DiskFull else "cannot be written"
        return kind(f"The disk of the {name} {where}.", details=type(error).__name__)
    return kind(details=f"The {name} cannot be used.")


def _disk_error(error: BaseException, file: Path | None) -> type[StorageFailed] | None:
    origin = getattr(error, "orig", None) or error
    for each in (origin, getattr(origin, "__cause__", None)):
        match each:
            case sqlite3.Error():
                return _sqlite(each, file)
            case asyncpg.DiskFullError():
                return DiskFull
            case asyncpg.ReadOnlySQLTransactionError():
                return DiskReadOnly
            case OSError():
                return KINDS.get(each.errno or 0)
            case _:
                pass
    return None


def _sqlite(error: sqlite3.Error, file: Path | None) -> type[StorageFailed] | None:
    # The low byte is the error code, the rest is the extended code.
    kind = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if kind == sqlite3.SQLITE_FULL:
        return DiskFull
    if file is None or kind not in (*_UNCLEAR, sqlite3.SQLITE_READONLY):
        return None
    disk = _disk_of(file)
    if disk is None:
        return None
    if disk.f_flag & os.ST_RDONLY:
        return DiskReadOnly
    return DiskFull if kind in _UNCLEAR and disk.f_bavail * disk.f_frsize < _ROOM else None


def _disk_of(file: Path) -> os.statvfs_result | None:
    """Return the disk of a file, existing or not; None if it is unknown."""
    try:
        return os.statvfs(next(each for each in file.absolute().parents if each.exists()))
    except OSError:
        return None
