"""A database is opened, shared between processes, and reported as unavailable."""

import asyncio
import sqlite3
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import asyncpg  # pyright: ignore[reportMissingTypeStubs]
import msgspec
import pytest
from sqlalchemy import Connection, Table, event, text
from sqlalchemy.dialects.postgresql import dialect
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.schema import CreateColumn

from adapters.database.engine import Database, open_database
from adapters.database.tables import MoveRow, SongRow
from adapters.database.tasks import SqlTaskRepository
from domain.library.songs import Song
from domain.rendering.assembly import Assembly, Failure, State, Step
from domain.shared.errors import NotReady
from tests.world.libraries import sql_library

pytestmark = pytest.mark.anyio

TASK = UUID(int=7)
NOW = datetime(2024, 1, 1, tzinfo=UTC)
INSERT = text("INSERT INTO blueprint (task_id, document) VALUES ('x', 'y')")
COUNT = """
import asyncio, sys
from uuid import UUID
import msgspec
from adapters.database.engine import open_database
from adapters.database.tasks import SqlTaskRepository

def one_more(a):
    return msgspec.structs.replace(a, progress=a.progress + 1)

async def count():
    async with open_database(sys.argv[1]) as database:
        tasks = SqlTaskRepository(database)
        print("counting", flush=True)
        for _ in range(int(sys.argv[2])):
            await tasks.update(UUID(int=7), one_more)

asyncio.run(count())
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "not" / "there" / "bachata.db"


def names(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


def url(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


SONG = Song(id="a", title="A", artist="B", audio_path="songs/a", duration=1.0)
WHY = Failure(code="x", message="x", stage=State.FETCHING)


async def pragma(database: Database, name: str) -> tuple[object, object]:
    """Return what it is for the writer and for a reader."""
    query = text(f"PRAGMA {name}")

    async def ask(connection: AsyncConnection) -> object:
        return (await connection.execute(query)).scalar_one()

    return await database.transact(ask), (await database.read(query))[0][0]


@asynccontextmanager
async def child(*arguments: object) -> AsyncGenerator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        *map(str, arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_sqlite_is_set_up_as_it_must_be(file: Path) -> None:
    async with open_database(url(file)) as database:
        assert await pragma(database, "journal_mode") == ("wal", "wal")
        assert await pragma(database, "foreign_keys") == (1, 1)
        assert (await pragma(database, "synchronous"))[0] == 2
        assert await pragma(database, "busy_timeout") == (0, 15_000)
        assert await pragma(database, "query_only") == (0, 1)


async def test_what_is_on_record_for_good_survives_the_power_and_a_step_on_the_way_need_not(
    file: Path,
) -> None:
    committed: list[int] = []

    def note(connection: Connection) -> None:
        cursor = cast(Any, connection.connection.dbapi_connection).cursor()
        cursor.execute("PRAGMA synchronous")
        committed.append(cursor.fetchone()[0])
        cursor.close()

    async with open_database(url(file)) as database:
        writer = database._writer  # pyright: ignore[reportPrivateUsage]
        event.listen(writer.sync_engine, "commit", note)
        tasks = SqlTaskRepository(database)
        await tasks.add(Assembly(task_id=TASK, owner="local", created_at=NOW, updated_at=NOW))
        for step in (Step.FETCH, Step.FAIL):
            await tasks.update(TASK, lambda before, step=step: before.take(step, NOW, failure=WHY))
        await sql_library(database).songs.add(SONG)
    normal, full = 1, 2
    assert committed[-4:] == [normal, normal, full, full]


async def test_nothing_but_the_file_is_left(file: Path) -> None:
    async with open_database(url(file)) as database:
        await SqlTaskRepository(database).ready()
    assert names(file.parent) == ["bachata.db"]


async def test_what_was_written_is_there_after_opening_again(file: Path) -> None:
    added = Assembly(task_id=TASK, owner="local", created_at=NOW, updated_at=NOW)
    async with open_database(url(file)) as database:
        await SqlTaskRepository(database).add(added)
    async with open_database(url(file)) as database:
        assert await SqlTaskRepository(database).get(TASK) == added


async def blueprints(database: Database) -> int:
    return (await database.read(text("SELECT count(*) FROM blueprint")))[0][0]


async def test_an_exception_undoes_a_transaction(file: Path) -> None:
    async def work(connection: AsyncConnection) -> None:
        await connection.execute(INSERT)
        raise ZeroDivisionError

    async with open_database(url(file)) as database:
        with pytest.raises(ZeroDivisionError):
            await database.transact(work)
        assert await blueprints(database) == 0


async def test_readers_do_not_wait_for_the_writer(file: Path) -> None:
    async with open_database(url(file)) as database:

        async def work(connection: AsyncConnection) -> int:
            await connection.execute(INSERT)
            return await blueprints(database)

        assert await database.transact(work) == 0
        assert await blueprints(database) == 1


async def test_a_cancelled_transaction_is_carried_to_its_end(file: Path) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(INSERT)
        begun.set()
        await go_on.wait()

    async with open_database(url(file)) as database:
        working = asyncio.create_task(database.transact(work))
        await begun.wait()
        for _ in range(3):
            working.cancel()
            await asyncio.sleep(0)
        assert not working.done()
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await working
        assert await blueprints(database) == 1


async def test_processes_count_together(file: Path) -> None:
    added = Assembly(task_id=TASK, owner="local", created_at=NOW, updated_at=NOW)
    async with open_database(url(file)) as database:
        tasks = SqlTaskRepository(database)
        await tasks.add(added)
        async with child(COUNT, url(file), 100) as other:
            assert other.stdout is not None
            assert await other.stdout.readline() == b"counting\n"
            for _ in range(100):
                await tasks.update(
                    TASK, lambda a: msgspec.structs.replace(a, progress=a.progress + 1)
                )
            assert await other.wait() == 0
        assert (await tasks.get(TASK)).progress == 200


async def test_many_open_a_new_database_at_once(tmp_path: Path) -> None:
    async def opening(file: Path) -> None:
        async with open_database(url(file)) as database:
            await SqlTaskRepository(database).ready()

    for number in range(8):
        await asyncio.gather(*(opening(tmp_path / f"{number}.db") for _ in range(6)))


async def test_cancelling_at_any_moment_breaks_nothing(file: Path) -> None:
    added = Assembly(task_id=TASK, owner="local", created_at=NOW, updated_at=NOW)
    async with open_database(url(file)) as database:
        tasks = SqlTaskRepository(database)
        await tasks.add(added)
        for turns in range(60):
            changing = asyncio.create_task(tasks.update(TASK, lambda a: a))
            reading = asyncio.create_task(tasks.get(TASK))
            for _ in range(turns):
                await asyncio.sleep(0.0001)
            changing.cancel()
            reading.cancel()
            await asyncio.wait([changing, reading])
            assert await tasks.get(TASK) == added


async def test_a_cancelled_opening_leaves_nothing_open(file: Path) -> None:
    async def opening() -> None:
        async with open_database(url(file)):
            pass

    for turns in range(40):
        task = asyncio.create_task(opening())
        for _ in range(turns):
            await asyncio.sleep(0.0002)
        task.cancel()
        await asyncio.wait([task])
    async with open_database(url(file)) as database:
        await SqlTaskRepository(database).ready()


async def refusal(database_url: str) -> str:
    with pytest.raises(NotReady) as refused:
        async with open_database(database_url):
            pass
    return str(refused.value)


async def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    message = await refusal("postgresql+asyncpg://someone:secret@127.0.0.1:1/dances")
    assert message == "The Postgres database 'dances' at 127.0.0.1:1 cannot be used."


@pytest.mark.parametrize(
    "bad",
    [
        "sqlite://",
        "sqlite+aiosqlite:///:memory:",
        "mysql://u:secret@h/d",
        "not a url secret",
        "postgresql://u:secret@h:port/d",
        "",
    ],
)
async def test_a_url_that_cannot_be_used_is_refused_unshown(bad: str) -> None:
    assert "secret" not in await refusal(bad)


async def test_what_is_no_database_is_not_ready(tmp_path: Path) -> None:
    (file := tmp_path / "song.mp3").write_bytes(b"ID3" * 5000)
    assert await refusal(url(file)) == "The SQLite database 'song.mp3' cannot be used."


async def test_a_file_in_the_place_of_the_folder_is_not_ready(tmp_path: Path) -> None:
    (tmp_path / "var").write_bytes(b"")
    assert str(tmp_path) not in await refusal(url(tmp_path / "var" / "bachata.db"))


async def test_a_database_that_breaks_later_is_not_ready(file: Path) -> None:
    async with open_database(url(file)) as database:

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(text("DROP TABLE task"))

        await database.transact(work)
        with pytest.raises(NotReady):
            await SqlTaskRepository(database).ready()
        with pytest.raises(NotReady):
            await SqlTaskRepository(database).get(TASK)


@pytest.mark.parametrize(
    "kind",
    [
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        asyncpg.InternalClientError,
        ConnectionResetError,
        TimeoutError,
    ],
)
async def test_every_error_of_a_lost_connection_is_not_ready(
    file: Path, kind: type[Exception]
) -> None:
    async def broken(_: AsyncConnection) -> None:
        raise kind("The connection is lost.")

    async with open_database(url(file)) as database:
        with pytest.raises(NotReady):
            await database.transact(broken)


async def test_the_tables_are_there_for_plain_sqlite(file: Path) -> None:
    async with open_database(url(file)):
        pass
    with sqlite3.connect(file) as plain:
        table_names = {name for (name,) in plain.execute("SELECT name FROM sqlite_master")}
    plain.close()
    assert {"task", "blueprint", "song", "move", "ix_move_label_id"} <= table_names


def test_ids_are_in_the_order_of_their_bytes_on_postgres() -> None:
    # A server whose language sorts by bytes anyway would not show the lack of this.
    for table in (SongRow.__table__, MoveRow.__table__):
        column = cast(Table, table).columns["id"]
        assert str(CreateColumn(column).compile(dialect=dialect())) == (
            'id VARCHAR COLLATE "C" NOT NULL'
        )
