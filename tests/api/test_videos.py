"""The routes of finished videos: list, details, files, cancellation, removal."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from domain.shared.errors import StorageFailed
from tests.api.memory_backend import MemoryBackend, document, failing, problem_of
from tests.api.narrated import TEXT, ended, made, submitted
from tests.api.test_leaving import PATIENCE, Stuck

pytestmark = pytest.mark.anyio

VIDEOS = "/api/videos"


@pytest.fixture
def backend(tmp_path: Path) -> MemoryBackend:
    return MemoryBackend(tmp_path)


@pytest.fixture
async def client(backend: MemoryBackend) -> AsyncGenerator[httpx.AsyncClient]:
    async with backend.client() as opened:
        yield opened


@pytest.mark.parametrize(
    "path", ["", "/stream", "/download", "/poster", "/captions.vtt"], ids=lambda each: each or "/"
)
async def test_an_unknown_video_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(f"{VIDEOS}/{uuid4()}{path}")
    assert problem_of(answer, 404)["code"] == "video-not-found"


async def test_videos_of_both_kinds_are_listed_the_newest_first(client: httpx.AsyncClient) -> None:
    dance = (await client.post("/api/choreography/assemble", json=document())).json()["task_id"]
    scripts = [(await made(client))["id"] for _ in range(2)]
    first = (await client.get(VIDEOS, params={"limit": 2})).json()
    rest = (await client.get(VIDEOS, params={"cursor": first["next_cursor"]})).json()
    listed = [*first["items"], *rest["items"]]
    assert [each["video_id"] for each in listed] == [*reversed(scripts), dance]
    assert [each["kind"] for each in listed] == ["script", "script", "choreography"]
    assert rest["next_cursor"] is None


@pytest.mark.parametrize("cursor", ["!", "eA==", "MjAyNiB4", "MjAyNi0wMS0wMSB4"])
async def test_a_wrong_cursor_is_refused(client: httpx.AsyncClient, cursor: str) -> None:
    problem_of(await client.get(VIDEOS, params={"cursor": cursor}), 400)


async def test_a_finished_video_tells_where_everything_is(client: httpx.AsyncClient) -> None:
    job = await made(client)
    video = (await client.get(f"{VIDEOS}/{job['id']}")).json()
    assert (video["status"], video["title"]) == ("completed", "Hola a todos.")
    assert video["resolution"] == "1920x1080"
    for name in ("url", "download_url", "poster_url", "captions_url"):
        answer = await client.get(video[name])
        assert answer.status_code == 200, name
        head = await client.head(video[name])
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == str(len(answer.content))
    assert video["file_size"] == len((await client.get(video["url"])).content)


async def test_captions_are_the_author_s_words(client: httpx.AsyncClient) -> None:
    job = await made(client)
    answer = await client.get(f"{VIDEOS}/{job['id']}/captions.vtt")
    assert answer.headers["content-type"].startswith("text/vtt")
    lines = [line for line in answer.text.splitlines() if line and "-->" not in line]
    assert " ".join(lines[2:]).split() == TEXT.split()
    known = {"If-None-Match": answer.headers["etag"]}
    again = await client.get(f"{VIDEOS}/{job['id']}/captions.vtt", headers=known)
    assert (again.status_code, again.content) == (304, b"")


async def test_a_video_without_captions_has_none(client: httpx.AsyncClient) -> None:
    job = await made(client, captions="none")
    assert (await client.get(f"{VIDEOS}/{job['id']}")).json()["captions_url"] is None
    problem_of(await client.get(f"{VIDEOS}/{job['id']}/captions.vtt"), 404)


async def test_a_video_is_saved_under_its_title(client: httpx.AsyncClient) -> None:
    job = await made(client, '---\ntitle: ¿Qué\tes "bachata"?\n---\nHola.\n\nAdiós.')
    answer = await client.get(f"{VIDEOS}/{job['id']}/download")
    name = answer.headers["content-disposition"]
    assert name.startswith('attachment; filename="')
    assert "%C2%BFQu%C3%A9" in name


async def test_a_video_that_is_being_made_is_told_with_202(backend: MemoryBackend) -> None:
    stuck = Stuck(backend.ports.scene_encoder, "encode")
    backend.ports = replace(backend.ports, scene_encoder=stuck)
    async with backend.client() as waiting:
        job_id = await submitted(waiting)
        async with asyncio.timeout(PATIENCE):
            await stuck.begun.wait()
        answer = await waiting.get(f"{VIDEOS}/{job_id}")
        assert (answer.status_code, answer.json()["status"]) == (202, "generating")
        status = (await waiting.get(f"{VIDEOS}/jobs/{job_id}/status")).json()
        assert status["status"] == "media_generation"
        assert 20 <= status["progress_percentage"] < 80
        problem = problem_of(await waiting.delete(f"{VIDEOS}/{job_id}"), 409)
        assert problem["code"] == "video-in-progress"
        problem_of(await waiting.get(f"{VIDEOS}/{job_id}/poster"), 404)
        cancelled = await waiting.post(f"{VIDEOS}/jobs/{job_id}/cancel")
        assert cancelled.status_code == 200
        job = await ended(waiting, job_id)
        assert (job["status"], job["video_url"]) == ("cancelled", None)
        again = await waiting.post(f"{VIDEOS}/jobs/{job_id}/cancel")
        assert problem_of(again, 409)["code"] == "job-ended"
    assert backend.left_behind() == []


async def test_a_cancellation_of_nothing_is_not_found(client: httpx.AsyncClient) -> None:
    answer = await client.post(f"{VIDEOS}/jobs/{uuid4()}/cancel")
    assert problem_of(answer, 404)["code"] == "job-not-found"


async def test_of_a_removed_video_nothing_is_left(
    client: httpx.AsyncClient, backend: MemoryBackend
) -> None:
    dance = (await client.post("/api/choreography/assemble", json=document())).json()["task_id"]
    for video_id in ((await made(client))["id"], dance):
        path = backend.final(UUID(video_id)).output_path
        assert (await client.delete(f"{VIDEOS}/{video_id}")).status_code == 204
        assert path not in backend.storage.objects
        problem_of(await client.get(f"{VIDEOS}/{video_id}"), 404)
        problem_of(await client.get(f"/api/choreography/{video_id}/blueprint"), 404)
        problem_of(await client.delete(f"{VIDEOS}/{video_id}"), 404)
    assert (await client.get(VIDEOS)).json()["items"] == []


async def test_a_video_whose_file_cannot_be_deleted_is_gone_for_its_owner(
    backend: MemoryBackend,
) -> None:
    async with backend.client() as client:
        job = await made(client)
    backend.ports = replace(
        backend.ports, storage=failing(backend.ports.storage, delete=StorageFailed())
    )
    async with backend.client() as client:
        problem_of(await client.delete(f"{VIDEOS}/{job['id']}"), 500)
        problem_of(await client.get(f"{VIDEOS}/{job['id']}"), 404)
        assert (await client.get(VIDEOS)).json()["items"] == []
