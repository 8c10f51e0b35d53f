"""Everybody sees what they have stored, and administrators clean up what all have."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.memory.clock import MemoryClock
from adapters.memory.storage import MemoryStorage
from application.ports.disk import DiskSpace
from application.ports.storage import StoredFile
from domain.shared.errors import StorageFailed
from domain.storage.kinds import StorageKind
from domain.storage.quota import Quota
from entrypoints.settings import Settings
from tests.api.memory_backend import MemoryBackend, paths_of, problem_of
from tests.api.narrated import ended, made, submitted
from tests.api.test_callers import ANA, BRUNO, registered
from tests.world.pictures import png
from tests.world.stored import before
from tests.world.studio import media

pytestmark = pytest.mark.anyio

STORAGE = "/api/storage"
CLEANUP = "/api/storage/cleanup"
LONG = timedelta(days=40)


@pytest.fixture
def clock() -> MemoryClock:
    return MemoryClock()


@pytest.fixture
def backend(tmp_path: Path, clock: MemoryClock) -> MemoryBackend:
    return aged(MemoryBackend(tmp_path), clock)


def aged(backend: MemoryBackend, clock: MemoryClock) -> MemoryBackend:
    """The backend, whose storage has a clock of its own."""
    backend.storage = MemoryStorage(media(), now=clock.now)
    backend.ports = replace(backend.ports, storage=backend.storage)
    return backend


@pytest.fixture
async def client(backend: MemoryBackend) -> AsyncGenerator[httpx.AsyncClient]:
    async with backend.client() as opened:
        yield opened


async def clean_up(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    answer = await client.post(CLEANUP, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def by_kind(usage: httpx.Response) -> dict[str, tuple[int, int]]:
    assert usage.status_code == 200, usage.text
    return {each["kind"]: (each["files"], each["bytes"]) for each in usage.json()["kinds"]}


def made_files(backend: MemoryBackend) -> set[str]:
    starts = ("assets/clips/", "assets/audio/")
    return {path for path in backend.storage.objects if path.startswith(starts)}


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"kinds": ["films"]}, "$.kinds"),
        ({"kinds": []}, "$.kinds"),
        ({"kinds": "temp"}, "$.kinds"),
        ({"dry_run": "yes"}, "$.dry_run"),
        ({"force": True}, "$.force"),
        ([], "$"),
    ],
)
async def test_a_cleanup_of_something_else_is_refused(
    backend: MemoryBackend, client: httpx.AsyncClient, body: object, path: str
) -> None:
    there = dict(backend.storage.objects)
    problem = problem_of(await client.post(CLEANUP, json=body), 400)
    assert path in paths_of(problem)
    assert backend.storage.objects == there


async def test_a_body_that_is_no_json_cleans_nothing(client: httpx.AsyncClient) -> None:
    problem_of(await client.post(CLEANUP), 415)
    headers = {"Content-Type": "application/json"}
    problem_of(await client.post(CLEANUP, content=b"", headers=headers), 400)
    problem_of(await client.post(CLEANUP, content=b"{", headers=headers), 400)
    problem_of(await client.get(CLEANUP), 405)


class Away(MemoryStorage):
    """A storage that lists nothing."""

    async def files(self, folder: str) -> AsyncIterator[StoredFile]:
        if folder:
            raise StorageFailed("No answer.")
        yield StoredFile(path="", size=0, age=timedelta())


async def test_without_the_storage_nothing_is_told(backend: MemoryBackend) -> None:
    backend.ports = replace(backend.ports, storage=Away())
    async with backend.client() as client:
        for answer in (await client.get(STORAGE), await client.post(CLEANUP, json={})):
            assert problem_of(answer, 500)["code"] == "storage-failed"


async def test_users_see_their_own_and_administrators_all(
    tmp_path: Path, clock: MemoryClock
) -> None:
    settings = Settings(allowed_hosts="backend", auth="on", registration="open")
    backend = aged(MemoryBackend(tmp_path, settings), clock)
    async with backend.client() as client:
        ana, bruno = await registered(client, ANA), await registered(client, BRUNO)
        files = {"file": ("sea.png", png())}
        for headers in (ana, bruno):
            answer = await client.post("/api/media/assets", files=files, headers=headers)
            assert answer.status_code == 201
        problem = problem_of(await client.post(CLEANUP, json={}, headers=bruno), 403)
        assert problem["code"] == "forbidden"
        own = await client.get(STORAGE, headers=bruno)
        everybody = await client.get(STORAGE, headers=ana)
    one = len(png())
    assert by_kind(own) == {"videos": (0, 0), "images": (1, one), "audio": (0, 0)}
    assert (own.json()["disk"], own.json()["bytes"], own.json()["files"]) == (None, one, 1)
    assert all(each["policy"] is None for each in own.json()["kinds"])
    assert by_kind(everybody)["images"] == (2, 2 * one)
    assert set(by_kind(everybody)) == {each.value for each in StorageKind}
    sizes = [size for _, size in by_kind(everybody).values()]
    assert everybody.json()["bytes"] == sum(sizes)


async def test_the_usage_has_limits_times_and_the_disk(
    backend: MemoryBackend, client: httpx.AsyncClient
) -> None:
    usage = (await client.get(STORAGE)).json()
    space = DiskSpace(**usage["disk"])
    assert space == await backend.ports.disk.space()
    kinds = {each["kind"]: each for each in usage["kinds"]}
    assert kinds["temp"]["policy"] == {
        "max_age_days": 30,
        "max_size_mb": None,
        "preserve_completed_videos": True,
    }
    assert kinds["stock"]["files"] == len(media())
    assert all(each["last_cleanup"] is None for each in usage["kinds"])
    await clean_up(client, kinds=["temp"])
    kinds = {each["kind"]: each for each in (await client.get(STORAGE)).json()["kinds"]}
    assert [name for name, each in kinds.items() if each["last_cleanup"]] == ["temp"]


async def test_what_a_deleted_video_was_made_of_goes_after_its_days(
    backend: MemoryBackend, client: httpx.AsyncClient, clock: MemoryClock
) -> None:
    video = await made(client)
    assert video["status"] == "completed"
    parts = made_files(backend)
    assert len(parts) > 1
    clock.advance(LONG)
    assert (await clean_up(client))["files"] == []
    assert (await client.delete(f"/api/videos/{video['id']}")).status_code == 204
    rehearsal = await clean_up(client, dry_run=True)
    assert made_files(backend) == parts
    cleanup = await clean_up(client)
    assert {each["path"] for each in cleanup["files"]} == parts
    assert rehearsal == cleanup | {"dry_run": True}
    assert {each["reason"] for each in cleanup["files"]} == {"too_old"}
    assert made_files(backend) == set()
    assert cleanup["bytes"] == sum(each["size"] for each in cleanup["files"])


async def test_a_cleanup_beside_a_job_that_is_about_to_use_old_files_leaves_them(
    backend: MemoryBackend, clock: MemoryClock
) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        begun.set()
        await asyncio.wait_for(go_on.wait(), 60)

    blueprints = before(backend.ports.blueprints, "keep", 2, hold)
    backend.ports = replace(backend.ports, blueprints=blueprints)
    async with backend.client() as client:
        first = await made(client)
        parts = {path: backend.storage.objects[path] for path in made_files(backend)}
        assert (await client.delete(f"/api/videos/{first['id']}")).status_code == 204
        clock.advance(LONG)
        second = await submitted(client)
        await asyncio.wait_for(begun.wait(), 60)
        assert (await clean_up(client))["files"] == []
        go_on.set()
        assert (await ended(client, second))["status"] == "completed"
        assert (await clean_up(client))["files"] == []
        assert {path: backend.storage.objects[path] for path in made_files(backend)} == parts


async def test_administrators_see_what_counts_in_all_and_users_what_counts_of_theirs(
    tmp_path: Path, clock: MemoryClock
) -> None:
    settings = Settings(
        allowed_hosts="backend",
        auth="on",
        registration="open",
        quota_mb=3,
        quota_files=7,
        quota_total_mb=9,
    )
    backend = aged(MemoryBackend(tmp_path, settings), clock)
    async with backend.client() as client:
        ana, bruno = await registered(client, ANA), await registered(client, BRUNO)
        user = (await client.get("/api/auth/me", headers=bruno)).json()["id"]
        await backend.stored_files.settle("songs/a", None, 100)
        await backend.stored_files.settle(f"output/user_{user}/a.mp4", user, 20)
        await backend.stored_files.reserve(f"output/user_{user}/b.mp4", user, 3, Quota())
        own = (await client.get(STORAGE, headers=bruno)).json()["quota"]
        all_together = (await client.get(STORAGE, headers=ana)).json()["quota"]
    assert own == {
        "bytes": 23,
        "reserved_bytes": 3,
        "files": 2,
        "max_bytes": 3_000_000,
        "max_files": 7,
    }
    assert all_together == {
        "bytes": 123,
        "reserved_bytes": 3,
        "files": 3,
        "max_bytes": 9_000_000,
        "max_files": None,
    }


async def test_without_limits_there_is_no_number(client: httpx.AsyncClient) -> None:
    quota = (await client.get(STORAGE)).json()["quota"]
    assert (quota["max_bytes"], quota["max_files"]) == (None, None)
