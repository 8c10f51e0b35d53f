"""A Blueprint is played before, or without, its film."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest

from adapters.memory.encoder import Reel
from domain.rendering.assembly import Assembly, State
from domain.rendering.hls_playlist import Kind
from domain.shared.errors import FFmpegFailed
from tests.api.asgi import Exchange
from tests.api.memory_backend import (
    ASSEMBLE,
    MemoryBackend,
    document,
    failing,
    folder_of,
    problem_of,
)
from tests.world.studio import CLIPS, SONG, blueprint

pytestmark = pytest.mark.anyio

PATIENCE = 10.0
"""Seconds after which a test that should have ended long ago is broken."""


def preview_of(task_id: object) -> str:
    return f"/api/choreography/{task_id}/preview"


def names(playlist: str) -> list[str]:
    return [line for line in playlist.splitlines() if line and not line.startswith("#")]


async def stored_task(backend: MemoryBackend, owner: str = "local") -> UUID:
    """A task with a Blueprint, that nobody has begun to work on."""
    task_id, now = uuid4(), backend.ports.clock.now()
    task = Assembly(task_id=task_id, owner=owner, created_at=now, updated_at=now)
    await backend.ports.tasks.add(task)
    await backend.ports.blueprints.keep(blueprint(task_id, list(CLIPS)))
    return task_id


async def get(client: httpx.AsyncClient, address: str) -> httpx.Response:
    answer = await client.get(address)
    assert answer.status_code == 200, answer.text
    return answer


async def frames_of(client: httpx.AsyncClient, task_id: object) -> list[tuple[str, int]]:
    """Every frame that a player sees who begins with the main playlist."""
    main = httpx.URL(f"http://backend{preview_of(task_id)}.m3u8")
    [picture] = names((await get(client, str(main))).text)
    address = main.join(picture)
    segments = names((await get(client, str(address))).text)
    parts = [(await get(client, str(address.join(name)))).content for name in segments]
    return [frame for part in parts for frame in msgspec.json.decode(part, type=Reel).frames]


async def test_a_task_without_a_film_is_played(
    client: httpx.AsyncClient, backend: MemoryBackend
) -> None:
    task_id = await stored_task(backend)

    frames = await frames_of(client, task_id)

    assert frames == [
        (clip, 30 * first + number) for first, clip in enumerate(CLIPS) for number in range(60)
    ]
    assert backend.left_behind() == []


async def test_the_preview_shows_the_films_own_frames(client: httpx.AsyncClient) -> None:
    film = (await client.post(ASSEMBLE, json=document())).json()
    watched = msgspec.json.decode((await get(client, film["video_url"])).content, type=Reel)

    assert await frames_of(client, film["task_id"]) == list(watched.frames)


async def test_a_task_that_failed_is_played(tmp_path: Path) -> None:
    backend = MemoryBackend(tmp_path)
    backend.ports = replace(
        backend.ports, encoder=failing(backend.ports.encoder, concatenate=FFmpegFailed())
    )
    body = document()
    async with backend.client() as client:
        problem_of(await client.post(ASSEMBLE, json=body), 500)

        assert len(await frames_of(client, body["task_id"])) == 180

    assert backend.final(UUID(body["task_id"])).state is State.FAILED
    assert backend.left_behind() == []


async def test_a_film_that_is_gone_is_played(
    client: httpx.AsyncClient, backend: MemoryBackend
) -> None:
    film = (await client.post(ASSEMBLE, json=document())).json()
    path = backend.final(UUID(film["task_id"])).output_path
    assert path is not None
    await backend.storage.delete(path)

    assert len(await frames_of(client, film["task_id"])) == 180


async def test_the_playlists_need_no_media(tmp_path: Path) -> None:
    backend = MemoryBackend(tmp_path)
    backend.storage.objects.clear()
    async with backend.client() as client:
        address = await folder_of(client, await stored_task(backend))
        for kind in Kind:
            await get(client, f"{address}/{kind}.m3u8")
            for name in ("init.mp4", "0.m4s"):
                problem = problem_of(await client.get(f"{address}/{kind}/{name}"), 404)
                assert problem["code"] == "media-not-found"
                assert (SONG if kind is Kind.SOUND else CLIPS[0]) in problem["error"]
    assert backend.left_behind() == []


async def test_what_is_sent_says_what_it_is(
    client: httpx.AsyncClient, backend: MemoryBackend
) -> None:
    task_id = await stored_task(backend)
    address = await folder_of(client, task_id)
    playlist, segment = "application/vnd.apple.mpegurl", "video/iso.segment"
    for name, kind in {
        "/picture.m3u8": playlist,
        "/sound.m3u8": playlist,
        "/picture/init.mp4": "video/mp4",
        "/picture/2.m4s": segment,
        "/sound/init.mp4": "video/mp4",
        "/sound/2.m4s": segment,
    }.items():
        answer = await get(client, address + name)
        assert answer.headers["content-type"].partition(";")[0] == kind
    main = await get(client, f"{preview_of(task_id)}.m3u8")
    assert main.headers["content-type"].partition(";")[0] == playlist


async def test_every_address_in_the_playlists_is_relative(
    client: httpx.AsyncClient, backend: MemoryBackend
) -> None:
    task_id = await stored_task(backend)
    folder = await folder_of(client, task_id)
    lists = (preview_of(task_id), f"{folder}/picture", f"{folder}/sound")
    texts = [(await get(client, f"{each}.m3u8")).text for each in lists]

    assert not any("://" in text or '"/' in text or "\n/" in text for text in texts)
    version = folder.rpartition("/")[2]
    assert names(texts[0]) == [f"preview/{version}/picture.m3u8"]
    assert f'URI="preview/{version}/sound.m3u8"' in texts[0]
    assert names(texts[1]) == ["picture/0.m4s", "picture/1.m4s", "picture/2.m4s"]
    assert 'URI="sound/init.mp4"' in texts[2]


@pytest.mark.parametrize(
    "end",
    [
        "/subtitles.m3u8",
        "/picture",
        "/PICTURE.m3u8",
        "/picture/3.m4s",
        "/sound/3.m4s",
        "/picture/-1.m4s",
        "/picture/01.m4s",
        "/picture/99999999999999999999.m4s",
        "/picture/1.mp4",
        "/picture/\u0661.m4s",
        "/subtitles/0.m4s",
    ],
)
async def test_what_the_preview_has_not_is_not_found(
    client: httpx.AsyncClient, backend: MemoryBackend, end: str
) -> None:
    folder = await folder_of(client, await stored_task(backend))
    problem = problem_of(await client.get(folder + end), 404)
    assert problem["code"] == "segment-not-found"


V = "/0123456789abcdef"
"""A version, if not that of now."""
ADDRESSES = [
    ".m3u8",
    f"{V}/picture.m3u8",
    f"{V}/sound/init.mp4",
    f"{V}/picture/0.m4s",
    f"{V}/no/such.m4s",
    "/picture/0.m4s",
]


@pytest.mark.parametrize("end", ADDRESSES)
async def test_somebody_elses_preview_is_not_found(
    client: httpx.AsyncClient, backend: MemoryBackend, end: str
) -> None:
    for task_id in (await stored_task(backend, owner="somebody"), uuid4()):
        problem = problem_of(await client.get(preview_of(task_id) + end), 404)
        assert problem["code"] == "task-not-found"


@pytest.mark.parametrize("end", ADDRESSES)
async def test_a_task_without_a_blueprint_has_no_preview(
    client: httpx.AsyncClient, backend: MemoryBackend, end: str
) -> None:
    task_id, now = uuid4(), backend.ports.clock.now()
    task = Assembly(task_id=task_id, owner="local", created_at=now, updated_at=now)
    await backend.ports.tasks.add(task)

    problem = problem_of(await client.get(preview_of(task_id) + end), 404)

    assert problem["code"] == "blueprint-not-found"


async def test_the_work_on_a_segment_ends_when_the_client_leaves(tmp_path: Path) -> None:
    backend = MemoryBackend(tmp_path)
    begun, stopped = asyncio.Event(), asyncio.Event()

    class Stuck:
        async def version(self, *_: object) -> str:
            return "stuck"

        async def part(self, *_: object) -> bytes:
            begun.set()
            try:
                await asyncio.Event().wait()
            finally:
                stopped.set()
            return b""

    backend.ports = replace(backend.ports, preview_streamer=cast(Any, Stuck()))
    async with backend.opened() as app, asyncio.timeout(PATIENCE):
        task_id = await stored_task(backend)
        main = Exchange("GET", f"{preview_of(task_id)}.m3u8")
        await main.run(app)
        [picture] = names(main.content.decode())
        segment = picture.replace(".m3u8", "/0.m4s")
        exchange = Exchange("GET", f"/api/choreography/{task_id}/{segment}")
        answering = asyncio.ensure_future(exchange.run(app))
        await begun.wait()
        assert backend.workspace.open

        exchange.leave.set()
        await answering

    assert stopped.is_set()
    assert exchange.status == 499
    assert backend.left_behind() == []
