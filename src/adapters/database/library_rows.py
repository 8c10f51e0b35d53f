"""Songs and moves as their rows say them."""

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
    """The song of a row."""
    return Song(**{name: getattr(row, name) for name in Song.__struct_fields__})


def move_of(row: Row[Any]) -> Move:
    """The move of a row, with the time that a person says if one does."""
    said = row.correction and msgspec.json.decode(row.correction, type=Correction)
    return retimed(uncorrected_move_of(row), said)


def uncorrected_move_of(row: Row[Any]) -> Move:
    """The move of a row with the time that was found out."""
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
    )


def document(analysis: Analysis) -> str:
    """What was heard, as a row holds it."""
    return msgspec.json.encode(analysis).decode()


def saying(correction: Correction) -> str | None:
    """What a person says, as a row holds it; nothing is None."""
    return None if correction == Correction() else msgspec.json.encode(correction).decode()


def storable_fields(item: Song | Move) -> dict[str, Any]:
    """The fields of a row; raises `InvalidRequest` for a text that no row can hold."""
    fields = msgspec.structs.asdict(item)
    wrong = [n for n, text in fields.items() if isinstance(text, str) and not storable(text)]
    if wrong:
        message = "It holds U+0000 or half a surrogate pair, which is no text."
        raise InvalidRequest(tuple(Violation(path=f"$.{name}", message=message) for name in wrong))
    return fields


def storable(text: str) -> bool:
    """Whether a row can hold a text."""
    return not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in text)
