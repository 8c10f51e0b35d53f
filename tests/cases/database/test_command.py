"""The output of `bachata-buddy db`, and its exit status."""

import asyncio
import logging
import sqlite3
import sys
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
import structlog

from adapters.database.engine import open_database
from adapters.database.revisions import Revisions
from entrypoints.cli.exit_codes import LATER
from entrypoints.cli.main import main

Command = Callable[..., tuple[int, str]]

NEWEST = Revisions().ids[-1]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "var" / "bachata.db"


@pytest.fixture
def db(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Generator[Command]:
    """Runs a command over a data folder; returns its status and what it said."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    monkeypatch.delenv("BACHATA_DATABASE_URL", raising=False)
    monkeypatch.setenv("BACHATA_DATA_DIR", str(file.parent))

    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["bachata-buddy", "db", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        output = " ".join(capsys.readouterr().err.split())
        return int(ended.value.code or 0), output

    yield run
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def tables(file: Path) -> set[str]:
    with sqlite3.connect(file) as plain:
        names = {name for (name,) in plain.execute("SELECT name FROM sqlite_master")}
    plain.close()
    return names


def test_a_check_makes_no_database(db: Command, file: Path) -> None:
    status, output = db("check")
    assert (status, file.exists()) == (LATER, False)
    assert "'bachata.db' does not exist yet" in output


def test_an_upgrade_says_every_step(db: Command) -> None:
    status, output = db("upgrade")
    assert status == 0
    assert output.index("Upgraded to 0001: ") < output.index("Upgraded to 0002: Index songs")
    assert output.endswith(f"The SQLite database 'bachata.db' is now at revision {NEWEST}.")
    assert db("upgrade") == (
        0,
        f"The SQLite database 'bachata.db' is already at revision {NEWEST}.",
    )
    assert db("check") == (
        0,
        f"The SQLite database 'bachata.db' is at revision {NEWEST}, the newest.",
    )


def test_a_check_names_the_revisions_that_are_missing(db: Command) -> None:
    assert db("upgrade", "--to", "0001")[0] == 0
    status, output = db("check")
    assert status == 1
    assert "is at revision 0001. These are missing: 0002: Index songs" in output
    assert output.endswith("Run `bachata-buddy db upgrade`.")


def test_a_downgrade_goes_back_and_a_start_goes_up_again(db: Command, file: Path) -> None:
    db("upgrade")
    status, output = db("downgrade", "0001")
    assert (status, "ix_song_genre" in tables(file)) == (0, True)
    assert output.startswith(f"Downgraded from {NEWEST}: ")
    assert "Downgraded from 0002: Index songs" in output
    assert output.endswith("is now at revision 0001.")
    assert db("downgrade", "0002")[1].endswith("is already at revision 0001.")

    async def start() -> None:
        async with open_database(f"sqlite+aiosqlite:///{file}"):
            pass

    asyncio.run(start())
    assert db("check")[0] == 0


def test_everything_is_discarded_only_when_it_is_said_twice(db: Command, file: Path) -> None:
    db("upgrade")
    before = tables(file)
    for words in (["base"], ["0001", "--discard-everything"]):
        status, output = db("downgrade", *words)
        assert (status, tables(file)) == (2, before)
        assert "removes all rows" in output
    status, output = db("downgrade", "base", "--discard-everything")
    assert status == 0
    assert output.endswith("is now without a revision.")
    assert tables(file) == {"alembic_version", *(n for n in before if "alembic_version_1" in n)}


@pytest.mark.parametrize("words", [("upgrade", "--to", "9009"), ("downgrade", "9009")])
def test_a_revision_there_is_not_is_named_beside_those_there_are(
    db: Command, words: tuple[str, ...]
) -> None:
    db("upgrade", "--to", "0001")
    status, output = db(*words)
    assert status == 1
    assert "9009" in output
    assert "0001, 0002" in output


def test_what_a_later_version_made_is_told_from_what_is_behind(db: Command, file: Path) -> None:
    db("upgrade")
    with sqlite3.connect(file) as plain:
        plain.execute("UPDATE alembic_version SET version_num = '0815'")
    plain.close()
    for words in (["check"], ["upgrade"], ["downgrade", "0001"]):
        status, output = db(*words)
        assert status == 1
        assert "is at revision 0815, which this version of the program does not know" in output
        assert f"its newest revision is {NEWEST}" in output


def test_a_password_is_not_shown(db: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    url = "postgresql://someone:secret@127.0.0.1:1/dances"
    monkeypatch.setenv("BACHATA_DATABASE_URL", url)
    for word in ("check", "upgrade"):
        status, output = db(word)
        assert status == LATER
        assert "The Postgres database 'dances' at 127.0.0.1:1 cannot be used." in output
        assert "secret" not in output
