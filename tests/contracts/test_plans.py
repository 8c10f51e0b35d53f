"""Of many songs, moves and tasks a request reads those it shows, on each real database."""

import asyncio
import base64
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import Engine, event
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.blueprints import SqlBlueprintArchive
from adapters.database.engine import Database, open_database
from adapters.database.schema import open_schema
from adapters.database.tasks import SqlTaskRepository
from domain.rendering.assembly import Assembly, State
from tests.api.memory_backend import MemoryBackend
from tests.contracts import postgres
from tests.world.libraries import sql_library
from tests.world.studio import CLIPS, blueprint

pytestmark = pytest.mark.anyio

TASKS = 100_000
MOVES = 10_000
SONGS = 10_000
TASK = UUID(int=1)
HALF = base64.urlsafe_b64encode(b"005000").decode()
NOW = datetime(2024, 2, 29, tzinfo=UTC)
COUNTED = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) SELECT "
DIALECTS = {
    "sqlite": {
        "uuid": "printf('%032x', i + 100)",
        "moment": "datetime('2024-01-01', '+' || i || ' seconds')",
        "id": "printf('%06d', i * 7919 % 10007)",
        "long": "hex(zeroblob(1000))",
    },
    "postgres": {
        "uuid": "md5(i::text)::uuid",
        "moment": "TIMESTAMPTZ '2024-01-01 00:00Z' + i * INTERVAL '1 second'",
        "id": "lpad((i * 7919 % 10007)::text, 6, '0')",
        "long": "repeat(md5(i::text), 60)",
    },
}
FILLING = (
    f"INSERT INTO task {COUNTED.format(TASKS)} {{uuid}}, 0, 'completed', 'owner ' || (i % 100), "
    "{moment}, {moment}, '{{}}' FROM n",
    "INSERT INTO blueprint (task_id, document, output_path) "
    "SELECT task_id, document, 'output/' || task_id FROM task",
    f"INSERT INTO unowned_file {COUNTED.format(MOVES)} 'clips/gone/' || i, 'move', 'gone ' || i "
    "FROM n",
    "INSERT INTO move (id, name, label, video_path, difficulty, energy_level, style, duration, "
    f"tempo, first_count, folded_name) {COUNTED.format(MOVES)} {{id}}, 'Move ' || i, "
    "'label ' || (i % 40), 'clips/' || i, "
    "CASE i % 3 WHEN 0 THEN 'beginner' WHEN 1 THEN 'intermediate' ELSE 'advanced' END, "
    "CASE i % 5 WHEN 0 THEN 'low' WHEN 1 THEN 'medium' ELSE 'high' END, "
    "CASE i % 4 WHEN 0 THEN 'romantic' WHEN 1 THEN 'sensual' WHEN 2 THEN 'playful' "
    "ELSE 'energetic' END, 8.0, 120.0, 0.0, 'move ' || i FROM n",
    "INSERT INTO song (id, title, artist, audio_path, duration, genre, tempo, folded_title, "
    f"folded_artist, analysis) {COUNTED.format(SONGS)} {{id}}, 'Song ' || i, "
    "'Artist ' || (i % 500), 'songs/' || i, 60 + i % 300, 'genre ' || (i % 20), "
    "CASE WHEN i % 10 = 0 THEN NULL ELSE 90 + i % 80 END, 'song ' || i, 'artist ' || (i % 500), "
    "{long} FROM n",
    "ANALYZE",
)
LISTS = [
    "/api/songs",
    f"/api/songs?cursor={HALF}&limit=200",
    "/api/songs?genre=genre%203",
    f"/api/songs?genre=genre%203&cursor={HALF}",
    "/api/songs?min_bpm=100&max_bpm=150",
    "/api/songs?min_bpm=120&max_bpm=121",
    f"/api/songs?max_bpm=100&cursor={HALF}",
    "/api/songs?min_bpm=1000",
    "/api/songs?min_duration=100&max_duration=200",
    "/api/songs?min_duration=1000",
    "/api/songs?min_bpm=120&max_duration=100&genre=genre%203",
    "/api/moves",
    f"/api/moves?cursor={HALF}&limit=200",
    "/api/moves?label=label%203",
    "/api/moves?difficulty=beginner",
    "/api/moves?energy_level=low",
    f"/api/moves?style=sensual&cursor={HALF}",
    "/api/moves?label=label%203&difficulty=beginner",
    "/api/moves?difficulty=beginner&energy_level=low&style=sensual&label=label%203",
]
SEARCHES = ["/api/songs?search=ong%2077", "/api/songs?search=nobody", "/api/moves?search=nobody"]
DETAILS = {
    "/api/songs/005000": 1,
    "/api/moves/005000": 1,
    f"/api/choreography/{TASK}/blueprint": 2,
    f"/api/videos/{TASK}/stream": 1,
}

Statement = tuple[str, Any]


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def large(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Generator[str]:
    """URL of a database with many rows."""
    if request.param == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('large')}/large.db"
        asyncio.run(fill(url, "sqlite"))
        yield url
        return
    with postgres.database(request.getfixturevalue("postgres_server")) as url:
        asyncio.run(fill(url, "postgres"))
        yield url


async def fill(url: str, kind: str) -> None:
    async def work(connection: AsyncConnection) -> None:
        for statement in FILLING:
            await connection.exec_driver_sql(statement.format_map(DIALECTS[kind]))

    async with open_schema(url) as schema:
        await schema.upgrade()
        await schema.database.transact(work)


@pytest.fixture
async def database(large: str) -> AsyncGenerator[Database]:
    async with open_database(large) as opened:
        yield opened


@pytest.fixture
async def client(database: Database, tmp_path: Path) -> AsyncGenerator[httpx.AsyncClient]:
    """A client of the service over that database."""
    backend, library = MemoryBackend(tmp_path), sql_library(database)
    backend.ports = replace(
        backend.ports,
        tasks=SqlTaskRepository(database),
        blueprints=SqlBlueprintArchive(database),
        songs=library.songs,
        moves=library.moves,
        library_files=library.files,
        embeddings=library.embeddings,
    )
    async with backend.client() as opened:
        yield opened


@contextmanager
def statements() -> Generator[list[Statement]]:
    """Yield the statements that databases execute meanwhile."""
    statement_list: list[Statement] = []

    def note(_c: object, _k: object, statement: str, parameters: Any, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            statement_list.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statement_list
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def plan_of(database: Database, statement: str, parameters: Any) -> list[str]:
    """The steps by which a statement is carried out."""

    async def work(connection: AsyncConnection) -> list[str]:
        sqlite = connection.dialect.name == "sqlite"
        explain = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN (COSTS OFF) "
        rows = (await connection.exec_driver_sql(explain + statement, parameters)).all()
        return [str(row[3] if sqlite else row[0]).strip() for row in rows]

    return await database.transact(work)


def faults(plan: list[str]) -> list[str]:
    """Steps that pass through a whole table, or sort one."""
    narrowed = any("Index Cond" in step for step in plan)
    return [
        step
        for step in plan
        if "Seq Scan" in step
        or "TEMP B-TREE" in step
        or (step.startswith("SCAN") and "INDEX" not in step and step != "SCAN CONSTANT ROW")
        or ("Sort" in step and not narrowed)
    ]


async def test_a_page_is_one_statement_that_reads_an_index(
    client: httpx.AsyncClient, database: Database
) -> None:
    for address in LISTS:
        with statements() as statement_list:
            answer = await client.get(address)
        assert (answer.status_code, len(statement_list)) == (200, 1), address
        assert answer.json()["items"] or "1000" in address or "&label" in address, address
        assert faults(plan := await plan_of(database, *statement_list[0])) == [], (address, plan)


async def test_a_search_is_one_statement(client: httpx.AsyncClient) -> None:
    for address in SEARCHES:
        with statements() as statement_list:
            answer = await client.get(address)
        assert (answer.status_code, len(statement_list)) == (200, 1), address
        assert bool(answer.json()["items"]) is ("nobody" not in address)


async def test_one_thing_is_read_by_its_key(client: httpx.AsyncClient, database: Database) -> None:
    ended = Assembly(
        task_id=TASK,
        owner="local",
        created_at=NOW,
        updated_at=NOW,
        state=State.COMPLETED,
        output_path=CLIPS[0],
    )
    await SqlTaskRepository(database).add(ended)
    await SqlBlueprintArchive(database).keep(blueprint(TASK, list(CLIPS)))
    for address, count in DETAILS.items():
        with statements() as statement_list:
            answer = await client.get(address)
        assert (answer.status_code, len(statement_list)) == (200, count), address
        for each in statement_list:
            assert faults(plan := await plan_of(database, *each)) == [], (address, plan)


async def test_a_change_finds_its_task_by_its_key(database: Database) -> None:
    tasks = SqlTaskRepository(database)
    added = Assembly(task_id=uuid4(), owner="local", created_at=NOW, updated_at=NOW)
    with statements() as statement_list:
        await tasks.add(added)
        await tasks.update(added.task_id, lambda before: before)
    assert [statement.split()[0] for statement, _ in statement_list] == [
        "INSERT",
        "SELECT",
        "UPDATE",
    ]
    for statement, parameters in statement_list[1:]:
        assert faults(plan := await plan_of(database, statement, parameters)) == [], plan


async def test_a_removal_reads_nothing_but_what_it_removes(
    client: httpx.AsyncClient, database: Database
) -> None:
    for address, count in (("/api/moves/000001", 7), ("/api/songs/000001", 6)):
        with statements() as statement_list:
            answer = await client.delete(address)
        statement_list = [each for each in statement_list if "advisory" not in each[0]]
        assert (answer.status_code, len(statement_list)) == (204, count), statement_list
        # A table without rows is read whole, which this one is here.
        for each in [each for each in statement_list if "move_embedding" not in each[0]]:
            assert faults(plan := await plan_of(database, *each)) == [], (each, plan)


async def test_the_tasks_of_a_film_are_found_by_its_path(database: Database) -> None:
    with statements() as statement_list:
        assert await SqlBlueprintArchive(database).tasks_of("output/nobody") == ()
    for each in statement_list:
        assert faults(plan := await plan_of(database, *each)) == [], (each, plan)


async def test_a_plan_that_passes_through_a_table_is_told_apart(database: Database) -> None:
    for column in ("title", "artist"):
        query = f"SELECT id FROM song WHERE {column} > 'Z' ORDER BY {column} LIMIT 5"  # noqa: S608
        assert faults(await plan_of(database, query, ()))
