"""Embeddings that compare moves: three vectors per move, and the fused vector made of them."""

import math
import struct
import sys
import zlib
from array import array
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final, NewType

import msgspec

from domain.library.moves import Move
from domain.shared.violations import Violation

Vector = bytes
"""A vector as bytes: 4 bytes for each number, IEEE 754, little-endian."""

Fused = NewType("Fused", bytes)
"""A `Vector` of 1,024 numbers made by `fused`; the inner product of two is exact in 64 bits."""


class Part(StrEnum):
    """The data that a vector is made from."""

    POSE = "pose"
    AUDIO = "audio"
    TEXT = "text"


LENGTHS: Final = {Part.POSE: 512, Part.AUDIO: 128, Part.TEXT: 384}
WEIGHTS: Final = {Part.POSE: 0.35, Part.AUDIO: 0.35, Part.TEXT: 0.30}
LENGTH: Final = sum(LENGTHS.values())
"""Length of a fused vector: 1,024 numbers."""

IMPORTED: Final = "imported"
"""Source of vectors that come from elsewhere; the model that made them is unknown."""

_GRAIN: Final = 2.0**24
"""Fused numbers are multiples of 1 / this. The product of two has 48 bits, so sums of such products
below 32 fit into the 53 bits of a double in any order of summation.
"""

OFF_LENGTH: Final = 1e-3
"""Tolerance for the norm of a vector, which must be 1."""


class Rows(msgspec.Struct, frozen=True, kw_only=True):
    """The vectors of a move or a query; None for a missing part."""

    pose: Vector | None = None
    audio: Vector | None = None
    text: Vector | None = None

    def of(self, part: Part) -> Vector | None:
        """Return the vector of a part."""
        vector: Vector | None = getattr(self, part.value)
        return vector


class MoveEmbedding(msgspec.Struct, frozen=True, kw_only=True):
    """The vectors of a move, and the amount of motion in its clip."""

    move_id: str
    rows: Rows = Rows()
    pose_by: str = IMPORTED
    """Model that made the vector; vectors of different models cannot be compared."""
    audio_by: str = IMPORTED
    text_by: str = IMPORTED
    energy_start: float | None = None
    """Amount of motion in the first eight-count, 0 to 1; None if it is not analysed."""
    energy_end: float | None = None
    """Amount of motion in the last eight-count, as `energy_start`."""

    def by(self, part: Part) -> str:
        """Return the model that made the vector of a part."""
        maker: str = getattr(self, f"{part.value}_by")
        return maker


class EmbeddedMove(msgspec.Struct, frozen=True, kw_only=True):
    """A move of the library together with its embedding."""

    move: Move
    embedding: MoveEmbedding

    @property
    def fingerprint(self) -> int:
        """32-bit checksum of everything that search results depend on.

        It covers the embedding and all fields that a search compares or filters; two different
        values collide once in 4 thousand million.
        """
        move = self.move
        facts = (move.name, move.label, move.difficulty, move.energy_level, move.style)
        return zlib.crc32(msgspec.msgpack.encode((facts, self.embedding)))


def words_of(move: Move) -> str:
    """Return the text that describes a move, for an `Embedder`."""
    words = (move.name, move.label, move.difficulty, move.energy_level, move.style)
    return " ".join(each.replace("_", " ") for each in words)


def packed(numbers: Iterable[float]) -> Vector:
    """Return numbers as a vector; raises `OverflowError` for a number beyond 32 bits."""
    values = tuple(numbers)
    return struct.pack(f"<{len(values)}f", *values)


def unpacked(vector: Vector) -> Sequence[float]:
    """Return the numbers of a vector; raises `ValueError` if its length is not a multiple of 4
    bytes.
    """
    values = array("f")
    values.frombytes(vector)
    if sys.byteorder == "big":
        values.byteswap()
    return values


def fused(rows: Rows) -> Fused:
    """Return the fused vector: all parts normalised, weighted and concatenated; missing parts are
    zeros.

    The inner product of two fused vectors is the sum over the parts of squared weight times cosine
    similarity. Raises `ValueError` for a part of wrong length or with a number that is not finite.
    """
    whole: list[float] = []
    for part, length in LENGTHS.items():
        vector = rows.of(part)
        if vector is None:
            whole += [0.0] * length
            continue
        values = unpacked(vector)
        norm = math.hypot(*values)
        if len(values) != length or not math.isfinite(norm):
            raise ValueError(f"The {part} embedding is not {length} finite numbers.")
        scale = WEIGHTS[part] * _GRAIN / norm if norm else 0.0
        whole += [round(value * scale) / _GRAIN for value in values]
    return Fused(packed(whole))


def faults(embedding: MoveEmbedding) -> tuple[Violation, ...]:
    """Return everything that is wrong with an embedding."""
    violations = [fault for part in Part for fault in _row_faults(part, embedding.rows.of(part))]
    for name in ("energy_start", "energy_end"):
        energy: float | None = getattr(embedding, name)
        if energy is not None and not 0 <= energy <= 1:
            violations.append(_fault(name, f"{energy:g} is not between 0 and 1."))
    return tuple(violations)


def _row_faults(part: Part, vector: Vector | None) -> Iterable[Violation]:
    name = f"{part}_embedding"
    if vector is None:
        return
    if len(vector) != 4 * LENGTHS[part]:
        yield _fault(name, f"It has {len(vector) / 4:g} numbers instead of {LENGTHS[part]}.")
        return
    norm = math.hypot(*unpacked(vector))
    if not math.isfinite(norm):
        yield _fault(name, "It contains a number that is not finite.")
    elif norm == 0:
        yield _fault(name, "All its numbers are 0.")
    elif abs(norm - 1) > OFF_LENGTH:
        yield _fault(name, f"Its norm is {norm:.4f} instead of 1.")


def _fault(name: str, message: str) -> Violation:
    return Violation(path=f"$.{name}", message=message)
