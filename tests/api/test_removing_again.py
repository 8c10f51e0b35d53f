"""A removal that failed half-way is ended by the next one, wherever files are kept."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.memory import encoder
from adapters.memory.storage import MemoryStorage
from adapters.storage.local import LocalStorage
from adapters.storage.s3 import S3Storage
from adapters.storage.s3_client import S3Client
from application.ports.storage import Storage
from domain.shared.errors import NotReady, StorageFailed
from tests.api.memory_backend import MemoryBackend, failing, problem_of

pytestmark = pytest.mark.anyio

WHAT = ("/api/moves/move-0", "/api/songs/song")


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """One event loop for all tests here, so that they share a client."""
    return "asyncio"


@pytest.fixture(params=["memory", "local", pytest.param("s3", marks=pytest.mark.slow)])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    match request.param:
        case "memory":
            return MemoryStorage()
        case "local":
            return LocalStorage(tmp_path / "media")
        case _:
            client: S3Client = request.getfixturevalue("empty_client")
            return S3Storage(client)


async def files(storage: Storage) -> set[str]:
    return {each.path for folder in ("clips", "songs") async for each in storage.files(folder)}


@pytest.mark.parametrize("address", WHAT)
@pytest.mark.parametrize("port", ["storage", "library_files"])
async def test_a_second_removal_ends_what_the_first_began(
    tmp_path: Path, storage: Storage, address: str, port: str
) -> None:
    place = MemoryBackend(tmp_path)
    place.ports = replace(place.ports, storage=storage)
    await place.furnish()
    before = place.ports
    calls: dict[str, tuple[str, Exception, int]] = {
        "storage": ("delete", StorageFailed("The disk is gone."), 500),
        "library_files": ("forget", NotReady("The database is gone."), 503),
    }
    method, trouble, status = calls[port]
    broken: Any = {port: failing(getattr(before, port), **{method: trouble})}
    place.ports = replace(before, **broken)
    async with place.client() as client:
        files_before = await files(storage)
        problem_of(await client.delete(address), status)
        problem_of(await client.get(address), 404)
        problem_of(await client.delete(address), status)
    place.ports = before
    async with place.client() as client:
        again = await client.delete(address)
        assert (again.status_code, again.content) == (204, b"")
        assert len(files_before - await files(storage)) == 1
        problem_of(await client.delete(address), 404)


async def test_a_new_move_does_not_take_the_id_of_one_that_is_not_quite_gone(
    tmp_path: Path,
) -> None:
    place = MemoryBackend(tmp_path)
    await place.furnish()
    before = place.ports
    gone = StorageFailed("The disk is gone.")
    place.ports = replace(before, storage=failing(before.storage, delete=gone))
    async with place.client() as client:
        problem_of(await client.delete("/api/moves/move-0"), 500)
    form = {"file": ("clip", encoder.clip("danced", 240, 30))}
    place.ports = before
    async with place.client() as client:
        added = await client.post("/api/moves", files=form, data={"name": "Move 0"})
        assert added.json()["id"] == "move-0-2"
        assert (await client.delete("/api/moves/move-0")).status_code == 204
        assert (await client.get("/api/moves/move-0-2")).status_code == 200
