"""Parse range and condition headers (RFC 9110, sections 13 and 14)."""

import re
from typing import Final

import msgspec

_SINGLE: Final = re.compile(r"bytes=[ \t]*(\d{0,18})-(\d{0,18})[ \t]*", re.ASCII | re.IGNORECASE)


class Span(msgspec.Struct, frozen=True):
    """A range of a file's bytes."""

    first: int
    length: int

    @property
    def last(self) -> int:
        """Index of the last byte."""
        return self.first + self.length - 1


class Unsatisfiable(Exception):
    """The range is outside the file."""


def span_of(header: str | None, size: int) -> Span | None:
    """Return the single range of a ``Range`` header; None for the whole file.

    A header that is malformed or has several ranges is ignored, which the RFC allows. Raises
    `Unsatisfiable` for a range without any byte of the file.
    """
    parts = _SINGLE.fullmatch(header) if header else None
    if parts is None or parts.groups() == ("", ""):
        return None
    first, last = parts.groups()
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
    # The suffix of an empty file is the whole file, which no range can express.
    return Span(max(0, size - length), min(length, size)) if size else None


def same(header: str, etag: str) -> bool:
    """Return True if an ``If-None-Match`` header names ``etag`` (without quotes), by weak
    comparison.
    """
    names = [name.removeprefix("W/") for name in _names(header)]
    return "*" in names or f'"{etag}"' in names


def exactly(header: str, etag: str) -> bool:
    """Return True if an ``If-Match`` header names ``etag``, by strong comparison."""
    names = _names(header)
    return "*" in names or f'"{etag}"' in names


def _names(header: str) -> list[str]:
    return [name.strip() for name in header.split(",")]
