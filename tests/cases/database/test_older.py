"""A database of an earlier version is brought up to date, and what is in it stays."""

import sqlite3
from pathlib import Path

import pytest

from adapters.database.engine import open_database
from adapters.database.tasks import SqlTaskRepository
from application.ports.moves import MoveFilter
from domain.blueprint.model import Difficulty
from domain.library.corrections import Correction
from domain.library.moves import Energy, Move, Style
from tests.contracts.older import IDS, LATER, TASK, made_before_revisions
from tests.world.libraries import sql_library

pytestmark = pytest.mark.anyio


async def test_an_older_database_keeps_its_rows_and_takes_new_ones(tmp_path: Path) -> None:
    file = tmp_path / "old.db"
    url = f"sqlite+aiosqlite:///{file}"
    with sqlite3.connect(file) as older:
        older.executescript(";\n".join(made_before_revisions("sqlite", LATER[-1])))
    older.close()
    song, move = IDS["song"], IDS["move"]
    for _ in range(2):
        async with open_database(url) as database:
            library = sql_library(database)
            assert (await library.songs.get(song)).title == "Lejos"
            assert await library.songs.correction(song) in (None, Correction(one_at=1.5))
            assert (await library.moves.get(move)).beats == ()
            assert (await SqlTaskRepository(database).get(TASK)).owner == "local"
            await library.songs.keep_correction(song, Correction(one_at=1.5), None)
    later = Move(
        id="later",
        name="Later",
        label="basic",
        video_path="clips/later",
        difficulty=Difficulty.BEGINNER,
        energy_level=Energy.LOW,
        style=Style.ROMANTIC,
        duration=8,
        tempo=120,
        beats=(0.5, 1.0),
    )
    async with open_database(url) as database:
        library = sql_library(database)
        await library.moves.add(later)
        old_move, added = (await library.moves.page(MoveFilter(), None, 9)).items
        assert (old_move.id, added) == (move, later)
        assert await library.songs.correction(song) == Correction(one_at=1.5)
