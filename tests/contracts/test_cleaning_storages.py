"""A cleanup deletes the same files of every Storage: memory, the local disk and a real S3."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from adapters.memory.storage import MemoryStorage
from adapters.storage.local import LocalStorage
from adapters.storage.s3 import S3Storage
from application.operations.verify_storage import FaultKind
from application.ports.storage import Storage, StoredFile
from domain.shared.errors import MediaNotFound
from domain.storage.asset_files import asset_path
from domain.storage.assets import AssetKind
from domain.storage.cleanup import Reason
from tests.world.stored import OLD, Stored, scene, sound
from tests.world.studio import OWNER

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """One event loop for all tests here, so that they share a client."""
    return "asyncio"


class Aged:
    """A storage whose files are older than its own clock says."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self.more = timedelta()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._storage, name)

    async def files(self, folder: str) -> AsyncIterator[StoredFile]:
        async for each in self._storage.files(folder):
            yield StoredFile(path=each.path, size=each.size, age=each.age + self.more)


@pytest.fixture(params=["memory", "local", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    match request.param:
        case "memory":
            return MemoryStorage()
        case "local":
            return LocalStorage(tmp_path / "media")
        case _:
            return S3Storage(request.getfixturevalue("empty_client"))


async def put(storage: Storage, path: str, folder: Path) -> str:
    source = folder / uuid4().hex
    source.write_bytes(b"12345")
    await storage.put(source, path)
    return path


async def is_there(storage: Storage, path: str) -> bool:
    try:
        await storage.describe(path)
    except MediaNotFound:
        return False
    return True


async def test_the_same_files_go_and_stay(storage: Storage, tmp_path: Path) -> None:
    stored, aged = Stored(), Aged(storage)
    asset = await stored.asset(stored=False)
    await stored.video(scene(1), audio=sound(1))
    stay = [await put(storage, path, tmp_path) for path in (scene(1), sound(1), asset.path)]
    upload = await put(storage, asset_path(OWNER, AssetKind.AUDIO, uuid4(), "mp3"), tmp_path)
    go = {
        upload: Reason.ORPHANED,
        await put(storage, scene(2), tmp_path): Reason.TOO_OLD,
        await put(storage, sound(2), tmp_path): Reason.TOO_OLD,
    }
    clean_up = stored.cleaning(storage=aged)
    assert (await clean_up()).files == ()
    aged.more = OLD
    rehearsal = await clean_up(dry_run=True)
    assert {each.path: each.reason for each in rehearsal.files} == go
    assert all([await is_there(storage, path) for path in (*stay, *go)])
    cleanup = await clean_up()
    assert (set(cleanup.files), cleanup.bytes) == (set(rehearsal.files), 15)
    assert [path for path in (*stay, *go) if await is_there(storage, path)] == stay
    assert (await clean_up()).files == ()


async def test_the_same_faults_are_found(storage: Storage, tmp_path: Path) -> None:
    stored, aged = Stored(), Aged(storage)
    lost, short = await stored.asset(stored=False), await stored.asset(9, stored=False)
    await put(storage, short.path, tmp_path)
    orphan = await put(storage, asset_path(OWNER, AssetKind.IMAGE, uuid4(), "jpg"), tmp_path)
    aged.more = OLD
    verify = stored.verifying(storage=aged)
    faults = {(each.fault, each.path) for each in (await verify()).faults}
    assert faults == {
        (FaultKind.FILE_WITHOUT_ROW, orphan),
        (FaultKind.ROW_WITHOUT_FILE, lost.path),
        (FaultKind.WRONG_SIZE, short.path),
    }
    assert len((await verify(fix=True)).faults) == 3
    assert not await is_there(storage, orphan)
    assert [(each.fault, each.path) for each in (await verify()).faults] == [
        (FaultKind.WRONG_SIZE, short.path)
    ]
