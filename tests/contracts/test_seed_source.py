"""The contract of every SeedSource: memory, files, and each real database."""

import gzip
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from adapters.memory.seed_source import MemorySeedSource
from adapters.seeds.database import open_seed_database
from adapters.seeds.opening import open_seed
from application.ports.seed_source import SeedSource
from domain.legacy.seeds import Model, Record, read_blueprint, read_move, read_song, read_task
from domain.shared.errors import InvalidRequest, NotReady
from tests.world.earlier import JOB, document, task_key, unit

pytestmark = pytest.mark.anyio

CREATED_AT = "2025-11-08T10:00:00.250000Z"
STAMPS = {"created_at": CREATED_AT, "updated_at": CREATED_AT}
Rows = dict[str, list[tuple[Any, dict[str, Any]]]]

ROWS: Rows = {
    "song": [
        (
            number,
            {
                "title": f"Canción {number}",
                "artist": "Grupo 'Extra'",
                "duration": 239.5,
                "bpm": 124 if number % 2 else None,
                "genre": None,
                "audio_path": f"gs://bucket/songs/{number}.mp3",
                **STAMPS,
            },
        )
        for number in (1, 2, 10)
    ],
    "moveembedding": [
        (
            7,
            {
                "move_id": "paso",
                "move_name": "Paso",
                "video_path": "data/Bachata_steps/basic/paso.mp4",
                "pose_embedding": unit(512, 1),
                "audio_embedding": unit(128, 2),
                "text_embedding": unit(384, 3),
                "difficulty": "beginner",
                "energy_level": "low",
                "style": "romantic",
                "duration": 8.25,
                **STAMPS,
            },
        )
    ],
    "choreographytask": [
        (
            task_key(1),
            {
                "user": 47,
                "status": "completed",
                "progress": 100,
                "stage": "completed",
                "message": "50 % of it: done",
                "result": {"video_url": "/x.mp4", "nested": [1, {"a": None}]},
                "error": None,
                "job_execution_name": JOB,
                "song": 10,
                **STAMPS,
            },
        )
    ],
    "blueprint": [(task_key(1), {"blueprint_json": document(1, ["a.mp4", "b.mp4"]), **STAMPS})],
}
OTHERS = {"user": 2, "jobexecution": 3}

TABLES = {
    "songs": "id INTEGER PRIMARY KEY, title VARCHAR(200), artist VARCHAR(200), duration {float}, "
    "bpm INTEGER, genre VARCHAR(50), audio_path VARCHAR(500), created_at {moment}, "
    "updated_at {moment}",
    "move_embeddings": "id BIGINT PRIMARY KEY, move_id VARCHAR(100), move_name VARCHAR(200), "
    "video_path VARCHAR(500), pose_embedding {json}, audio_embedding {json}, "
    "text_embedding {json}, difficulty VARCHAR(20), energy_level VARCHAR(20), style VARCHAR(50), "
    "duration {float}, created_at {moment}, updated_at {moment}",
    "choreography_tasks": "task_id VARCHAR(36) PRIMARY KEY, user_id INTEGER, status VARCHAR(20), "
    "progress INTEGER, stage VARCHAR(50), message TEXT, result {json}, error TEXT, "
    "job_execution_name VARCHAR(500), song_id INTEGER, created_at {moment}, updated_at {moment}",
    "blueprints": "task_id VARCHAR(36) PRIMARY KEY, blueprint_json {json}, created_at {moment}, "
    "updated_at {moment}",
    "users": "id INTEGER PRIMARY KEY",
    "choreography_jobexecution": "id INTEGER PRIMARY KEY",
    "django_migrations": "id INTEGER PRIMARY KEY",
}
KINDS = {
    "sqlite": {"json": "TEXT", "moment": "DATETIME", "float": "REAL"},
    "postgresql": {
        "json": "JSONB",
        "moment": "TIMESTAMP WITH TIME ZONE",
        "float": "DOUBLE PRECISION",
    },
}
DRIVERS = {"sqlite": "+aiosqlite:", "postgres": "+asyncpg:"}
MODELS = {
    "songs": ("song", "id"),
    "move_embeddings": ("moveembedding", "id"),
    "choreography_tasks": ("choreographytask", "task_id"),
    "blueprints": ("blueprint", "task_id"),
}
COLUMNS = {"user": "user_id", "song": "song_id"}


def fixture(models: list[str], app: str = "choreography") -> list[dict[str, Any]]:
    """Return a dump as `dumpdata` writes it."""
    rows = [
        {"model": f"{app}.{name}", "pk": key, "fields": fields}
        for name in models
        for key, fields in ROWS[name]
    ]
    others: list[dict[str, Any]] = [
        {"model": f"{app}.{name}", "pk": number, "fields": {}}
        for name, count in OTHERS.items()
        for number in range(count)
    ]
    return rows + (others if "song" in models else [])


def memory() -> SeedSource:
    records = {
        model: [Record(key=str(key), fields=fields, source="m") for key, fields in ROWS[model]]
        for model in Model
    }
    return MemorySeedSource(records, OTHERS)


async def fill(url: str, prefix: str = "") -> None:
    """Make the tables as Django makes them, and put the rows into them."""
    kinds = KINDS[make_url(url).get_backend_name()]
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            for name, columns in TABLES.items():
                table = name if not prefix else f"{prefix}{MODELS.get(name, (name,))[0]}"
                await connection.execute(
                    text(f"CREATE TABLE {table} ({columns.format_map(kinds)})")
                )
                for row in rows_of(name):
                    names = ", ".join(row)
                    values = ", ".join(literal(value) for value in row.values())
                    await connection.exec_driver_sql(
                        f"INSERT INTO {table} ({names}) VALUES ({values})".replace("%", "%%")  # noqa: S608
                        if engine.dialect.paramstyle in ("format", "pyformat")
                        else f"INSERT INTO {table} ({names}) VALUES ({values})"  # noqa: S608
                    )
    finally:
        await engine.dispose()


def rows_of(table: str) -> list[dict[str, Any]]:
    if table not in MODELS:
        count = {"users": 2, "choreography_jobexecution": 3}.get(table, 5)
        return [{"id": number} for number in range(count)]
    model, key = MODELS[table]
    return [
        {key: pk, **{COLUMNS.get(name, name): value for name, value in fields.items()}}
        # The last is put in first: they are to be read in the order of their keys.
        for pk, fields in reversed(ROWS[model])
    ]


def literal(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, int | float):
        return str(value)
    said = value if isinstance(value, str) else json.dumps(value)
    return "'" + said.replace("'", "''").replace("T10:00:00.25", " 10:00:00.25") + "'"


@asynccontextmanager
async def opened(kind: str, folder: Path, url: str) -> AsyncGenerator[SeedSource]:
    if kind == "memory":
        yield memory()
        return
    place = folder / "dump"
    if kind == "file":
        place.write_text(json.dumps(fixture(list(ROWS), "old_app")))
    elif kind == "packed":
        place = folder / "dump.json.gz"
        place.write_bytes(gzip.compress(json.dumps(fixture(list(ROWS))).encode()))
    elif kind == "folder":
        place.mkdir()
        (place / "a.json").write_text(json.dumps(fixture(["song", "moveembedding"])))
        (place / "b.json").write_text(json.dumps(fixture(["choreographytask"])))
        packed = gzip.compress(json.dumps(fixture(["blueprint"])).encode())
        (place / "c.json.gz").write_bytes(packed)
        (place / "notes.json").write_text('{"a": 1}')
    async with open_seed(url or str(place)) as source:
        yield source


@pytest.fixture(params=["memory", "file", "packed", "folder", "sqlite", "postgres"])
def kind(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str]:
    """The kind of a source, and the address of its database, if it has one."""
    if request.param == "sqlite":
        return request.param, f"sqlite:///{tmp_path}/old.db"
    if request.param == "postgres":
        url: str = request.getfixturevalue("empty_postgres_url")
        return request.param, url.replace("postgresql+asyncpg", "postgres", 1)
    return request.param, ""


@pytest.fixture
async def source(kind: tuple[str, str], tmp_path: Path) -> AsyncGenerator[SeedSource]:
    name, url = kind
    if url:
        await fill(url.replace("postgres:", "postgresql:").replace(":", DRIVERS[name], 1))
    async with opened(name, tmp_path, url) as source:
        yield source


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


async def read(source: SeedSource, model: Model) -> list[Record]:
    return [record async for record in source.records(model)]


async def test_every_record_is_read_once_and_says_the_same(source: SeedSource) -> None:
    expected = memory()
    for model, reader in (
        (Model.SONG, read_song),
        (Model.TASK, read_task),
        (Model.BLUEPRINT, read_blueprint),
    ):
        records = [(each.key, reader(each)) for each in await read(source, model)]
        assert records == [(each.key, reader(each)) for each in await read(expected, model)]
    [move] = [read_move(each) for each in await read(source, Model.MOVE)]
    [same] = [read_move(each) for each in await read(expected, Model.MOVE)]
    assert (move.id, move.clip, move.duration, move.style) == (
        same.id,
        same.clip,
        same.duration,
        same.style,
    )
    assert (move.rows, move.notes) == (same.rows, ())


async def test_they_come_in_the_same_order_every_time(source: SeedSource) -> None:
    first = [each.key for each in await read(source, Model.SONG)]
    assert first == ["1", "2", "10"] == [each.key for each in await read(source, Model.SONG)]


async def test_fields_that_are_dropped_are_there_to_be_named(source: SeedSource) -> None:
    [task] = await read(source, Model.TASK)
    assert task.fields["job_execution_name"] == JOB
    assert task.source


async def test_other_records_are_counted_by_their_labels(source: SeedSource) -> None:
    others = await source.others()
    counted = {
        name.rpartition(".")[2].rpartition("_")[2].rstrip("s"): n for name, n in others.items()
    }
    assert counted == OTHERS


async def test_what_is_no_record_is_passed_over_by_name(source: SeedSource) -> None:
    passed = await source.passed_over()
    assert passed == () or ("notes.json" in passed[0] and len(passed) == 1)


async def test_tables_may_be_named_as_django_names_them(tmp_path: Path) -> None:
    await fill(f"sqlite+aiosqlite:///{tmp_path}/old.db", prefix="choreography_")
    async with open_seed(f"sqlite:///{tmp_path}/old.db") as source:
        assert [len(await read(source, model)) for model in Model] == [3, 1, 1, 1]


async def test_reading_changes_nothing(tmp_path: Path) -> None:
    await fill(f"sqlite+aiosqlite:///{tmp_path}/old.db")
    before = (tmp_path / "old.db").read_bytes()
    async with open_seed(f"sqlite:///{tmp_path}/old.db") as source:
        for model in Model:
            await read(source, model)
        await source.others()
    assert (tmp_path / "old.db").read_bytes() == before
    assert names(tmp_path) == ["old.db"]


@pytest.fixture(params=["sqlite", "postgres"])
def old_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        return request.getfixturevalue("empty_postgres_url")
    return f"sqlite+aiosqlite:///{tmp_path}/old.db"


async def test_a_database_cannot_be_written(old_url: str) -> None:
    await fill(old_url)
    async with open_seed_database(old_url) as source:
        with pytest.raises(DBAPIError):
            await source._connection.execute(text("DELETE FROM songs"))  # pyright: ignore[reportPrivateUsage]


async def test_what_is_read_is_one_moment_of_the_database(empty_postgres_url: str) -> None:
    await fill(empty_postgres_url)
    engine = create_async_engine(empty_postgres_url)
    try:
        async with open_seed(empty_postgres_url) as source:
            assert len(await read(source, Model.SONG)) == 3
            async with engine.begin() as connection:
                await connection.execute(text("DELETE FROM songs"))
                await connection.execute(text("DELETE FROM blueprints"))
            assert len(await read(source, Model.SONG)) == 3
            assert len(await read(source, Model.BLUEPRINT)) == 1
    finally:
        await engine.dispose()


async def test_the_export_of_moves_and_their_annotations_are_moves(tmp_path: Path) -> None:
    export = {"embeddings": [{"clip_id": "a", "video_path": "x/a.mp4"}, {"clip_id": "b"}]}
    (tmp_path / "move_embeddings.json").write_text(json.dumps(export))
    (tmp_path / "annotations.json").write_text(json.dumps({"clips": [{"clip_id": "a"}]}))
    async with open_seed(str(tmp_path)) as source:
        records = [(each.source, each.key) for each in await read(source, Model.MOVE)]
    assert records == [
        ("move_embeddings.json", "a"),
        ("move_embeddings.json", "b"),
        ("annotations.json", "a"),
    ]


def nothing(_: Path) -> str:
    return "nowhere"


def text_file(content: str) -> Callable[[Path], str]:
    def make(folder: Path) -> str:
        (folder / "dump.json").write_text(content)
        return str(folder / "dump.json")

    return make


def address(dsn: str) -> Callable[[Path], str]:
    def url_of(_: Path) -> str:
        return dsn

    return url_of


def empty_folder(folder: Path) -> str:
    return str(folder)


def cut_short(folder: Path) -> str:
    body = gzip.compress(json.dumps(fixture(list(ROWS))).encode())
    (folder / "dump.json.gz").write_bytes(body[:-20])
    return str(folder / "dump.json.gz")


@pytest.mark.parametrize(
    "place",
    [
        nothing,
        empty_folder,
        cut_short,
        text_file("{"),
        text_file("[]"),
        text_file('[{"model": "a"}]'),
        text_file('{"a": []}'),
        address("mysql://user:secret@host/name"),
        address("postgresql://user:secret@host:port/name"),
    ],
)
async def test_what_is_not_of_the_earlier_system_is_refused(
    place: Callable[[Path], str], tmp_path: Path
) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        async with open_seed(place(tmp_path)):
            pass
    assert "secret" not in str(refusal.value.violations)
    assert str(tmp_path) not in str(refusal.value.violations)


async def empty_file(folder: Path) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{folder}/old.db")
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE song (id INTEGER)"))
    await engine.dispose()


async def test_a_database_without_its_tables_is_refused(tmp_path: Path) -> None:
    await empty_file(tmp_path)
    with pytest.raises(InvalidRequest):
        async with open_seed(f"sqlite:///{tmp_path}/old.db"):
            pass


@pytest.mark.parametrize(
    "dsn",
    [
        "sqlite:///{folder}/missing.db",
        "sqlite:///{folder}/spoiled.db",
        "postgresql://user:secret@/old?host={folder}",
        "postgresql://user:secret@127.0.0.1:1/old",
    ],
)
async def test_a_database_that_cannot_be_read_is_named_without_its_secrets(
    dsn: str, tmp_path: Path
) -> None:
    (tmp_path / "spoiled.db").write_bytes(b"no database, whatever its name says" * 100)
    with pytest.raises(NotReady) as refusal:
        async with open_seed(dsn.format(folder=tmp_path)):
            pass
    assert "secret" not in str(refusal.value)
    assert str(tmp_path) not in str(refusal.value)
    assert names(tmp_path) == ["spoiled.db"]
