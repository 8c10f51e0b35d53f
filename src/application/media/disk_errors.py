"""Recognise the errors of a full or read-only disk."""

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
"""Error types by the system's error number."""

_IN_WORDS: Final = {os.strerror(number): kind for number, kind in KINDS.items()}


def translated(error: OSError, otherwise: BachataError) -> BachataError:
    """Return `DiskFull` or `DiskReadOnly` if that is the reason, with the text of ``otherwise`` as
    details.

    For any other failure return ``otherwise``.
    """
    kind = KINDS.get(error.errno or 0)
    return otherwise if kind is None else kind(details=str(otherwise))


def in_output(text: str) -> type[StorageFailed] | None:
    """Return the error type that a program's output names in the system's words; None if none."""
    return next((kind for words, kind in _IN_WORDS.items() if words in text), None)


@contextmanager
def disk_errors() -> Generator[None]:
    """Translate the system's errors into `DiskFull` and `DiskReadOnly`; let others pass."""
    try:
        yield
    except OSError as error:
        if (kind := KINDS.get(error.errno or 0)) is None:
            raise
        raise kind(details=f"{error.strerror}.") from error
