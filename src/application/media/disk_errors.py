"""A disk that is full or read-only, told from all else that goes wrong with files."""

import errno
import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Final

from domain.shared.errors import BachataError, DiskFull, DiskReadOnly, StorageFailed

KINDS: Final[Mapping[int, type[StorageFailed]]] = {
    errno.ENOSPC: DiskFull,
    errno.EDQUOT: DiskFull,
    errno.EROFS: DiskReadOnly,
}
"""Errors by the system's number."""

_IN_WORDS: Final = {os.strerror(number): kind for number, kind in KINDS.items()}


def translated(error: OSError, otherwise: BachataError) -> BachataError:
    """`DiskFull` or `DiskReadOnly` where that is the reason, with the other's sentence as details.

    Any other failure is ``otherwise``.
    """
    kind = KINDS.get(error.errno or 0)
    return otherwise if kind is None else kind(details=str(otherwise))


def in_output(text: str) -> type[StorageFailed] | None:
    """The error that a program names in the system's own words, if it names one."""
    return next((kind for words, kind in _IN_WORDS.items() if words in text), None)


@contextmanager
def disk_errors() -> Generator[None]:
    """Raise `DiskFull` and `DiskReadOnly` in the place of the system's error; others pass."""
    try:
        yield
    except OSError as error:
        if (kind := KINDS.get(error.errno or 0)) is None:
            raise
        raise kind(details=f"{error.strerror}.") from error
