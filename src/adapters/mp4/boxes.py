"""The boxes an MP4 is made of: walked within bounds, and built (ISO/IEC 14496-12, clause 4.2)."""

import struct
import sys
from array import array
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from adapters.mp4.errors import UnreadableTrack

MOST_32: Final = 0xFFFF_FFFF
"""The largest number that fits 32 bits."""
MOST_BOXES: Final = 1_000
"""Boxes side by side in one place; ours have a dozen."""


class Box(NamedTuple):
    """One box of a buffer: what it is, and where it and its content are."""

    kind: bytes
    start: int
    content: int
    """Where the content begins."""
    end: int


def walk(view: memoryview) -> Iterator[Box]:
    """Every box of a buffer that is nothing but boxes; raises `UnreadableTrack` for what is not.

    A box of size 0 goes on to the buffer's end. What is inside a box is not looked at.
    """
    start = 0
    for _ in range(MOST_BOXES):
        if start == len(view):
            return
        box = measured(bytes(view[start : start + 16]), start, len(view))
        yield box
        start = box.end
    raise UnreadableTrack("There are too many boxes.")


def measured(head: bytes, start: int, end: int) -> Box:
    """The box whose first (up to) 16 bytes are ``head``; it begins at ``start``, before ``end``."""
    if len(head) < 8:
        raise UnreadableTrack("A box is cut off.")
    size, kind = int.from_bytes(head[:4]), head[4:8]
    content = start + 8
    if size == 1:
        if len(head) < 16:
            raise UnreadableTrack("A box is cut off.")
        size, content = int.from_bytes(head[8:16]), start + 16
    elif size == 0:
        size = end - start
    if not content <= start + size <= end:
        raise UnreadableTrack("A box does not fit where it is.")
    return Box(kind, start, content, start + size)


class Inside:
    """The boxes inside another, by kind; each lies wholly within it."""

    __slots__ = ("_found",)

    def __init__(self, view: memoryview) -> None:
        """Walk the content of a box; raises `UnreadableTrack`."""
        self._found: dict[bytes, list[memoryview]] = {}
        for box in walk(view):
            self._found.setdefault(box.kind, []).append(view[box.content : box.end])

    def every(self, kind: bytes) -> list[memoryview]:
        """The contents of all boxes of a kind, in order."""
        return self._found.get(kind, [])

    def maybe(self, kind: bytes) -> memoryview | None:
        """The content of the one box of a kind; raises `UnreadableTrack` for several."""
        found = self.every(kind)
        if len(found) > 1:
            raise UnreadableTrack(f"There are several {_named(kind)} boxes.")
        return found[0] if found else None

    def one(self, kind: bytes) -> memoryview:
        """The content of the one box of a kind; raises `UnreadableTrack` for none or several."""
        found = self.maybe(kind)
        if found is None:
            raise UnreadableTrack(f"There is no {_named(kind)} box.")
        return found

    def inside(self, *path: bytes) -> "Inside":
        """The boxes inside the box inside ... of this; raises `UnreadableTrack`."""
        here = self
        for kind in path:
            here = Inside(here.one(kind))
        return here


def _named(kind: bytes) -> str:
    return repr(kind.decode("latin-1"))


def number(view: memoryview, at: int, width: int) -> int:
    """The unsigned number of ``width`` bytes at ``at``; raises `UnreadableTrack` past the end."""
    if not 0 <= at <= len(view) - width:
        raise UnreadableTrack("A box is shorter than what should be in it.")
    return int.from_bytes(view[at : at + width])


def signed(view: memoryview, at: int, width: int) -> int:
    """As `number`, but below zero when the first bit is set."""
    value = number(view, at, width)
    return value - (1 << 8 * width) if value >> 8 * width - 1 else value


def table(view: memoryview, at: int, count: int, code: Literal["I", "Q"]) -> "array[int]":
    """``count`` unsigned numbers of 32 ("I") or 64 bits ("Q"); raises `UnreadableTrack`."""
    numbers = array(code)
    length = count * numbers.itemsize
    if not 0 <= at <= len(view) - length:
        raise UnreadableTrack("A table is longer than its box.")
    numbers.frombytes(view[at : at + length])
    return swapped(numbers)


def swapped(numbers: "array[int]") -> "array[int]":
    """Turn numbers between this machine's byte order and the file's, in place."""
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers


def box(kind: bytes, *parts: bytes) -> bytes:
    """A box of these contents, one after another."""
    return box_head(kind, sum(map(len, parts))) + b"".join(parts)


def box_head(kind: bytes, length: int) -> bytes:
    """What goes before ``length`` bytes to make them a box; longer when 32 bits do not do."""
    if length + 8 <= MOST_32:
        return struct.pack(">I4s", length + 8, kind)
    return struct.pack(">I4sQ", 1, kind, length + 16)


def full(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    """A box that says its version and flags first (4.2.2)."""
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)
