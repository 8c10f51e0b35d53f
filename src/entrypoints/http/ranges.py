"""Which bytes of a file a request wants (RFC 9110, sections 13 and 14)."""

import re
from typing import Final

import msgspec

_SINGLE: Final = re.compile(r"bytes=[ \t]*(\d{0,18})-(\d{0,18})[ \t]*", re.ASCII | re.IGNORECASE)


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
        return _end(int(last), size)
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise Unsatisfiable
    end = min(int(last), size - 1) if last else size - 1
    return Span(int(first), end - int(first) + 1)


def _end(length: int, size: int) -> Span | None:
    if not length:
        raise Unsatisfiable
    # The end of an empty file is all of it, and no range can say so.
    return Span(max(0, size - length), min(length, size)) if size else None


def same(header: str, etag: str) -> bool:
    """Whether an ``If-None-Match`` header names ``etag``, which has no quotes; weakly will do."""
    names = [name.removeprefix("W/") for name in _names(header)]
    return "*" in names or f'"{etag}"' in names


def exactly(header: str, etag: str) -> bool:
    """Whether an ``If-Match`` header names ``etag``, and strongly."""
    names = _names(header)
    return "*" in names or f'"{etag}"' in names


def _names(header: str) -> list[str]:
    return [name.strip() for name in header.split(",")]
