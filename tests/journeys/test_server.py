"""The server as it runs: a process, real FFmpeg, a database and a disk."""

import asyncio
import signal
import subprocess
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import av
import httpx
import pytest

from domain.rendering.assembly import FINAL, Assembly, State
from domain.shared.paths import film as film_path
from entrypoints.bootstrap import open_ports
from entrypoints.cli.exit_codes import EXIT
from entrypoints.wiring.wire import wire
from tests.journeys import footage
from tests.journeys.server import COMMAND, Server, environment_of, serving, until, working
from tests.journeys.stores import Stores, settings_of

pytestmark = pytest.mark.anyio

GENERATE = "/api/choreography/generate"
ASSEMBLE = "/api/choreography/assemble"
GONE = 2.0
"""Seconds in which FFmpeg is gone once nobody waits for it."""
SOON = 30.0
"""Seconds after which what is waited for will not happen any more."""
SECONDS = 8.0
"""Length of the song and of each clip: two eight-counts at 120 BPM."""
NOISE = "move-9"


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """One loop for the file."""
    return "asyncio"


@pytest.fixture(scope="module")
async def furnished(stores: Stores, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a song, small moves, and one that is hard to encode."""
    sources = tmp_path_factory.mktemp("made")
    data = tmp_path_factory.mktemp("furnished")
    small, noisy, sound = sources / "small.mp4", sources / "noisy.mp4", sources / "song.wav"
    footage.noisy_film(small, SECONDS, 160, 90)
    footage.noisy_film(noisy, 12, 640, 360)
    footage.song_of(sound, SECONDS)
    settings = await settings_of(stores, data)
    async with open_ports(settings) as ports:
        use_cases = wire(ports, settings)
        await use_cases.add_song(sound, *footage.song(SECONDS))
        for number, label in enumerate(("intros", "basic", "outro")):
            await use_cases.add_move(small, footage.move(number, label))
        await use_cases.add_move(noisy, footage.move(9, "noise"))
    return data


@pytest.fixture
async def data(stores: Stores, furnished: Path, tmp_path: Path) -> Path:
    """A copy of that data folder, at an address no other process has in its command line."""
    return await stores.copied(furnished, tmp_path / f"data-{uuid4().hex}")


@pytest.fixture(scope="module")
async def server(
    stores: Stores, furnished: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Server]:
    """A server over a data folder of its own, for the tests that leave it alive."""
    folder = tmp_path_factory.mktemp("served")
    data = await stores.copied(furnished, folder / f"data-{uuid4().hex}")
    async with serving(data, folder / "log", **await stores.environment(data)) as started:
        yield started


async def long_blueprint(client: httpx.AsyncClient) -> dict[str, Any]:
    """A Blueprint that takes a while to assemble."""
    moves = (await client.get("/api/moves")).json()["items"]
    song = (await client.get("/api/songs")).json()["items"][0]
    [noise] = [move["video_path"] for move in moves if move["id"] == NOISE]
    task_id = uuid4()
    return {
        "task_id": str(task_id),
        "audio_path": song["audio_path"],
        "moves": [
            {"video_path": noise, "start_time": 8.0 * at, "duration": 8.0, "trim_start": float(at)}
            for at in range(4)
        ],
        "output_config": {
            "output_path": film_path("local", task_id),
            "width": 1920,
            "height": 1080,
            "frame_rate": 60,
        },
    }


async def recorded(stores: Stores, data: Path, task_id: str) -> Assembly:
    """Return the record of a task, read from the database directly."""
    async with open_ports(await settings_of(stores, data)) as ports:
        return await ports.tasks.get(UUID(task_id))


def work_folders(data: Path) -> list[Path]:
    """Folders of work in progress."""
    return list((data / "work").glob("*"))


async def test_a_choreography_is_generated_watched_read_and_assembled_again(
    server: Server, tmp_path: Path
) -> None:
    data = server.data
    async with server.client() as client:
        songs = (await client.get("/api/songs")).json()["items"]
        answer = await client.post(GENERATE, json={"song_id": songs[0]["id"]})
        assert answer.status_code == 200, answer.text
        film = answer.json()
        assert film["status"] == "completed"

        whole = await client.get(film["video_url"])
        assert whole.status_code == 200
        head = await client.head(film["video_url"])
        assert int(head.headers["content-length"]) == len(whole.content)
        part = await client.get(film["video_url"], headers={"Range": "bytes=4-7"})
        assert (part.status_code, part.content) == (206, b"ftyp")
        assert part.headers["etag"] == whole.headers["etag"]
        assert lasts(whole.content, tmp_path) == pytest.approx(
            film["video_duration_seconds"], abs=0.1
        )

        blueprint = (await client.get(film["blueprint_url"])).json()
        task_id = uuid4()
        blueprint["task_id"] = str(task_id)
        blueprint["output_config"]["output_path"] = film_path("local", task_id)
        again = (await client.post(ASSEMBLE, json=blueprint)).json()
        assert again["status"] == "completed"
        assert again["video_duration_seconds"] == film["video_duration_seconds"]
        conflict = await client.post(ASSEMBLE, json=blueprint)
        assert (conflict.status_code, conflict.json()["code"]) == (409, "task-taken")

        missing = {**blueprint, "task_id": str(uuid4()), "audio_path": "songs/nowhere"}
        missing["output_config"] = {"output_path": film_path("local", uuid4())}
        refused = await client.post(ASSEMBLE, json=missing)
        assert (refused.status_code, refused.json()["stage"]) == (404, "fetching")
        assert str(data) not in refused.text

    assert work_folders(data) == []
    lines = [line for line in server.lines() if line["logger"] == "bachata.access"]
    assert {"request_id", "path", "route", "method", "status", "duration_ms"} <= set(lines[0])


async def test_ffmpeg_is_gone_when_the_client_is(server: Server, stores: Stores) -> None:
    data = server.data
    async with server.client() as client:
        blueprint = await long_blueprint(client)
        asking = asyncio.ensure_future(client.post(ASSEMBLE, json=blueprint))
        await until(lambda: asking.done() or bool(working(data)), within=SOON)
        assert not asking.done()

        asking.cancel()
        await asyncio.wait({asking})
        await until(lambda: not working(data), within=GONE)

    await until(lambda: not work_folders(data), within=SOON)
    task = await recorded(stores, data, blueprint["task_id"])
    assert task.state is State.CANCELLED
    assert blueprint["output_config"]["output_path"] not in await stores.media(data)
    async with server.client() as client:
        gone = await client.get(f"/api/videos/{blueprint['task_id']}/stream")
        assert gone.status_code == 404
        assert (await client.get("/health/ready")).status_code == 200


async def test_a_killed_server_leaves_no_ffmpeg_and_the_next_one_clears_up(
    data: Path, stores: Stores, tmp_path: Path
) -> None:
    environment = await stores.environment(data)
    async with (
        serving(data, tmp_path / "log", **environment) as server,
        server.client() as client,
    ):
        blueprint = await long_blueprint(client)
        asking = asyncio.ensure_future(client.post(ASSEMBLE, json=blueprint))
        await until(lambda: asking.done() or bool(working(data)), within=SOON)
        assert not asking.done()

        assert await server.ended(signal.SIGKILL) == -signal.SIGKILL
        await until(lambda: not working(data), within=GONE)
        with pytest.raises(httpx.TransportError):
            await asking
    assert work_folders(data) != []

    async with (
        serving(data, tmp_path / "next-log", **environment) as server,
        server.client() as client,
    ):
        # The lease of the job has to expire first.
        async def has_ended() -> bool:
            return (await recorded(stores, data, blueprint["task_id"])).state in FINAL

        await until(has_ended, within=SOON)
        task = await recorded(stores, data, blueprint["task_id"])
        assert task.state is State.FAILED
        assert task.failure is not None
        assert task.failure.code == "interrupted"
        assert work_folders(data) == []
        answer = await client.get(f"/api/choreography/{blueprint['task_id']}/blueprint")
        assert answer.json()["moves"][0]["video_path"] == blueprint["moves"][0]["video_path"]

        assert await server.ended(signal.SIGTERM) == 0
    assert not any("exception" in line for line in server.lines())


async def test_a_server_that_is_told_to_stop_finishes_what_it_was_asked(
    data: Path, stores: Stores, tmp_path: Path
) -> None:
    environment = await stores.environment(data) | {"BACHATA_STOP_SECONDS": "60"}
    async with (
        serving(data, tmp_path / "log", **environment) as server,
        server.client() as client,
    ):
        song = (await client.get("/api/songs")).json()["items"][0]
        asking = asyncio.ensure_future(client.post(GENERATE, json={"song_id": song["id"]}))
        await until(lambda: asking.done() or bool(working(data)), within=SOON)

        status = await server.ended(signal.SIGTERM)
        answer = await asking

    assert answer.json()["status"] == "completed"
    assert status == 0
    assert working(data) == []
    assert work_folders(data) == []


@pytest.mark.parametrize("where", ["option", "environment"])
def test_without_authentication_only_this_machine_is_served(tmp_path: Path, where: str) -> None:
    every = "0.0.0.0"  # noqa: S104
    refused = (
        refusal(["--host", every], tmp_path, {})
        if where == "option"
        else refusal([], tmp_path, {"BACHATA_HOST": every})
    )

    assert "BACHATA_HOST" in refused
    assert "loopback" in refused


def test_without_ffmpeg_nothing_is_served(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()

    refused = refusal(
        [], tmp_path / "data", {"PATH": str(empty), "IMAGEIO_FFMPEG_EXE": str(empty / "ffmpeg")}
    )

    assert "apt install ffmpeg" in refused


def refusal(options: list[str], data: Path, environment: dict[str, str]) -> str:
    """Return the error line of a server that does not start, without a traceback."""
    refused = subprocess.run(
        [COMMAND, "serve", *options],
        env=environment_of(data, environment),
        capture_output=True,
        text=True,
        timeout=SOON,
        check=False,
    )
    assert refused.returncode in EXIT.values()
    assert "Traceback" not in refused.stderr
    return " ".join(refused.stderr.split())


def lasts(film: bytes, folder: Path) -> float:
    """Seconds that a film lasts."""
    file = folder / "film.mp4"
    file.write_bytes(film)
    with av.open(str(file), format="mov") as opened:
        stream = opened.streams.video[0]
        assert stream.average_rate
        return float(sum(1 for _ in opened.decode(video=0)) / stream.average_rate)
