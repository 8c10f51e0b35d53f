"""Convert rows to songs and moves, and back."""

from typing import Any

import msgspec
from sqlalchemy import Row

from domain.blueprint.model import Difficulty
from domain.library.corrections import Correction
from domain.library.moves import Energy, Move, Style
from domain.library.retiming import retimed
from domain.library.songs import Analysis, Song
from domain.shared.errors import InvalidRequest
from domain.shared.violations import Violation


def song_of(row: Row[Any]) -> Song:
    """Return the song of a row."""
    return Song(**{name: getattr(row, name) for name in Song.__struct_fields__})


def move_of(row: Row[Any]) -> Move:
    """Return the move of a row with a user's correction applied."""
    said = row.correction and msgspec.json.decode(row.correction, type=Correction)
    return retimed(uncorrected_move_of(row), said)


def uncorrected_move_of(row: Row[Any]) -> Move:
    """Return the move of a row without correction."""
    return Move(
        id=row.id,
        name=row.name,
        label=row.label,
        video_path=row.video_path,
        difficulty=Difficulty(row.difficulty),
        energy_level=Energy(row.energy_level),
        style=Style(row.style),
        duration=row.duration,
        tempo=row.tempo,
        first_count=row.first_count,
        beats=msgspec.json.decode(row.beats, type=tuple[float, ...]) if row.beats else (),
        unusable=row.unusable,
        confidence=row.confidence,
        beats_from=row.beats_from,
    )


def document(analysis: Analysis) -> str:
    """Return an analysis as the text of a column."""
    return msgspec.json.encode(analysis).decode()


def saying(correction: Correction) -> str | None:
    """Return a correction as the text of a column; None if it is empty."""
    return None if correction == Correction() else msgspec.json.encode(correction).decode()


def storable_fields(item: Song | Move) -> dict[str, Any]:
    """Return the fields of a row; raises `InvalidRequest` for a text that no row can contain."""
    fields = msgspec.structs.asdict(item)
    wrong = [n for n, text in fields.items() if isinstance(text, str) and not storable(text)]
    if wrong:
        message = "The text contains U+0000 or an unpaired surrogate; remove it."
        raise InvalidRequest(tuple(Violation(path=f"$.{name}", message=message) for name in wrong))
    return fields


def storable(text: str) -> bool:
    """Return True if a row can contain a text."""
    return not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in text)
