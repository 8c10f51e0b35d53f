"""Quotas: room is held before work begins, and the counts follow the files whatever happens."""

import asyncio
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from adapters.memory.storage import MemoryStorage
from adapters.memory.stored_files import MemoryStoredFiles
from application.ports.storage import Storage
from application.ports.stored_files import CountedFile, StoredFiles
from application.quotas.counted_storage import CountedStorage
from application.quotas.recount_files import OLD, Recount, RecountFiles
from application.quotas.reservations import Reservations
from application.rendering.film_room import FilmRoom
from domain.rendering.assembly import State
from domain.shared.errors import DiskFull, MediaTaken, NotReady, StorageFailed
from domain.storage.quota import Quota, QuotaExceeded, Usage
from entrypoints.settings import Settings
from tests.api.memory_backend import MemoryBackend, document, failing, problem_of
from tests.api.narrated import ended, made, uploaded
from tests.world.pictures import png

pytestmark = pytest.mark.anyio

FILM = "output/user_ana/a.mp4"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / "source"
    file.write_bytes(bytes(600_000))
    return file


@pytest.fixture
def stored_files() -> MemoryStoredFiles:
    return MemoryStoredFiles()


def counted(
    stored_files: StoredFiles, storage: Storage | None = None, quota: Quota | None = None
) -> CountedStorage:
    return CountedStorage(storage or MemoryStorage(), stored_files, quota or Quota(megabytes=1))


async def test_a_file_without_room_is_not_stored(
    source: Path, stored_files: MemoryStoredFiles
) -> None:
    memory = MemoryStorage()
    storage = counted(stored_files, memory)
    await storage.put(source, FILM)
    with pytest.raises(QuotaExceeded):
        await storage.put(source, "output/user_ana/b.mp4")
    # The files of another caller and of all have their own room.
    await storage.put(source, "output/user_bruno/a.mp4")
    await storage.put(source, "songs/a")
    await storage.put(source, "cache/a")
    assert sorted(memory.objects) == [
        "cache/a",
        FILM,
        "output/user_bruno/a.mp4",
        "songs/a",
    ]
    assert await stored_files.usage(None) == Usage(size=1_800_000, files=3)
    await storage.delete(FILM)
    await storage.delete(FILM)
    await storage.put(source, "output/user_ana/b.mp4")


async def test_a_file_whose_place_was_reserved_is_stored_even_if_it_became_larger(
    source: Path, stored_files: MemoryStoredFiles
) -> None:
    await stored_files.reserve(FILM, "ana", 900_000, Quota(megabytes=1))
    await stored_files.settle("output/user_ana/b.mp4", "ana", 700_000)
    await counted(stored_files).put(source, FILM)
    assert await stored_files.usage("ana") == Usage(size=1_300_000, files=2)


async def test_a_path_that_is_taken_counts_once(
    source: Path, stored_files: MemoryStoredFiles
) -> None:
    storage = counted(stored_files)
    await storage.put(source, FILM)
    with pytest.raises(MediaTaken):
        await storage.put(source, FILM)
    assert await stored_files.usage("ana") == Usage(size=600_000, files=1)


@pytest.mark.parametrize("error", [StorageFailed(), DiskFull()])
async def test_a_file_that_may_be_stored_in_spite_of_an_error_counts_until_it_is_known(
    error: StorageFailed, source: Path, stored_files: MemoryStoredFiles
) -> None:
    broken = failing(MemoryStorage(), put=error)
    with pytest.raises(type(error)):
        await counted(stored_files, broken).put(source, FILM)
    assert await stored_files.usage("ana") == Usage(size=600_000, files=1, reserved=600_000)


async def test_a_database_that_fails_after_a_file_was_stored_or_deleted_does_not_undo_it(
    source: Path, stored_files: MemoryStoredFiles
) -> None:
    memory = MemoryStorage()
    broken = failing(stored_files, settle=NotReady(), release=NotReady())
    storage = counted(broken, memory)
    await storage.put(source, FILM)
    await storage.put(source, "songs/a")
    await storage.delete(FILM)
    assert sorted(memory.objects) == ["songs/a"]


async def test_a_cancelled_put_is_counted_if_the_file_is_there(
    source: Path, stored_files: MemoryStoredFiles
) -> None:
    for pauses in range(8):
        memory = MemoryStorage()
        path = f"output/user_ana/{pauses}.mp4"
        storage = counted(stored_files, memory, Quota())
        task = asyncio.create_task(storage.put(source, path))
        for _ in range(pauses):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task})
        counts = {each.path for each in await stored_files.page(None, 99)}
        assert set(memory.objects) <= counts


class Lasting(MemoryStoredFiles):
    """Counts whose entries are all as old as the recount waits for."""

    async def page(self, after: str | None, most: int) -> tuple[CountedFile, ...]:
        entries = await super().page(after, most)
        return tuple(msgspec.structs.replace(each, age=OLD) for each in entries)


async def test_a_recount_finds_what_is_there_and_forgets_what_is_not(source: Path) -> None:
    memory, stored_files = MemoryStorage(), Lasting()
    for path in (FILM, "songs/a", "assets/images/ana/a.jpg", "clips/a", "cache/a"):
        await memory.put(source, path)
    await stored_files.settle(FILM, "ana", 1)
    await stored_files.reserve("songs/a", None, 5, Quota())
    await stored_files.reserve("output/user_ana/died.mp4", "ana", 5, Quota())
    await stored_files.settle("output/user_ana/gone.mp4", "ana", 5)
    recount = RecountFiles(memory, stored_files)
    assert await recount() == Recount(added=4, removed=2)
    assert await stored_files.usage("ana") == Usage(size=1_200_000, files=2)
    assert await stored_files.usage(None) == Usage(size=2_400_000, files=4)
    assert await recount() == Recount()


async def test_a_recount_leaves_young_reservations_and_goes_on_after_a_failure(
    source: Path,
) -> None:
    memory, young = MemoryStorage(), MemoryStoredFiles()
    await young.reserve(FILM, "ana", 5, Quota())
    assert await RecountFiles(memory, young)() == Recount()
    assert (await young.usage("ana")).reserved == 5
    await memory.put(source, "songs/a")
    await memory.put(source, "songs/b")
    broken = failing(young, settle=StorageFailed())
    assert await RecountFiles(memory, broken)() == Recount()
    assert await RecountFiles(memory, young)() == Recount(added=2)


def limited(tmp_path: Path, quota_mb: int = 0, quota_files: int = 0) -> MemoryBackend:
    settings = Settings(allowed_hosts="backend", quota_mb=quota_mb, quota_files=quota_files)
    return MemoryBackend(tmp_path, settings)


async def test_a_film_without_room_is_refused_before_work_and_made_once_there_is_room(
    tmp_path: Path,
) -> None:
    backend = limited(tmp_path, quota_files=1)
    async with backend.client() as client:
        first = (await client.post("/api/choreography/assemble", json=document())).json()
        refused = problem_of(await client.post("/api/choreography/assemble", json=document()), 507)
        assert refused["code"] == "quota-exceeded"
        assert "BACHATA_QUOTA_FILES" in refused["detail"]
        # Refused at once, it left no task.
        assert set(backend.tasks.history) == {UUID(first["task_id"])}
        await client.delete(f"/api/videos/{first['video_id']}")
        assert (await client.post("/api/choreography/assemble", json=document())).is_success
    assert (await backend.stored_files.usage("local")).files == 1


async def test_films_at_once_get_no_more_room_than_there_is(tmp_path: Path) -> None:
    backend = limited(tmp_path, quota_files=2)
    async with backend.client() as client:
        posts = (client.post("/api/choreography/assemble", json=document()) for _ in range(6))
        answers = await asyncio.gather(*posts)
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [200, 200, 507, 507, 507, 507]
    assert {a.json()["code"] for a in answers if a.status_code == 507} == {"quota-exceeded"}
    assert await backend.stored_files.usage("local") == Usage(
        size=sum(len(file) for path, file in backend.storage.objects.items() if "output/" in path),
        files=2,
    )
    assert not backend.left_behind()


async def test_a_film_that_fails_gives_its_room_back(tmp_path: Path) -> None:
    backend = limited(tmp_path)
    backend.ports = replace(
        backend.ports, encoder=failing(backend.ports.encoder, add_audio=StorageFailed())
    )
    async with backend.client() as client:
        problem_of(await client.post("/api/choreography/assemble", json=document()), 500)
    assert await backend.stored_files.usage("local") == Usage()


async def test_a_film_that_cannot_be_stored_gives_its_room_back(tmp_path: Path) -> None:
    backend = limited(tmp_path)
    backend.ports = replace(backend.ports, storage=failing(backend.storage, put=DiskFull()))
    async with backend.client() as client:
        problem_of(await client.post("/api/choreography/assemble", json=document()), 507)
    assert await backend.stored_files.usage("local") == Usage()


async def test_a_film_that_became_too_large_for_the_quota_meanwhile_fails_by_name(
    tmp_path: Path,
) -> None:
    backend = limited(tmp_path, quota_mb=1)
    await backend.stored_files.settle("output/user_local/large.mp4", "local", 999_000)
    async with backend.client() as client:
        body = problem_of(await client.post("/api/choreography/assemble", json=document()), 507)
    assert body["code"] == "quota-exceeded"
    assert body["stage"] == "fetching"
    assert (await backend.stored_files.usage("local")).files == 1
    [task_id] = backend.tasks.history
    assert backend.final(task_id).state is State.FAILED


async def test_the_room_of_attempts_that_died_is_given_to_the_next(tmp_path: Path) -> None:
    backend = limited(tmp_path)
    files, quota = backend.stored_files, Quota(files=1)
    room = FilmRoom(backend.workspace, Reservations(files, quota))
    async with room.holding(FILM, 1, 100):
        pass
    async with room.holding(FILM, 2, 100):
        assert [each.path for each in await files.page(None, 9)] == [
            "output/user_ana/a.attempt-2.mp4"
        ]


async def test_a_narrated_video_holds_its_room_before_its_voices_are_made(tmp_path: Path) -> None:
    backend = limited(tmp_path, quota_mb=1)
    await backend.stored_files.settle("output/user_local/large.mp4", "local", 999_000)
    async with backend.client() as client:
        job = await made(client)
    assert job["status"] == "failed"
    assert "BACHATA_QUOTA_MB" in job["error_message"]
    assert not [path for path in backend.storage.objects if path.startswith("assets/")]
    assert (await backend.stored_files.usage("local")).files == 1


async def test_an_upload_without_room_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    backend = limited(tmp_path, quota_files=1)
    async with backend.client() as client:
        for name, status in (("beach", 201), ("sea", 507)):
            answer = await client.post(
                "/api/media/assets", files={"file": (f"{name}.png", png(), "image/png")}
            )
            assert answer.status_code == status
        assert problem_of(answer, 507)["code"] == "quota-exceeded"
        assert len((await client.get("/api/media/assets")).json()["items"]) == 1
    assert len([path for path in backend.storage.objects if path.startswith("assets/")]) == 1


async def test_a_repeated_request_gets_its_film_even_if_there_is_no_room_for_another(
    tmp_path: Path,
) -> None:
    backend = limited(tmp_path, quota_files=1)
    body, headers = document(), {"Idempotency-Key": "monday"}
    async with backend.client() as client:
        answers = [
            await client.post("/api/choreography/assemble", json=body, headers=headers)
            for _ in range(2)
        ]
        script = await uploaded(client)
        refused = await client.post("/api/videos/generate", json={"script_id": script})
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert problem_of(refused, 507)["code"] == "quota-exceeded"
    # Refused at once, the video has left no record.
    assert len(backend.tasks.history) == 1


async def test_a_repeated_request_for_a_narrated_video_gets_its_job(tmp_path: Path) -> None:
    backend = limited(tmp_path, quota_files=1)
    async with backend.client() as client:
        body, headers = {"script_id": await uploaded(client)}, {"Idempotency-Key": "monday"}
        first = await client.post("/api/videos/generate", json=body, headers=headers)
        await ended(client, first.json()["id"])
        again = await client.post("/api/videos/generate", json=body, headers=headers)
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json()["id"] == first.json()["id"]
