"""What moves are compared by: three rows of numbers a move, and the one row they are fused into."""

import math
import struct
import sys
import zlib
from array import array
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Annotated, Final, NewType

import msgspec
from msgspec import Meta

from domain.blueprint.model import Difficulty, StoragePath
from domain.library.moves import Energy, Move, Style
from domain.shared.violations import Violation

Vector = bytes
"""A row of numbers: 4 bytes each, IEEE 754, little-endian."""

Fused = NewType("Fused", bytes)
"""A `Vector` of 1024 numbers that `fused` made; the inner product of two is exact in 64 bits."""


class Part(StrEnum):
    """What a row of numbers was made of."""

    POSE = "pose"
    AUDIO = "audio"
    TEXT = "text"


LENGTHS: Final = {Part.POSE: 512, Part.AUDIO: 128, Part.TEXT: 384}
WEIGHTS: Final = {Part.POSE: 0.35, Part.AUDIO: 0.35, Part.TEXT: 0.30}
LENGTH: Final = sum(LENGTHS.values())
"""Numbers that are fused into one row: 1024."""

IMPORTED: Final = "imported"
"""Maker of numbers that came from elsewhere; which model made them is not known."""

_GRAIN: Final = 2.0**24
"""Fused numbers are whole multiples of 1 / this: the product of two has 48 bits, and sums of such
products that stay below 32 fit into the 53 bits of a double, in whatever order they are summed."""

OFF_LENGTH: Final = 1e-3
"""How far from 1 the length of a row may be."""

_CUT_SHORT: Final = 0.05
"""Seconds by which a clip may miss what is on record: a frame and a half at 30 a second."""


class Rows(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of a move, or of a query; a part that nobody has made is None."""

    pose: Vector | None = None
    audio: Vector | None = None
    text: Vector | None = None

    def of(self, part: Part) -> Vector | None:
        """One of the three."""
        found: Vector | None = getattr(self, part.value)
        return found


class MoveEmbedding(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is known of a move for finding it and for placing it in a dance."""

    move_id: str
    move_name: str
    label: str
    video_path: StoragePath
    difficulty: Difficulty
    energy_level: Energy
    style: Style
    duration: Annotated[float, Meta(gt=0, description="Seconds.")]
    rows: Rows = Rows()
    pose_by: str = IMPORTED
    """Who made the numbers; those of different makers cannot be compared."""
    audio_by: str = IMPORTED
    text_by: str = IMPORTED
    tempo: float
    """Beats a minute of the clip's own sound."""
    beats: tuple[float, ...] = ()
    """Seconds to each beat of the clip."""
    first_count: float = 0
    """Seconds to the clip's first "1"."""
    energy_start: float | None = None
    """0 to 1: how much the dancers move in the first eight-count; None where nobody has looked."""
    energy_end: float | None = None
    """As `energy_start`, in the last."""

    def by(self, part: Part) -> str:
        """Who made the numbers of a part."""
        maker: str = getattr(self, f"{part.value}_by")
        return maker

    @property
    def fingerprint(self) -> int:
        """32 bits that differ, but for one chance in four thousand million, when anything does."""
        return zlib.crc32(msgspec.msgpack.encode(self))


def entry_of(move: Move) -> MoveEmbedding:
    """What a move itself says, without numbers."""
    return MoveEmbedding(
        move_id=move.id,
        move_name=move.name,
        label=move.label,
        video_path=move.video_path,
        difficulty=move.difficulty,
        energy_level=move.energy_level,
        style=move.style,
        duration=move.duration,
        tempo=move.tempo,
        beats=move.beats,
        first_count=move.first_count,
    )


def words_of(move: Move | MoveEmbedding) -> str:
    """What is said of a move, for an `Embedder`."""
    name = move.name if isinstance(move, Move) else move.move_name
    said = (name, move.label, move.difficulty, move.energy_level, move.style)
    return " ".join(each.replace("_", " ") for each in said)


def packed(numbers: Iterable[float]) -> Vector:
    """Numbers as a vector; raises `OverflowError` for one that 32 bits cannot hold."""
    values = tuple(numbers)
    return struct.pack(f"<{len(values)}f", *values)


def unpacked(vector: Vector) -> Sequence[float]:
    """The numbers of a vector; raises `ValueError` when its bytes are no whole numbers of four."""
    values = array("f")
    values.frombytes(vector)
    if sys.byteorder == "big":
        values.byteswap()
    return values


def fused(rows: Rows) -> Fused:
    """Each part made as long as 1, weighted, and put one after another; missing ones are zeros.

    The inner product of two is the sum over the parts of weight squared times cosine. Raises
    `ValueError` for a part that has a wrong number of numbers or one that is not finite.
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


def faults(entry: MoveEmbedding, seconds: float | None = None) -> tuple[Violation, ...]:
    """Everything that cannot be right about an entry; ``seconds`` is what its clip lasts."""
    found = [fault for part in Part for fault in _row_faults(part, entry.rows.of(part))]
    lasts = entry.duration if seconds is None else seconds
    if seconds is not None and abs(seconds - entry.duration) > _CUT_SHORT:
        found.append(
            _fault("duration", f"It is {entry.duration:.3f} s; the clip lasts {lasts:.3f}.")
        )
    if not 30 <= entry.tempo <= 300:
        found.append(_fault("tempo", f"{entry.tempo:g} BPM is not between 30 and 300."))
    if not 0 <= entry.first_count < lasts:
        found.append(_fault("first_count", f"{entry.first_count:.3f} s is not within the clip."))
    if any(not 0 <= beat <= lasts + _CUT_SHORT for beat in entry.beats):
        found.append(_fault("beats", "A beat is not within the clip."))
    if any(later <= beat for beat, later in zip(entry.beats, entry.beats[1:], strict=False)):
        found.append(_fault("beats", "The beats do not follow one another."))
    for name in ("energy_start", "energy_end"):
        energy: float | None = getattr(entry, name)
        if energy is not None and not 0 <= energy <= 1:
            found.append(_fault(name, f"{energy:g} is not between 0 and 1."))
    return tuple(found)


def _row_faults(part: Part, vector: Vector | None) -> Iterable[Violation]:
    name = f"{part}_embedding"
    if vector is None:
        return
    if len(vector) != 4 * LENGTHS[part]:
        yield _fault(name, f"It has {len(vector) / 4:g} numbers; {LENGTHS[part]} are right.")
        return
    norm = math.hypot(*unpacked(vector))
    if not math.isfinite(norm):
        yield _fault(name, "It holds a number that is not finite.")
    elif norm == 0:
        yield _fault(name, "It is nothing but zeros.")
    elif abs(norm - 1) > OFF_LENGTH:
        yield _fault(name, f"Its length is {norm:.4f}; 1 is right.")


def _fault(name: str, message: str) -> Violation:
    return Violation(path=f"$.{name}", message=message)
