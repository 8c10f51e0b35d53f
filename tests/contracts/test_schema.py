"""The upgrades of the tables on each real database: step by step, completely or not at all."""

import asyncio
import json
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import (
    Column,
    Connection,
    Index,
    MetaData,
    String,
    inspect,
    make_url,
    select,
    table,
    text,
)
from sqlalchemy import Table as SqlTable
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.blueprints import SqlBlueprintArchive
from adapters.database.embeddings import SqlMoveEmbeddings
from adapters.database.engine import connected, open_database
from adapters.database.revisions import FOLDER, Revisions
from adapters.database.schema import Schema, open_schema
from adapters.database.tables import Table
from adapters.database.tasks import SqlTaskRepository
from domain.library.songs import Analysis
from domain.shared.errors import DatabaseAhead, DatabaseBehind, InvalidRequest, MigrationFailed
from domain.shared.result_warnings import WarningCode
from entrypoints import bootstrap
from scripts.new_revision import new_revision
from tests.contracts.older import IDS, LATER, TASK, made_before_revisions
from tests.world.libraries import sql_library

pytestmark = pytest.mark.anyio

REVISIONS = Revisions()
NEWEST = REVISIONS.ids[-1]
MORE = '''
"""More."""
import sqlalchemy as sa
revision = "{revision}"
down_revision = "{below}"
def upgrade(op):
    op.create_table("extra", sa.Column("id", sa.Integer(), primary_key=True))
    op.add_column("song", sa.Column("mood", sa.String()))
    op.execute("INSERT INTO extra VALUES (1)")
    op.execute("UPDATE song SET title = 'changed'")
    {last}
def downgrade(op):
    op.execute("DELETE FROM song")
    op.drop_table("extra")
    op.drop_column("song", "mood")
    {last}
'''
FAILURES = {
    "a statement that is none": 'op.execute("NO SUCH STATEMENT")',
    "a row that is there already": 'op.execute("INSERT INTO song SELECT * FROM song")',
}

Shape = dict[str, Any]


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str:
    """URL of a database without tables."""
    name = "sqlite_url" if request.param == "sqlite" else "empty_postgres_url"
    return request.getfixturevalue(name)


@asynccontextmanager
async def schema(url: str, revisions: Revisions = REVISIONS) -> AsyncGenerator[Schema]:
    async with open_schema(url) as opened:
        yield Schema(opened.database, revisions)


def shape_of(connection: Connection) -> Shape:
    """Everything the tables are made of, the revision apart."""
    inspector = inspect(connection)
    return {
        name: (
            {
                column["name"]: (column["type"].compile(connection.dialect), column["nullable"])
                for column in inspector.get_columns(name)
            },
            inspector.get_pk_constraint(name),
            sorted(inspector.get_indexes(name), key=lambda index: str(index["name"])),
            inspector.get_foreign_keys(name),
            inspector.get_unique_constraints(name),
        )
        for name in inspector.get_table_names()
        if name != "alembic_version"
    }


async def shape(schema: Schema) -> Shape:
    async def work(connection: AsyncConnection) -> Shape:
        return await connection.run_sync(shape_of)

    return await schema.database.transact(work)


async def rows(schema: Schema) -> dict[str, list[tuple[Any, ...]]]:
    names = sorted(await shape(schema))
    results = [await schema.database.read(select(text("*")).select_from(table(n))) for n in names]
    return {
        name: [tuple(row) for row in result] for name, result in zip(names, results, strict=True)
    }


async def run(schema: Schema, *statements: str) -> None:
    async def work(connection: AsyncConnection) -> None:
        for statement in statements:
            await connection.exec_driver_sql(statement)

    await schema.database.transact(work)


def with_more(folder: Path, *lasts: str) -> Revisions:
    """Our revisions and one more for each of ``lasts``, which is how it ends."""
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    below = NEWEST
    for number, last in enumerate(lasts, 9001):
        source = MORE.format(revision=number, below=below, last=last)
        if number > 9001:
            source = source.replace("extra", f"extra{number}").replace("mood", f"mood{number}")
        (folder / "versions" / f"{number}_more.py").write_text(source)
        below = str(number)
    return Revisions(folder)


async def test_every_step_leads_up_down_and_up_again(url: str) -> None:
    async with schema(url) as stairs:
        before: Shape = {}
        below: str | None = None
        for revision in REVISIONS.ids:
            assert await stairs.upgrade(revision) == (revision,)
            after = await shape(stairs)
            assert await stairs.downgrade(below) == (revision,)
            assert await shape(stairs) == before
            assert (await stairs.standing()).found == below
            assert await stairs.upgrade(revision) == (revision,)
            assert await shape(stairs) == after
            before, below = after, revision


async def test_the_newest_tables_are_those_of_the_code(url: str) -> None:
    assert bootstrap, "It imports every module that declares tables."

    def differences(connection: Connection) -> list[Any]:
        return compare_metadata(MigrationContext.configure(connection), Table.metadata)

    async def compared(connection: AsyncConnection) -> list[Any]:
        return await connection.run_sync(differences)

    async def anew(connection: AsyncConnection) -> Shape:
        await connection.run_sync(Table.metadata.create_all)
        return await connection.run_sync(shape_of)

    async with schema(url) as tables:
        await tables.upgrade()
        assert await tables.database.transact(compared) == []
        stepped = await shape(tables)
        await tables.downgrade(None)
        assert await tables.database.transact(anew) == stepped


async def test_upgrading_what_is_up_to_date_does_nothing(url: str) -> None:
    async with schema(url) as tables:
        assert await tables.upgrade() == REVISIONS.ids
        assert await tables.upgrade() == ()
        assert await tables.upgrade(REVISIONS.ids[0]) == ()
        assert (await tables.standing()).found == NEWEST
        assert await tables.downgrade(NEWEST) == ()


async def test_what_is_missing_is_told_in_order(url: str) -> None:
    async with schema(url) as tables:
        assert (await tables.standing()).missing == REVISIONS.ids
        await tables.upgrade(REVISIONS.ids[0])
        standing = await tables.standing()
        assert (standing.found, standing.missing) == (REVISIONS.ids[0], REVISIONS.ids[1:])


@pytest.mark.parametrize("unknown", ["", "head", "base", "0", "9999", "-1"])
async def test_a_revision_there_is_not_is_refused(sqlite_url: str, unknown: str) -> None:
    async with schema(sqlite_url) as tables:
        for move in (tables.upgrade, tables.downgrade):
            with pytest.raises(InvalidRequest):
                await move(unknown)
        assert await shape(tables) == {}


@pytest.mark.parametrize("last", FAILURES.values(), ids=FAILURES)
async def test_a_revision_that_fails_leaves_nothing_behind(
    url: str, tmp_path: Path, last: str
) -> None:
    failing = with_more(tmp_path / "failing", "pass", last)
    async with schema(url, failing) as tables:
        await tables.upgrade(NEWEST)
        await run(tables, INSERT)
        before = await shape(tables), await rows(tables), await tables.standing()
        with pytest.raises(MigrationFailed) as failed:
            await tables.upgrade()
        assert "9002" in str(failed.value)
        assert failed.value.details
        assert (await shape(tables), await rows(tables), await tables.standing()) == before
        assert await tables.upgrade("9001") == ("9001",)
        before = await shape(tables), await rows(tables), await tables.standing()
        with pytest.raises(MigrationFailed):
            await tables.upgrade()
        assert (await shape(tables), await rows(tables), await tables.standing()) == before
    mended = with_more(tmp_path / "mended", "pass", "pass")
    async with schema(url, mended) as tables:
        assert await tables.upgrade() == ("9002",)


INSERT = (
    "INSERT INTO song (id, title, artist, audio_path, duration, folded_title, folded_artist) "
    "VALUES ('a', 'Lejos', 'Grupo', 'songs/a', 180.1, 'lejos', 'grupo')"
)


async def test_a_way_down_that_fails_leaves_everything(url: str, tmp_path: Path) -> None:
    failing = with_more(tmp_path / "more", "pass")
    async with schema(url, failing) as tables:
        await tables.upgrade()
        await run(tables, INSERT)
    source = tmp_path / "more" / "versions" / "9001_more.py"
    source.write_text(source.read_text().replace("    pass", "    op.execute('NO')"))
    async with schema(url, Revisions(tmp_path / "more")) as tables:
        before = await shape(tables), await rows(tables)
        with pytest.raises(MigrationFailed):
            await tables.downgrade(REVISIONS.ids[0])
        assert (await shape(tables), await rows(tables)) == before
        assert (await tables.standing()).found == "9001"


async def test_of_many_who_upgrade_at_once_one_takes_each_step(url: str) -> None:
    async def upgrade() -> tuple[str, ...]:
        async with schema(url) as tables:
            return await tables.upgrade()

    passed = await asyncio.gather(*(upgrade() for _ in range(6)))
    assert sorted(passed) == [()] * 5 + [REVISIONS.ids]


async def test_databases_are_brought_up_to_date_side_by_side(
    tmp_path: Path, empty_postgres_url: str
) -> None:
    files = [f"sqlite+aiosqlite:///{tmp_path}/{number}.db" for number in range(4)]

    async def upgrade(url: str) -> Shape:
        async with schema(url) as tables:
            assert await tables.upgrade() == REVISIONS.ids
            return await shape(tables)

    *shapes, _ = await asyncio.gather(*map(upgrade, [*files, empty_postgres_url]))
    assert shapes == [shapes[0]] * len(files)


async def test_a_file_is_brought_up_to_date_by_opening_it(sqlite_url: str) -> None:
    async with schema(sqlite_url) as tables:
        await tables.upgrade(REVISIONS.ids[0])
    async with open_database(sqlite_url):
        pass
    async with schema(sqlite_url) as tables:
        assert (await tables.standing()).missing == ()


@pytest.mark.parametrize("revision", [None, *REVISIONS.ids[:-1]])
async def test_postgres_is_brought_up_to_date_by_command_only(
    empty_postgres_url: str, revision: str | None
) -> None:
    async with schema(empty_postgres_url) as tables:
        if revision:
            await tables.upgrade(revision)
        before = await shape(tables)
        with pytest.raises(DatabaseBehind) as refused:
            async with open_database(empty_postgres_url):
                pass
        assert await shape(tables) == before
        assert "run `bachata-buddy db upgrade`" in str(refused.value)
        assert (revision or "without a revision") in str(refused.value)
        assert NEWEST in str(refused.value)
        await tables.upgrade()
    async with open_database(empty_postgres_url) as database:
        await SqlTaskRepository(database).ready()


async def test_what_a_later_version_made_is_left_alone(url: str, tmp_path: Path) -> None:
    async with schema(url, with_more(tmp_path / "more", "pass")) as later:
        await later.upgrade()
        before = await shape(later)
        with pytest.raises(DatabaseAhead) as refused:
            async with open_database(url):
                pass
        assert "9001" in str(refused.value)
        assert NEWEST in str(refused.value)
        with pytest.raises(DatabaseAhead):
            await Schema(later.database, REVISIONS).downgrade(None)
        assert await shape(later) == before
        assert not (await Schema(later.database, REVISIONS).standing()).known


@pytest.mark.parametrize("lacking", LATER, ids=lambda lacking: "+".join(lacking) or "nothing")
async def test_a_database_of_the_time_before_revisions_is_taken_on(
    url: str, lacking: tuple[str, ...]
) -> None:
    async with schema(url) as older:
        await run(older, *made_before_revisions(make_url(url).get_backend_name(), lacking))
        before = await rows(older)
        assert await older.upgrade() == REVISIONS.ids
        after = await rows(older)
        assert {name: len(content) for name, content in after.items() if name in before} == {
            name: len(content) for name, content in before.items()
        }
        taken_on = await shape(older)
    async with open_database(url) as database:
        assert (await SqlTaskRepository(database).get(TASK)).owner == "local"
        library = sql_library(database)
        assert (await library.songs.get(IDS["song"])).title == "Lejos"
        assert (await library.moves.get(IDS["move"])).name == "Básico"
        assert await library.songs.correction(IDS["song"]) is None
        assert (await SqlMoveEmbeddings(database).version()) == "0-0"
    async with schema(url) as anew:
        await anew.downgrade(None)
        await anew.upgrade()
        assert await shape(anew) == taken_on


async def test_films_of_blueprints_of_every_version_are_found_by_their_paths(url: str) -> None:
    documents = {
        UUID(int=1): '{"output_config": {"output_path": "output/user_local/a.mp4"}}',
        UUID(int=2): '{"output_config": {"path": "output/user_local/b.mp4"}}',
        UUID(int=3): '{"video_output": "output/user_local/a.mp4"}',
        UUID(int=4): '{"moves": []}',
        UUID(int=5): '{"output_config": {"output_path": "\\u0000"}}',
        UUID(int=6): '{"output_config": {"output_path": "\\ud800"}}',
    }
    async with schema(url) as older:
        await older.upgrade("0003")
        for task_id, document in documents.items():
            await run(
                older,
                f"INSERT INTO blueprint (task_id, document) VALUES ('{task_id.hex}', '{document}')",  # noqa: S608
            )
        await older.upgrade("0004")
    async with connected(url) as database:
        archive = SqlBlueprintArchive(database)
        assert await archive.tasks_of("output/user_local/a.mp4") == (UUID(int=1), UUID(int=3))
        assert await archive.tasks_of("output/user_local/b.mp4") == (UUID(int=2),)


async def test_what_was_heard_in_songs_is_read_under_the_word_of_today(url: str) -> None:
    analysis = Analysis(
        tempo=120, beats=(0.5,), ones=(0.5,), sections=(), duration=1, analyzed_by='it"heard_by":'
    )
    written = msgspec.json.encode(analysis).decode().replace('"analyzed_by":', '"heard_by":')
    song = ("'a'", "'A'", "'B'", "'songs/a'", "1.0", "'a'", "'b'", f"'{written}'")
    async with schema(url) as older:
        await older.upgrade("0006")
        columns = "id, title, artist, audio_path, duration, folded_title, folded_artist, analysis"
        await run(older, f"INSERT INTO song ({columns}) VALUES ({', '.join(song)})")  # noqa: S608
        await older.upgrade()
    async with connected(url) as database:
        assert await sql_library(database).songs.analysis("a") == analysis


async def test_an_embedding_stays_with_its_move_and_what_both_said_is_kept_once(url: str) -> None:
    move = ("'a'", "'A'", "'basic'", "'clips/a'", "'beginner'", "'low'", "'sensual'")
    row = f"{{}}, {', '.join(move[1:])}, 8.0, 'x', 'y', 'z', 120.0, '[0.5]', 0.5, 7"
    columns = (
        "move_id, move_name, label, video_path, difficulty, energy_level, style, duration, "
        "pose_by, audio_by, text_by, tempo, beats, first_count, fingerprint"
    )
    ours, nobody = row.format("'a'"), row.format("'nobody'")
    async with schema(url) as older:
        await older.upgrade("0007")
        await run(
            older,
            "INSERT INTO move (id, name, label, video_path, difficulty, energy_level, style, "  # noqa: S608
            f"duration, tempo, first_count, folded_name) VALUES ({', '.join(move)}, 8.0, 120.0, "
            "0.5, 'a')",
            f"INSERT INTO move_embedding ({columns}) VALUES ({ours})",  # noqa: S608
            f"INSERT INTO move_embedding ({columns}) VALUES ({nobody})",  # noqa: S608
        )
        await older.upgrade()
    async with connected(url) as database:
        embeddings = SqlMoveEmbeddings(database)
        assert [each.move.id for each in (await embeddings.page(None, 9)).items] == ["a"]
        embedding = await embeddings.find("a")
        assert embedding is not None
        assert (embedding.pose_by, embedding.audio_by, embedding.text_by) == ("x", "y", "z")
        # Triggers keep the version true while columns come and go.
        assert await embeddings.version() == "1-7"
        await embeddings.keep(embedding)
        assert await embeddings.version() not in ("1-7", "2-7")
        assert (await embeddings.version()).startswith("1-")
    async with schema(url) as newer:
        await newer.downgrade("0007")
        table_rows = (await rows(newer))["move_embedding"]
    assert len(table_rows) == 1
    assert {"A", "basic", "clips/a", "beginner", 8.0, 120.0, "[]"} <= set(table_rows[0])


async def test_warnings_on_record_get_a_code(url: str) -> None:
    plain = {"task_id": str(TASK), "owner": "a", "created_at": "2026-01-01T00:00:00Z"}
    plain |= {"updated_at": "2026-01-01T00:00:00Z", "state": "failed"}
    odd = 'nul \u0000, "degradations": quoted, é'
    written = json.dumps({**plain, "degradations": [odd, ""]}).replace("'", "''")
    async with schema(url) as older:
        await older.upgrade("0008")
        await run(
            older,
            "INSERT INTO task (task_id, version, state, owner, created_at, updated_at, document) "  # noqa: S608
            f"VALUES ('{TASK.hex}', 1, 'failed', 'a', '2026-01-01', '2026-01-01', '{written}')",
        )
        before = (await rows(older))["task"]
        await older.upgrade()
    async with connected(url) as database:
        task = await SqlTaskRepository(database).get(TASK)
    assert [(each.code, each.message) for each in task.warnings] == [
        (WarningCode.UNCODED, odd),
        (WarningCode.UNCODED, ""),
    ]
    async with schema(url) as newer:
        await newer.downgrade("0008")
        after = (await rows(newer))["task"]
    assert [json.loads(row[-1]) for row in after] == [json.loads(row[-1]) for row in before]


async def test_a_new_revision_is_drafted_from_the_tables_of_the_code(
    url: str, tmp_path: Path
) -> None:
    folder = tmp_path / "drafted"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    metadata = MetaData(naming_convention=Table.metadata.naming_convention)
    for each in Table.metadata.sorted_tables:
        each.to_metadata(metadata)
    metadata.tables["song"].append_column(Column("mood", String()))
    SqlTable("mix", metadata, Column("id", String(), primary_key=True), Index(None, "id"))
    drafted = await asyncio.to_thread(new_revision, "Songs have a mood", folder, metadata)
    async with schema(url, Revisions(folder)) as tables:
        assert tables.revisions.about(drafted.name[:4]) == "Songs have a mood."
        await tables.upgrade(NEWEST)
        before = await shape(tables)
        assert await tables.upgrade() == (drafted.name[:4],)
        after = await shape(tables)
        assert "mood" in after["song"][0]
        assert after.keys() - before.keys() == {"mix"}
        await tables.downgrade(NEWEST)
        assert await shape(tables) == before


def test_nothing_is_drafted_where_the_tables_are_those_of_the_code(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "same")
    with pytest.raises(SystemExit):
        new_revision("Nothing", tmp_path / "same", Table.metadata)
    assert Revisions(tmp_path / "same").ids == REVISIONS.ids


def test_revisions_stand_in_one_line_and_each_says_what_it_brings() -> None:
    assert REVISIONS.ids == tuple(f"{number:04}" for number in range(1, len(REVISIONS.ids) + 1))
    assert all(REVISIONS.about(each).endswith(".") for each in REVISIONS.ids)
