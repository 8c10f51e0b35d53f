"""An answer may be kept for as long as the bytes of its address cannot become others."""

import re
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import cast
from uuid import UUID

import httpx
import pytest

from adapters.memory.preview_streamer import MemoryPreviewStreamer
from application.rendering import preview
from domain.blueprint.timeline import Timeline
from domain.rendering.hls_playlist import Kind, media_playlist
from tests.api.memory_backend import (
    ASSEMBLE,
    GENERATE,
    MemoryBackend,
    document,
    folder_of,
    problem_of,
)
from tests.api.narrated import GENERATE as GENERATE_VIDEO
from tests.api.narrated import ended, uploaded
from tests.world.pictures import png

pytestmark = pytest.mark.anyio

API = Path(__file__).resolve().parents[2] / "docs/API.md"
STAYS = "private, max-age=86400, immutable"
CHANGES = "private, no-cache"
NEVER = "no-store"
CLIP = "/api/moves/move-0/clip"


@pytest.fixture
async def backend(tmp_path: Path) -> MemoryBackend:
    memory_backend = MemoryBackend(tmp_path)
    await memory_backend.furnish()
    return memory_backend


@pytest.fixture
async def client(backend: MemoryBackend) -> AsyncGenerator[httpx.AsyncClient]:
    async with backend.client() as opened:
        yield opened


@pytest.fixture
async def task_id(client: httpx.AsyncClient) -> UUID:
    """A task with a film and a preview."""
    film = await client.post(ASSEMBLE, json=document())
    return UUID(film.json()["task_id"])


def cached(answer: httpx.Response) -> str:
    return answer.headers["cache-control"]


def preview_streamer(backend: MemoryBackend) -> MemoryPreviewStreamer:
    return cast(MemoryPreviewStreamer, backend.ports.preview_streamer)


def documented() -> dict[str, str]:
    """Cache-Control by route, as the document has it."""
    [table] = re.findall(r"<!-- caching -->\n(.*?)<!-- /caching -->", API.read_text(), re.DOTALL)
    return dict(re.findall(r"^\| `(?:[A-Z]+ )?(\S+)` \| `([^`]+)` \|", table, re.MULTILINE))


async def test_every_route_says_how_long_its_answer_may_be_kept(
    client: httpx.AsyncClient, task_id: UUID
) -> None:
    folder = await folder_of(client, task_id)
    routes = (await client.get("/schema/openapi.json")).json()["paths"]
    values = {"task_id": task_id, "video_id": task_id, "song_id": "song", "move_id": "move-0"}
    values |= {"version": folder.rpartition("/")[2], "playlist": "sound.m3u8"}
    values |= {"kind": "picture", "segment": "init.mp4"}
    issued = (await client.post("/api/webhooks", json={})).json()
    values |= {"webhook_id": issued["webhook"]["id"]}
    values |= {"job_id": (await client.post("/api/library/prepare", json={})).json()["job_id"]}

    files = {"file": ("sea.png", png())}
    values |= {"asset_id": (await client.post("/api/media/assets", files=files)).json()["asset_id"]}

    script_id = await uploaded(client)
    video = (await client.post(GENERATE_VIDEO, json={"script_id": script_id})).json()
    await ended(client, video["id"])
    values |= {"script_id": script_id, "video_id": video["id"]}

    by_path: dict[str, str] = {}
    for path in (path for path, item in routes.items() if "get" in item):
        answer = await client.get(path.format(**values))
        assert answer.status_code == 200, answer.text
        if cached(answer) != CHANGES or "etag" in answer.headers:
            by_path[path] = cached(answer)

    expected = documented()
    assert by_path == expected
    assert set(expected.values()) == {STAYS, CHANGES, NEVER}


async def test_what_refuses_is_asked_again(client: httpx.AsyncClient, task_id: UUID) -> None:
    folder = await folder_of(client, task_id)
    refused = [
        await client.get("/api/nothing"),
        await client.get("/api/moves/nobody/clip"),
        await client.get(f"/api/videos/{UUID(int=1)}/stream"),
        await client.get(f"/api/videos/{task_id}/stream", headers={"If-Match": '"other"'}),
        await client.get(f"/api/videos/{task_id}/stream", headers={"Range": "bytes=99999999-"}),
        await client.get(f"{folder}/picture/99.m4s"),
        await client.get("/health/live", headers={"Host": "elsewhere"}),
        await client.get("/health/live", headers={"Origin": "http://elsewhere"}),
        await client.post(GENERATE, json={}),
    ]

    assert [answer.status_code for answer in refused] == [
        404,
        404,
        404,
        412,
        416,
        404,
        421,
        403,
        400,
    ]
    assert {cached(answer) for answer in refused} == {CHANGES}


async def test_parts_and_what_is_known_say_it_too(client: httpx.AsyncClient, task_id: UUID) -> None:
    for address, expected in ((f"/api/videos/{task_id}/stream", STAYS), (CLIP, CHANGES)):
        whole = await client.head(address)
        part = await client.get(address, headers={"Range": "bytes=0-1"})
        unchanged = await client.get(address, headers={"If-None-Match": whole.headers["etag"]})

        assert [each.status_code for each in (whole, part, unchanged)] == [200, 206, 304]
        assert {cached(each) for each in (whole, part, unchanged)} == {expected}


async def test_another_clip_under_the_same_id_is_seen_at_once(
    client: httpx.AsyncClient, backend: MemoryBackend
) -> None:
    before = await client.get(CLIP)
    path = (await client.get("/api/moves/move-0")).json()["video_path"]
    backend.storage.objects[path] = other = before.content + b"another"

    after = await client.get(CLIP, headers={"If-None-Match": before.headers["etag"]})

    assert "no-cache" in cached(before)
    assert (after.status_code, after.content) == (200, other)
    assert after.headers["etag"] != before.headers["etag"]
    assert not after.headers["etag"].startswith("W/")


async def test_another_encoder_has_a_preview_at_another_address(
    client: httpx.AsyncClient, backend: MemoryBackend, task_id: UUID
) -> None:
    main = f"/api/choreography/{task_id}/preview.m3u8"
    before, first = await folder_of(client, task_id), await client.get(main)
    headers = {"If-None-Match": first.headers["etag"]}
    assert (await client.get(main, headers=headers)).status_code == 304

    preview_streamer(backend).maker = "another"

    after = await folder_of(client, task_id)
    assert after != before
    assert (await client.get(main, headers=headers)).status_code == 200
    for kind in Kind:
        for name in (f"{kind}.m3u8", f"{kind}/init.mp4", f"{kind}/1.m4s"):
            assert (await client.get(f"{after}/{name}")).status_code == 200
            problem = problem_of(await client.get(f"{before}/{name}"), 410)
            assert problem["code"] == "preview-outdated"
            assert "`preview.m3u8`" in problem["error"]

    preview_streamer(backend).maker = "memory"

    assert await folder_of(client, task_id) == before
    assert (await client.get(f"{before}/picture/1.m4s")).status_code == 200


async def test_what_another_encoder_made_meanwhile_is_not_given_out(
    client: httpx.AsyncClient,
    backend: MemoryBackend,
    task_id: UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder, part = await folder_of(client, task_id), preview_streamer(backend).part

    async def exchanged(*arguments: object) -> bytes:
        preview_streamer(backend).maker = "another"
        return await part(*arguments)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(backend.ports.preview_streamer, "part", exchanged)

    problem = problem_of(await client.get(f"{folder}/picture/0.m4s"), 410)
    assert problem["code"] == "preview-outdated"


async def test_segments_that_begin_elsewhere_are_at_another_address(
    client: httpx.AsyncClient,
    backend: MemoryBackend,
    task_id: UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = await folder_of(client, task_id)

    def one_more(kind: Kind, timeline: Timeline) -> str:
        return media_playlist(kind, timeline) + "#"

    monkeypatch.setattr(preview, "media_playlist", one_more)

    async with backend.client() as updated:
        assert await folder_of(updated, task_id) != before


@pytest.mark.parametrize("version", ["picture", "0123456789ABCDEF", "0" * 15, "0" * 17])
async def test_what_no_version_looks_like_is_not_found(
    client: httpx.AsyncClient, task_id: UUID, version: str
) -> None:
    address = f"/api/choreography/{task_id}/preview/{version}/picture.m3u8"
    assert problem_of(await client.get(address), 404)["code"] == "segment-not-found"
