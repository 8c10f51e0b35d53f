"""The service while its Postgres crashes, and once it is there again."""

import asyncio
import subprocess
from collections import Counter
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import anyio
import httpx
import pytest
from anyio import to_thread
from sqlalchemy import text

from adapters.database.engine import open_database
from adapters.database.schema import open_schema
from domain.library.songs import Song
from domain.shared.errors import NotReady
from tests.contracts import postgres
from tests.journeys.server import COMMAND, STARTED, Server, environment_of, until
from tests.world.libraries import sql_library

pytestmark = pytest.mark.anyio

SONG = Song(id="a", title="Lejos", artist="Grupo", audio_path="songs/a", duration=180.0)
LINES = 8


@pytest.fixture(scope="module")
def crashing() -> Generator[postgres.Server]:
    """A server of its own, with a song in its database."""
    with postgres.own_server() as server:
        asyncio.run(furnished(server.url))
        yield server


async def furnished(url: str) -> None:
    async with open_schema(url) as schema:
        await schema.upgrade()
    async with open_database(url) as database:
        await sql_library(database).songs.add(SONG)


def command(url: str, data: Path, *words: str) -> tuple[int, str]:
    """Run a command to its end; return its status and what it said."""
    ran = subprocess.run(
        [COMMAND, *words],
        env=environment_of(data, {"BACHATA_DATABASE_URL": url}),
        capture_output=True,
        text=True,
        timeout=60,
    )
    return ran.returncode, " ".join(ran.stderr.split())


def test_the_service_names_the_command_that_brings_its_database_up_to_date(
    crashing: postgres.Server, tmp_path: Path
) -> None:
    with postgres.database(crashing.url) as empty:
        status, output = command(empty, tmp_path, "serve")
        assert (status, "run `bachata-buddy db upgrade`" in output) == (1, True), output
        status, output = command(empty, tmp_path, "db", "upgrade")
        assert (status, "is now at revision" in output) == (0, True), output


@pytest.fixture
async def service(crashing: postgres.Server, tmp_path: Path) -> AsyncGenerator[Server]:
    server = Server(tmp_path / "data", tmp_path / "log", BACHATA_DATABASE_URL=crashing.url)
    try:
        await until(server.answers, within=STARTED)
        yield server
    finally:
        server.process.kill()
        server.process.wait()


async def test_requests_fail_by_name_while_postgres_is_away_and_go_on_when_it_is_back(
    crashing: postgres.Server, service: Server
) -> None:
    answers: list[httpx.Response] = []
    away = anyio.Event()

    async def ask(client: httpx.AsyncClient) -> None:
        while not away.is_set():
            answers.append(await client.get("/api/songs"))

    async with service.client() as client:
        async with anyio.create_task_group() as asking:
            for _ in range(LINES):
                asking.start_soon(ask, client)
            await until(lambda: len(answers) > LINES, within=STARTED)
            await to_thread.run_sync(crashing.stop)
            await until(lambda: answers[-1].status_code == 503, within=STARTED)
            away.set()
        # Those that were under way when it crashed were answered, too.
        assert set(Counter(each.status_code for each in answers)) == {200, 503}
        refused = next(each for each in answers if each.status_code == 503)
        assert refused.json()["code"] == "not-ready"
        assert refused.headers["retry-after"]
        assert "Postgres database" in refused.json()["detail"]
        assert (await client.get("/health/ready")).status_code == 503
        assert (await client.get("/health/live")).status_code == 200
        written = {"song_id": "a", "difficulty": "beginner"}
        answer = await client.post("/api/choreography/generate", json=written)
        assert (answer.status_code, answer.json()["code"]) == (503, "not-ready")

        await to_thread.run_sync(crashing.start)
        await until(service.answers, within=STARTED)
        pages = await asyncio.gather(*(client.get("/api/songs") for _ in range(LINES)))
        assert [each.json()["items"][0]["id"] for each in pages] == ["a"] * LINES
    assert service.process.poll() is None
    assert "unhandled" not in [line["event"] for line in service.lines()]


async def test_a_transaction_that_loses_its_server_fails_and_the_next_one_works(
    crashing: postgres.Server,
) -> None:
    async with open_database(crashing.url) as database:
        begun = asyncio.create_task(database.read(text("SELECT pg_sleep(60)")))
        others = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%'"

        async def sleeping() -> bool:
            return (await database.read(text(others)))[0][0] > 1

        await until(sleeping, within=STARTED)
        await to_thread.run_sync(crashing.stop)
        with pytest.raises(NotReady):
            await begun
        with pytest.raises(NotReady):
            await sql_library(database).songs.get("a")
        await to_thread.run_sync(crashing.start)
        assert await sql_library(database).songs.get("a") == SONG


async def test_a_restart_between_two_requests_is_not_noticed(crashing: postgres.Server) -> None:
    async with open_database(crashing.url) as database:
        library = sql_library(database)
        await asyncio.gather(*(library.songs.get("a") for _ in range(4)))
        await to_thread.run_sync(crashing.stop)
        await to_thread.run_sync(crashing.start)
        songs = await asyncio.gather(*(library.songs.get("a") for _ in range(4)))
        assert songs == [SONG] * 4


async def test_more_requests_than_connections_wait_their_turn(crashing: postgres.Server) -> None:
    async with open_database(crashing.url, pool=2) as database:
        used = text(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'bachata-buddy'"
        )
        results = await asyncio.gather(*(database.read(used) for _ in range(20)))
        assert max(rows[0][0] for rows in results) <= 2
