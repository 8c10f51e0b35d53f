"""A text becomes a video, as a new user would try it: upload, watch, stream, download, cancel."""

import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any
from uuid import uuid4

import av
import httpx
import pytest
from websockets.asyncio.client import connect

from tests.journeys.server import Server, serving, until, working

pytestmark = pytest.mark.anyio

TEXT = (
    "Bachata was born in the Dominican Republic.\n\nIts guitars sing of love.\n\n"
    "People dance it in pairs.\n\nToday the whole world dances it."
)
SOON = 120.0
"""Seconds after which a small video will not come any more."""


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """One loop for the file."""
    return "asyncio"


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Server]:
    folder = tmp_path_factory.mktemp("narrated")
    async with serving(folder / f"data-{uuid4().hex}", folder / "log") as opened:
        yield opened


async def submitted(client: httpx.AsyncClient, text: str, **options: Any) -> str:
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    stored = await client.post("/api/scripts/upload", content=text.encode(), headers=headers)
    assert stored.status_code == 201, stored.text
    body = {"script_id": stored.json()["script_id"], "quality": "low", **options}
    answer = await client.post("/api/videos/generate", json=body)
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


async def ended(client: httpx.AsyncClient, video_id: str) -> dict[str, Any]:
    await client.get(f"/api/tasks/{video_id}/events", timeout=SOON)
    return (await client.get(f"/api/videos/jobs/{video_id}/status")).json()


async def test_a_text_of_four_lines_becomes_a_video_of_the_requested_length(
    server: Server, tmp_path: Path
) -> None:
    async with server.client() as client:
        video_id = await submitted(client, TEXT, resolution="1280x720", duration=20)
        progress: list[int] = []
        async with connect(f"ws://127.0.0.1:{server.port}/ws/progress/{video_id}") as socket:
            async for message in socket:
                event = json.loads(message)
                progress += [event["progress"]] if "progress" in event else []
        assert progress == sorted(progress)
        assert progress[-1] == 100
        job = await ended(client, video_id)
        assert (job["status"], job["warnings"]) == ("completed", [])
        whole = await client.get(f"/api/videos/{video_id}/download")
        assert whole.headers["content-disposition"].startswith('attachment; filename="Bachata')
        part = await client.get(
            f"/api/videos/{video_id}/stream", headers={"Range": "bytes=100-199"}
        )
        assert (part.status_code, part.content) == (206, whole.content[100:200])
        poster = await client.get(f"/api/videos/{video_id}/poster")
        assert poster.content.startswith(b"\xff\xd8\xff")
        captions = (await client.get(f"/api/videos/{video_id}/captions.vtt")).text
    words = [line for line in captions.splitlines()[3:] if line and "-->" not in line]
    assert " ".join(words).split() == TEXT.split()
    file = tmp_path / "video.mp4"
    file.write_bytes(whole.content)
    with av.open(str(file)) as opened:
        video, audio = opened.streams.video[0], opened.streams.audio[0]
        assert (video.codec_context.name, audio.codec_context.name) == ("h264", "aac")
        assert (video.width, video.height, video.frames) == (1280, 720, 600)


async def test_the_same_in_spanish_and_upright(server: Server) -> None:
    text = "¿Quieres bailar este año?\n\nLa emoción es lo más importante."
    async with server.client() as client:
        video_id = await submitted(client, text, resolution="1080x1920", captions="burned")
        job = await ended(client, video_id)
        assert (job["status"], job["warnings"]) == ("completed", [])
        video = (await client.get(f"/api/videos/{video_id}")).json()
    assert (video["resolution"], video["title"]) == ("1080x1920", "¿Quieres bailar este año?")


async def test_a_video_that_is_cancelled_half_way_leaves_nothing(server: Server) -> None:
    long = "\n\n".join(f"This is the scene with the number {number}." for number in range(12))
    async with server.client() as client:
        video_id = await submitted(client, long, resolution="1280x720", duration=120, seed=9)
        await until(lambda: bool(working(server.data)), within=SOON)
        assert (await client.post(f"/api/videos/jobs/{video_id}/cancel")).status_code == 200
        job = await ended(client, video_id)
        assert (job["status"], job["video_url"]) == ("cancelled", None)
        answer = await client.get(f"/api/videos/{video_id}/stream")
        assert answer.status_code == 404
    await until(lambda: not working(server.data), within=SOON)
    assert list((server.data / "work").glob(f"*{video_id}*")) == []
    assert not (server.data / "media/output/user_local" / f"{video_id}.mp4").exists()
