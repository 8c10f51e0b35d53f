"""Songs and moves are brought to a server as it runs: a process, real FFmpeg, a disk."""

import asyncio
import re
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys import footage
from tests.journeys.server import Server, serving, until
from tests.journeys.stores import Stores

pytestmark = pytest.mark.anyio

TEMPO = 128.0
SOON = 30.0
"""Seconds after which what is waited for will not happen any more."""
HEAD = (
    b'--between\r\nContent-Disposition: form-data; name="name"\r\n\r\nA\r\n'
    b'--between\r\nContent-Disposition: form-data; name="file"\r\n\r\n'
)
TAIL = b"\r\n--between--\r\n"
FORM = "multipart/form-data; boundary=between"
MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """One loop for the file."""
    return "asyncio"


@pytest.fixture(scope="module")
async def server(
    stores: Stores, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Server]:
    folder = tmp_path_factory.mktemp("served")
    data = folder / "data"
    async with serving(data, folder / "log", **await stores.environment(data)) as started:
        yield started


def arriving(server: Server) -> list[Path]:
    """Files on their way."""
    return list((server.data / "work").rglob("arrived"))


async def test_what_is_brought_is_heard_found_planned_and_removed(
    server: Server, stores: Stores, tmp_path: Path
) -> None:
    clip, sound = tmp_path / "clip.mp4", tmp_path / "song.flac"
    footage.danced_film(clip, TEMPO)
    footage.played_song(sound, TEMPO)
    async with server.client() as client:
        songs = await client.post(
            "/api/songs",
            data={"title": "Noche", "artist": "Nadie"},
            files={"file": ("x.exe", sound.read_bytes(), "text/plain")},
        )
        moves = await client.post(
            "/api/moves",
            data={"name": "Básico", "label": "basic"},
            files={"file": ("x", clip.read_bytes())},
        )
        assert (songs.status_code, moves.status_code) == (201, 201), (songs.text, moves.text)
        move = moves.json()
        assert move["id"] == "basico"
        assert move["tempo"] == pytest.approx(TEMPO, rel=0.01)
        assert len(move["beats"]) >= 15
        address = songs.headers["location"]

        async def has_beats() -> bool:
            return (await client.get(address)).json()["tempo"] is not None

        await until(has_beats, within=SOON)
        result = (await client.post("/api/moves/search", json={"words": "basico"})).json()
        near = (await client.post("/api/moves/search", json={"song_id": "noche"})).json()
        plan = await client.post("/api/choreography/plan", json={"song_id": "noche"})
        part = await client.get("/api/moves/basico/clip", headers={"Range": "bytes=0-99"})
        gone = [await client.delete(each) for each in ("/api/moves/basico", "/api/songs/noche")]

    assert [item["move"]["id"] for item in result["items"]] == ["basico"]
    assert near["items"][0]["score"] > 0.5
    assert (near["warnings"], result["items"][0]["score"] > 0.1) == ([], True)
    assert plan.status_code == 200, plan.text
    assert {each["clip_id"] for each in plan.json()["moves"]} == {"basico"}
    assert plan.json()["generation_parameters"]["quality"]["steps_on_the_beat"] > 0.9
    assert (part.status_code, part.content) == (206, clip.read_bytes()[:100])
    assert part.headers["content-type"] == "video/mp4"
    assert [answer.status_code for answer in gone] == [204, 204]
    left = await stores.media(server.data)
    assert [path for path in left if path.startswith(("clips/", "songs/"))] == []


async def test_a_client_that_hangs_up_half_way_leaves_nothing(server: Server) -> None:
    _, writer = await connected(server, 50 * MEGABYTE)
    writer.write(HEAD + bytes(3 * MEGABYTE))
    await writer.drain()
    await until(lambda: arriving(server) != [], within=SOON)
    writer.close()
    await until(lambda: arriving(server) == [], within=SOON)
    await until(lambda: 499 in [line.get("status") for line in server.lines()], within=SOON)
    async with server.client() as client:
        assert (await client.get("/api/moves")).json()["items"] == []


async def test_who_announces_too_much_is_refused_before_it_is_sent(server: Server) -> None:
    reader, writer = await connected(server, 600 * MEGABYTE, "Expect: 100-continue")
    async with asyncio.timeout(SOON):
        answer = await reader.readuntil(b"\r\n\r\n")
    writer.close()

    assert answer.startswith(b"HTTP/1.1 413")
    assert arriving(server) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how much memory was used")
async def test_a_large_file_is_never_in_memory(server: Server) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield HEAD
        for _ in range(150):
            yield bytes(MEGABYTE)
        yield TAIL

    async with server.client() as client:
        await client.get("/api/moves")
        before = most_memory(server)
        answer = await client.post("/api/moves", content=body(), headers={"Content-Type": FORM})

    assert answer.status_code == 415, answer.text
    assert most_memory(server) - before < 50 * MEGABYTE
    assert arriving(server) == []


def most_memory(server: Server) -> int:
    """Bytes of memory that the server has had at most."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    match_: Any = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(match_[1]) * 1024


async def connected(
    server: Server, length: int, *more: str
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection on which the head of an upload was sent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    lines = (
        "POST /api/moves HTTP/1.1",
        "Host: 127.0.0.1",
        f"Content-Type: {FORM}",
        f"Content-Length: {length}",
        *more,
    )
    writer.write("\r\n".join((*lines, "", "")).encode())
    await writer.drain()
    return reader, writer
