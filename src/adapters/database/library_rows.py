"""Songs and moves as their rows say them."""

from typing import Any

import msgspec
from sqlalchemy import Row

from domain.blueprint import Difficulty
from domain.moves import Energy, Move, Style
from domain.music import Song


def song_of(row: Row[Any]) -> Song:
    """The song of a row."""
    return Song(**{name: getattr(row, name) for name in Song.__struct_fields__})


def move_of(row: Row[Any]) -> Move:
    """The move of a row."""
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
    )
