"""Which bytes of a file a request wants (RFC 9110, section 14)."""

import re
from typing import Final

import msgspec

_SINGLE: Final = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*", re.ASCII)


class Span(msgspec.Struct, frozen=True):
    """Bytes of a file."""

    first: int
    length: int

    @property
    def last(self) -> int:
        """Number of the last byte."""
        return self.first + self.length - 1


class Unsatisfiable(Exception):
    """The range lies outside the file."""


def wanted(header: str | None, size: int) -> Span | None:
    """The single range a ``Range`` header asks for, or None where the whole is to be sent.

    A header that is malformed or asks for several ranges is passed over, as it may be. Raises
    `Unsatisfiable` for a range that holds no byte of the file.
    """
    found = _SINGLE.fullmatch(header) if header else None
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        length = min(int(last), size)
        if not length:
            raise Unsatisfiable
        return Span(size - length, length)
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise Unsatisfiable
    end = min(int(last), size - 1) if last else size - 1
    return Span(int(first), end - int(first) + 1)


def same(header: str | None, etag: str) -> bool:
    """Whether an ``If-None-Match`` header names ``etag``, which has no quotes."""
    if header is None:
        return False
    names = [name.strip().removeprefix("W/") for name in header.split(",")]
    return "*" in names or f'"{etag}"' in names
