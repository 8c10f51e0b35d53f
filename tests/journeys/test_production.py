"""The service on object storage and Postgres, as two processes: the same films, and none lost."""

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest
from anyio import to_thread

from application.ports.moves import MoveFilter
from application.ports.songs import SongFilter
from domain.blueprint.model import Blueprint
from domain.blueprint.rules import parse
from domain.rendering.assembly import FINAL
from domain.shared.paths import LOCAL_USER
from domain.shared.paths import film as film_path
from entrypoints.bootstrap import open_ports
from entrypoints.environment import from_environment
from entrypoints.settings import Settings
from entrypoints.wiring.wire import wire
from tests.contracts import postgres, s3
from tests.journeys import footage
from tests.journeys.server import COMMAND, STARTED, Server, environment_of, until

TRIES = 10
"""Films that are asked for until the server makes one itself."""
pytestmark = pytest.mark.anyio

SECONDS = 8.0
GENERATE = "/api/choreography/generate"
ASSEMBLE = "/api/choreography/assemble"


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """One loop for the file."""
    return "asyncio"


class Stores:
    """A storage and a database that a test may take away."""

    def __init__(self, media: s3.OwnServer, records: postgres.Server, dsn: str) -> None:
        self.media, self.records = media, records
        self.environment = {
            "STORAGE_BACKEND": "s3",
            "BACHATA_S3_BUCKET": "films",
            "BACHATA_S3_ENDPOINT_URL": media.endpoint,
            "BACHATA_S3_ACCESS_KEY": s3.ACCESS,
            "BACHATA_S3_SECRET_KEY": s3.SECRET,
            "BACHATA_DATABASE_URL": dsn,
        }

    def settings(self, data: Path) -> Settings:
        return from_environment({**self.environment, "BACHATA_DATA_DIR": str(data)})


@pytest.fixture(scope="module")
def stores() -> Generator[Stores]:
    """Both servers, with a bucket and the tables in them."""
    with (
        s3.own_server() as media,
        postgres.own_server() as records,
        postgres.database(records.url) as dsn,
    ):
        asyncio.run(s3.answer_of(media.endpoint, "create_bucket", Bucket="films"))
        yield Stores(media, records, dsn)


async def furnish(settings: Settings, sources: Path) -> None:
    """Take a song and a few moves in; the last of them is hard to encode."""
    small, noisy, sound = sources / "small.mp4", sources / "noisy.mp4", sources / "song.wav"
    if not sound.exists():
        footage.noisy_film(small, SECONDS, 160, 90)
        footage.noisy_film(noisy, 6, 640, 360)
        footage.song_of(sound, SECONDS)
    async with open_ports(settings) as ports:
        use_cases = wire(ports, settings)
        await use_cases.add_song(sound, *footage.song(SECONDS))
        for number, label in enumerate(("intros", "basic", "outro")):
            await use_cases.add_move(small, footage.move(number, label))
        await use_cases.add_move(noisy, footage.move(9, "noise"), ready=False)


@pytest.fixture(scope="module")
async def furnished(stores: Stores, tmp_path_factory: pytest.TempPathFactory) -> Stores:
    folder = tmp_path_factory.mktemp("furnishing")
    environment = environment_of(folder, stores.environment)
    upgrade = partial(subprocess.run, [COMMAND, "db", "upgrade"], env=environment, check=True)
    await to_thread.run_sync(upgrade)
    sources = tmp_path_factory.mktemp("made")
    await furnish(stores.settings(folder), sources)
    local = tmp_path_factory.mktemp("local")
    await furnish(Settings(data_dir=str(local)), sources)
    stores.environment["LOCAL"] = str(local)
    return stores


@asynccontextmanager
async def serving(folder: Path, environment: dict[str, str]) -> AsyncGenerator[Server]:
    data = folder.with_name(f"data-{uuid4().hex}")
    server = Server(data, data.with_suffix(".log"), **environment)
    try:
        await until(server.answers, within=STARTED)
        yield server
    finally:
        server.process.kill()
        server.process.wait()


@pytest.fixture(scope="module")
async def pair(
    furnished: Stores, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[tuple[Server, Server]]:
    """Two processes, each with a data folder of its own."""
    folder = tmp_path_factory.mktemp("pair")
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(serving(folder / "a", furnished.environment))
        second = await stack.enter_async_context(serving(folder / "b", furnished.environment))
        yield first, second


async def played(server: Server, task_id: str) -> bytes:
    async with server.client() as client:
        answer = await client.get(f"/api/videos/{task_id}/stream")
    assert answer.status_code == 200, answer.text
    return answer.content


async def blueprint_of(server: Server, task_id: str) -> dict[str, Any]:
    async with server.client() as client:
        return (await client.get(f"/api/choreography/{task_id}/blueprint")).json()


async def generated(server: Server) -> dict[str, Any]:
    async with server.client() as client:
        song = (await client.get("/api/songs")).json()["items"][0]["id"]
        answer = await client.post(GENERATE, json={"song_id": song})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_what_one_process_makes_the_other_serves(pair: tuple[Server, Server]) -> None:
    first, second = pair
    for makes, serves in ((first, second), (second, first)):
        film = await generated(makes)
        task_id = film["task_id"]
        assert await played(makes, task_id) == await played(serves, task_id)
        assert await blueprint_of(serves, task_id) == await blueprint_of(makes, task_id)
        async with serves.client() as client:
            part = await client.get(
                f"/api/videos/{task_id}/stream", headers={"Range": "bytes=100-299"}
            )
        assert part.status_code == 206
        assert part.content == (await played(serves, task_id))[100:300]


async def test_a_film_has_the_same_bytes_as_on_local_storage(
    furnished: Stores, pair: tuple[Server, Server], tmp_path: Path
) -> None:
    film = await generated(pair[0])
    blueprint = parse(msgspec.json.encode(await blueprint_of(pair[1], film["task_id"])))
    settings = Settings(data_dir=furnished.environment["LOCAL"])
    task_id = uuid4()
    output = msgspec.structs.replace(
        blueprint.output_config, output_path=film_path(LOCAL_USER, task_id)
    )
    async with open_ports(settings) as ports:
        # The same files lie at paths of their own in every storage.
        [song] = (await ports.songs.page(SongFilter(), None, 2)).items
        lie = {move.id: move for move in await ports.moves.find_many(_ids(blueprint))}
        moves = tuple(
            msgspec.structs.replace(each, video_path=lie[each.clip_id or ""].video_path)
            for each in blueprint.moves
        )
        again = msgspec.structs.replace(
            blueprint,
            task_id=task_id,
            audio_path=song.audio_path,
            moves=moves,
            output_config=output,
        )
        await wire(ports, settings).assemble(again, LOCAL_USER)
        await ports.storage.fetch(output.output_path, tmp_path / "film.mp4")
    local = (tmp_path / "film.mp4").read_bytes()
    assert local == await played(pair[0], film["task_id"])


def _ids(blueprint: Blueprint) -> list[str]:
    return [each.clip_id for each in blueprint.moves if each.clip_id is not None]


async def long_blueprint(server: Server) -> dict[str, Any]:
    """A Blueprint that takes a while to assemble: its clip has to be encoded."""
    async with server.client() as client:
        moves = (await client.get("/api/moves")).json()["items"]
        song = (await client.get("/api/songs")).json()["items"][0]
    [noise] = [move["video_path"] for move in moves if move["label"] == "noise"]
    task_id = uuid4()
    return {
        "task_id": str(task_id),
        "audio_path": song["audio_path"],
        "moves": [{"video_path": noise, "start_time": 0.0, "duration": 5.0, "trim_start": 0.4}],
        "output_config": {
            "output_path": film_path(LOCAL_USER, task_id),
            # Of every size and bitrate a clip is normalised for itself.
            "video_bitrate": f"{2000 + task_id.int % 997}k",
        },
    }


def is_cutting(server: Server) -> bool:
    """Return True if the server has a running FFmpeg."""
    children = Path(f"/proc/{server.process.pid}/task").glob("*/children")
    return any(pid for each in children for pid in each.read_text().split())


async def asked_while(
    *servers: Server, document: dict[str, Any], gone: Callable[[], None]
) -> httpx.Response:
    """Ask the first server for a film, and take something away while one of them encodes it.

    All servers share their jobs. If the film was made by none of them, nothing is taken away.
    """
    async with servers[0].client() as client:
        request = asyncio.ensure_future(client.post(ASSEMBLE, json=document, timeout=120))
        try:
            await until(lambda: any(map(is_cutting, servers)) or request.done(), within=STARTED)
            if not request.done():
                await to_thread.run_sync(gone)
            return await request
        finally:
            request.cancel()


async def lost_meanwhile(
    *servers: Server, gone: Callable[[], None], back: Callable[[], None]
) -> tuple[int, str]:
    """Have a film made while something is away; return how that ended, by status and code."""
    document = await long_blueprint(servers[0])
    try:
        answer = await asked_while(*servers, document=document, gone=gone)
    finally:
        await to_thread.run_sync(back)
    return answer.status_code, answer.json()["code"]


async def makes_for(server: Server, other: Server) -> None:
    """One process makes a film that takes a while, and the other serves it."""
    document = await long_blueprint(server)
    async with server.client() as client:
        answer = await client.post(ASSEMBLE, json=document, timeout=120)
    assert answer.status_code == 200, answer.text
    assert await played(other, document["task_id"]) == await played(server, document["task_id"])


async def test_a_storage_that_is_killed_meanwhile_is_named_and_the_next_try_works(
    furnished: Stores, pair: tuple[Server, Server]
) -> None:
    media = furnished.media
    ended = await lost_meanwhile(*pair, gone=media.kill, back=media.start)
    assert ended == (500, "storage-failed")
    await makes_for(*pair)


async def test_a_database_that_crashes_meanwhile_is_named_and_the_next_try_works(
    furnished: Stores, pair: tuple[Server, Server]
) -> None:
    first, second = pair
    records = furnished.records
    ended = await lost_meanwhile(second, first, gone=records.stop, back=records.start)
    assert ended == (503, "not-ready")
    await makes_for(second, first)


async def test_what_a_killed_process_was_making_is_ended_at_its_next_start(
    furnished: Stores, tmp_path: Path
) -> None:
    async with serving(tmp_path / "c", furnished.environment) as server:
        data = server.data

        def kill() -> None:
            os.kill(server.process.pid, signal.SIGKILL)

        for _ in range(TRIES):
            document = await long_blueprint(server)
            try:
                # Another server of this file may make the film.
                await asked_while(server, document=document, gone=kill)
            except httpx.TransportError:
                break
        else:
            pytest.fail("The server has made no film itself.")
    settings = furnished.settings(data)
    async with open_ports(settings) as ports:
        recover = wire(ports, settings).recover_jobs

        async def has_ended() -> bool:
            await recover()
            return (await ports.tasks.get(UUID(document["task_id"]))).state in FINAL

        # The lease of the job has to expire first.
        await until(has_ended, within=60)
        task = await ports.tasks.get(UUID(document["task_id"]))
    assert task.failure is not None
    assert task.failure.code == "interrupted"


async def test_the_library_is_the_same_to_every_process(
    furnished: Stores, pair: tuple[Server, Server], tmp_path: Path
) -> None:
    settings = furnished.settings(tmp_path / "looking")
    async with open_ports(settings) as ports:
        moves = await ports.moves.page(MoveFilter(), None, 100)
        songs = await ports.songs.page(SongFilter(), None, 100)
    for server in pair:
        async with server.client() as client:
            answer = (await client.get("/api/moves")).json()["items"]
            assert [each["id"] for each in answer] == [each.id for each in moves.items]
            answer = (await client.get("/api/songs")).json()["items"]
            assert [each["id"] for each in answer] == [each.id for each in songs.items]
