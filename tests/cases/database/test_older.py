"""A database of an earlier version is brought up to date, and what is in it stays."""

import sqlite3
from pathlib import Path

import pytest

from adapters.database.engine import open_database
from adapters.database.library import SqlLibrary
from application.ports.library import MoveFilter
from domain.blueprint import Difficulty
from domain.corrections import Correction
from domain.moves import Energy, Move, Style
from domain.music import Song

pytestmark = pytest.mark.anyio

LATER = {"song": "correction", "move": "beats"}
"""Columns that tables did not always have."""


def move(name: str, beats: tuple[float, ...] = ()) -> Move:
    return Move(
        id=name,
        name=name,
        label="basic",
        video_path=f"clips/{name}.mp4",
        difficulty=Difficulty.BEGINNER,
        energy_level=Energy.LOW,
        style=Style.ROMANTIC,
        duration=8,
        tempo=120,
        beats=beats,
    )


async def test_an_older_database_keeps_its_rows_and_takes_new_ones(tmp_path: Path) -> None:
    file = tmp_path / "old.db"
    url = f"sqlite+aiosqlite:///{file}"
    song = Song(id="s", title="S", artist="A", audio_path="songs/s", duration=60)
    async with open_database(url) as database:
        library = SqlLibrary(database)
        await library.add_song(song)
        await library.add_move(move("before"))
    with sqlite3.connect(file) as older:
        for table, column in LATER.items():
            older.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    older.close()
    for _ in range(2):
        async with open_database(url) as database:
            library = SqlLibrary(database)
            assert await library.song("s") == song
            assert await library.correction("s") in (None, Correction(one_at=1.5))
            assert await library.move("before") == move("before")
            await library.keep_correction("s", Correction(one_at=1.5))
    async with open_database(url) as database:
        library = SqlLibrary(database)
        await library.add_move(move("later", (0.5, 1.0)))
        found = (await library.moves(MoveFilter(), None, 9)).items
        assert found == (move("before"), move("later", (0.5, 1.0)))
        assert await library.correction("s") == Correction(one_at=1.5)
