"""Two clients watch a film that a real server makes, and one of them is cut off in between."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from itertools import pairwise
from typing import Any
from uuid import uuid4

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from domain.shared.paths import film as film_path
from entrypoints.bootstrap import open_ports
from entrypoints.wiring.wire import wire
from tests.journeys import footage
from tests.journeys.server import Server, serving, until
from tests.journeys.stores import Stores, settings_of

pytestmark = pytest.mark.anyio

ASSEMBLE = "/api/choreography/assemble"
SECONDS = 8.0
"""Length of the song and of the clip."""
SOON = 30.0
"""Seconds after which what is waited for will not happen any more."""
STAGES = ["fetching", "concatenating", "adding_audio", "uploading", "cleanup", "completed"]


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """One loop for the file."""
    return "asyncio"


@pytest.fixture(scope="module")
async def server(
    stores: Stores, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Server]:
    """A server with a song and a clip."""
    sources, folder = tmp_path_factory.mktemp("made"), tmp_path_factory.mktemp("served")
    data = folder / f"data-{uuid4().hex}"
    clip, sound = sources / "clip.mp4", sources / "song.wav"
    footage.noisy_film(clip, SECONDS, 320, 180)
    footage.song_of(sound, SECONDS)
    settings = await settings_of(stores, data)
    async with open_ports(settings) as ports:
        use_cases = wire(ports, settings)
        await use_cases.add_song(sound, *footage.song(SECONDS))
        await use_cases.add_move(clip, footage.move(0, "basic"))
    environment = await stores.environment(data)
    async with serving(data, folder / "log", **environment) as started:
        yield started


async def blueprint(client: httpx.AsyncClient) -> dict[str, Any]:
    """A Blueprint of cuts that are encoded one by one."""
    move = (await client.get("/api/moves")).json()["items"][0]
    song = (await client.get("/api/songs")).json()["items"][0]
    task_id = uuid4()
    return {
        "task_id": str(task_id),
        "audio_path": song["audio_path"],
        "moves": [
            {
                "video_path": move["video_path"],
                "start_time": float(at),
                "duration": 1.0,
                "trim_start": at / 3,
            }
            for at in range(6)
        ],
        "output_config": {
            "output_path": film_path("local", task_id),
            "width": 640,
            "height": 360,
        },
    }


class Events:
    """The events of a stream, as a browser's `EventSource` reads them."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines

    async def __aiter__(self) -> AsyncIterator[tuple[str, str, Any]]:
        fields: dict[str, str] = {}
        async for line in self._lines:
            if not line:
                if "event" in fields:
                    yield fields.get("id", ""), fields["event"], json.loads(fields["data"])
                fields = {}
            elif not line.startswith(":"):
                name, _, value = line.partition(": ")
                fields[name] = value


Told = list[tuple[str, str, Any]]


async def watch_with_a_break(client: httpx.AsyncClient, path: str) -> Told:
    """Read until the film is being cut, leave, connect again, and read to the end."""
    events: Told = []
    async with client.stream("GET", path) as answer:
        assert answer.headers["content-type"] == "text/event-stream"
        async for event in Events(answer.aiter_lines()):
            events.append(event)
            if event[0] and event[2]["stage"] == "concatenating":
                break
    headers = {"Last-Event-ID": events[-1][0]}
    async with client.stream("GET", path, headers=headers) as answer:
        async for event in Events(answer.aiter_lines()):
            events.append(event)
    return events


async def watch_by_websocket(server: Server, task_id: str) -> list[dict[str, Any]]:
    """Read every message until the server closes."""
    messages: list[dict[str, Any]] = []
    address = f"ws://127.0.0.1:{server.port}/ws/progress/{task_id}"
    async with connect(address, proxy=None) as socket:
        try:
            while True:
                messages.append(json.loads(await socket.recv()))
        except ConnectionClosed:
            assert socket.close_code == 1000
    return messages


async def test_two_clients_watch_a_film_to_its_end(server: Server) -> None:
    async with server.client() as client, asyncio.timeout(4 * SOON):
        document = await blueprint(client)
        path = f"/api/tasks/{document['task_id']}/events"
        making = asyncio.ensure_future(client.post(ASSEMBLE, json=document))
        await until(lambda: is_there(server, path), within=SOON)
        events, messages = await asyncio.gather(
            watch_with_a_break(client, path), watch_by_websocket(server, document["task_id"])
        )
        answer = await making
        assert answer.status_code == 200, answer.text
        late = [event async for event in Events(aiter_of((await client.get(path)).text))]
        again = await client.get(path, headers={"Last-Event-ID": "end"})

    *progress, (last, name, film) = events
    assert (last, name, film) == ("end", "result", answer.json())
    ids = [int(number) for number, _, _ in progress if number]
    assert all(one < other for one, other in pairwise(ids))
    percents = [data["progress"] for _, _, data in progress]
    assert percents == sorted(percents)
    assert percents[-1] == 100
    stages = list(dict.fromkeys(data["stage"] for number, _, data in late if number != "end"))
    assert stages == STAGES
    # Both clients and one who comes after the end see the same.
    everything = [int(number) for number, name, _ in late if name == "progress"]
    assert ids == everything[everything.index(ids[0]) :]
    numbers = [each["id"] for each in messages if "id" in each]
    assert numbers == everything[everything.index(numbers[0]) :]
    assert messages[-1] == {"type": "result", "result": film}
    assert again.status_code == 204


async def is_there(server: Server, path: str) -> bool:
    """Return True if the task is on record; nothing of the stream is read."""
    async with server.client() as client, client.stream("GET", path) as answer:
        return answer.status_code == 200


async def aiter_of(text: str) -> AsyncIterator[str]:
    for line in text.split("\n"):
        yield line


async def test_unknown_tasks_and_foreign_pages_get_no_websocket(server: Server) -> None:
    address = f"ws://127.0.0.1:{server.port}/ws/progress/"
    async with connect(address + str(uuid4()), proxy=None) as unknown:
        await unknown.wait_closed()
    assert unknown.close_code == 4404
    with pytest.raises(InvalidStatus) as refused:
        async with connect(
            address + str(uuid4()), proxy=None, additional_headers={"Origin": "http://example.org"}
        ):
            raise AssertionError
    assert refused.value.response.status_code == 403
    await until(lambda: {101, 403} <= statuses(server), within=SOON)


def statuses(server: Server) -> set[int]:
    """The statuses of the WebSockets that the server has logged."""
    return {line["status"] for line in server.lines() if line.get("method") == "WEBSOCKET"}
