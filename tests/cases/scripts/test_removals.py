"""A removal that fails half-way is finished later, and takes no other video with it."""

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from application.scripts.finish_removals import FinishRemovals
from domain.shared.errors import NotReady, StorageFailed
from tests.api.memory_backend import MemoryBackend, failing, problem_of
from tests.api.narrated import made

pytestmark = pytest.mark.anyio


@pytest.fixture
def backend(tmp_path: Path) -> MemoryBackend:
    return MemoryBackend(tmp_path)


def finishing(backend: MemoryBackend) -> FinishRemovals:
    ports = backend.ports
    return FinishRemovals(ports.tasks, ports.scripts, ports.blueprints, ports.storage)


async def test_records_stay_until_the_file_is_gone(backend: MemoryBackend) -> None:
    async with backend.client() as client:
        kept, removed = await made(client), await made(client, seed=2)
    path = backend.final(UUID(removed["id"])).output_path
    assert path is not None
    good = backend.ports
    backend.ports = replace(good, storage=failing(good.storage, delete=StorageFailed()))
    async with backend.client() as client:
        problem_of(await client.delete(f"/api/videos/{removed['id']}"), 500)
    backend.ports = good
    # The recovery of the storage finds the file by these records.
    assert await finishing(backend)() == 0
    assert UUID(removed["id"]) in backend.tasks.history
    await backend.ports.storage.delete(path)
    assert await finishing(backend)() == 1
    assert UUID(removed["id"]) not in backend.tasks.history
    assert await backend.ports.blueprints.find(UUID(removed["id"])) is None
    assert await finishing(backend)() == 0
    async with backend.client() as client:
        assert (await client.get(f"/api/videos/{kept['id']}")).status_code == 200


async def test_a_removal_that_the_database_interrupts_is_finished(backend: MemoryBackend) -> None:
    async with backend.client() as client:
        job = await made(client)
    good = backend.ports
    backend.ports = replace(good, scripts=failing(good.scripts, remove_video=NotReady()))
    async with backend.client() as client:
        problem_of(await client.delete(f"/api/videos/{job['id']}"), 503)
        problem_of(await client.get(f"/api/videos/{job['id']}"), 404)
    backend.ports = good
    assert await finishing(backend)() == 1
    assert UUID(job["id"]) not in backend.tasks.history
