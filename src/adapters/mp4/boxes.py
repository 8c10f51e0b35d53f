"""Parse and build the boxes of an MP4 (ISO/IEC 14496-12, clause 4.2), with bounds checks."""

import struct
import sys
from array import array
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from adapters.mp4.errors import UnreadableTrack

MOST_32: Final = 0xFFFF_FFFF
"""The largest unsigned 32-bit number."""
MOST_BOXES: Final = 1_000
"""Maximum boxes side by side in one place; files made here have a dozen."""


class Box(NamedTuple):
    """One box of a buffer: its kind, its place and its content."""

    kind: bytes
    start: int
    content: int
    """Offset of the content."""
    end: int


def walk(view: memoryview) -> Iterator[Box]:
    """Yield every box of a buffer that contains only boxes; raises `UnreadableTrack` otherwise.

    A box of size 0 extends to the buffer's end. The contents of the boxes are not parsed.
    """
    start = 0
    for _ in range(MOST_BOXES):
        if start == len(view):
            return
        box = box_of(bytes(view[start : start + 16]), start, len(view))
        yield box
        start = box.end
    raise UnreadableTrack("There are too many boxes.")


def box_of(head: bytes, start: int, end: int) -> Box:
    """Return the box whose first (up to) 16 bytes are ``head``; it begins at ``start``, before
    ``end``.
    """
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
        raise UnreadableTrack("A box is longer than the box around it.")
    return Box(kind, start, content, start + size)


class Inside:
    """The boxes inside another, by kind; each is completely within it."""

    __slots__ = ("_contents",)

    def __init__(self, view: memoryview) -> None:
        """Parse the content of a box; raises `UnreadableTrack`."""
        self._contents: dict[bytes, list[memoryview]] = {}
        for box in walk(view):
            self._contents.setdefault(box.kind, []).append(view[box.content : box.end])

    def every(self, kind: bytes) -> list[memoryview]:
        """Return the contents of all boxes of a kind, in order."""
        return self._contents.get(kind, [])

    def maybe(self, kind: bytes) -> memoryview | None:
        """Return the content of the only box of a kind, or None; raises `UnreadableTrack` for
        several.
        """
        contents = self.every(kind)
        if len(contents) > 1:
            raise UnreadableTrack(f"There are several {_quote(kind)} boxes.")
        return contents[0] if contents else None

    def one(self, kind: bytes) -> memoryview:
        """Return the content of the only box of a kind; raises `UnreadableTrack` for none or
        several.
        """
        content = self.maybe(kind)
        if content is None:
            raise UnreadableTrack(f"There is no {_quote(kind)} box.")
        return content

    def inside(self, *path: bytes) -> "Inside":
        """Return the boxes inside the nested boxes of ``path``; raises `UnreadableTrack`."""
        here = self
        for kind in path:
            here = Inside(here.one(kind))
        return here


def _quote(kind: bytes) -> str:
    return repr(kind.decode("latin-1"))


def number(view: memoryview, at: int, width: int) -> int:
    """Return the unsigned number of ``width`` bytes at ``at``; raises `UnreadableTrack` past the
    end.
    """
    if not 0 <= at <= len(view) - width:
        raise UnreadableTrack("A box is too short for its contents.")
    return int.from_bytes(view[at : at + width])


def signed(view: memoryview, at: int, width: int) -> int:
    """Return a signed number; otherwise as `number`."""
    value = number(view, at, width)
    return value - (1 << 8 * width) if value >> 8 * width - 1 else value


def table(view: memoryview, at: int, count: int, code: Literal["I", "Q"]) -> "array[int]":
    """Return ``count`` unsigned numbers of 32 ("I") or 64 bits ("Q"); raises `UnreadableTrack`."""
    numbers = array(code)
    length = count * numbers.itemsize
    if not 0 <= at <= len(view) - length:
        raise UnreadableTrack("A table is longer than its box.")
    numbers.frombytes(view[at : at + length])
    return swapped(numbers)


def swapped(numbers: "array[int]") -> "array[int]":
    """Swap numbers between this machine's byte order and the file's, in place."""
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers


def box(kind: bytes, *parts: bytes) -> bytes:
    """Return a box with these contents."""
    return box_head(kind, sum(map(len, parts))) + b"".join(parts)


def box_head(kind: bytes, length: int) -> bytes:
    """Return the header of a box with ``length`` bytes of content; longer if 32 bits are not
    enough.
    """
    if length + 8 <= MOST_32:
        return struct.pack(">I4s", length + 8, kind)
    return struct.pack(">I4sQ", 1, kind, length + 16)


def full(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    """Return a box that begins with its version and flags (4.2.2)."""
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)
