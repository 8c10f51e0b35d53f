"""Files without records and records without files are found, and repaired if that is asked for."""

from datetime import timedelta
from uuid import uuid4

import pytest

from application.operations.recover_storage import FEW
from application.operations.verify_storage import FaultKind, StorageReport
from domain.library.songs import Song
from domain.rendering.assembly import State
from domain.shared import paths
from domain.shared.errors import StorageFailed
from domain.storage.asset_files import asset_path
from domain.storage.assets import AssetKind, AssetNotFound
from tests.world.failing import failing
from tests.world.stored import OLD, Stored, scene
from tests.world.studio import OWNER

pytestmark = pytest.mark.anyio


@pytest.fixture
def stored() -> Stored:
    return Stored()


def faults(report: StorageReport) -> set[tuple[FaultKind, str, bool]]:
    return {(each.fault, each.path, each.repaired) for each in report.faults}


async def furnish(stored: Stored) -> set[str]:
    """Store one file of each kind with its record, and return the paths."""
    asset, video = await stored.asset(), await stored.video(scene(1))
    path = paths.song("luna", "0" * 16, "0" * 12)
    await stored.library.songs.add(
        Song(id="luna", title="Luna", artist="Ana", audio_path=path, duration=9)
    )
    return {asset.path, paths.film(OWNER, video), stored.file(path)}


async def test_what_belongs_together_has_no_fault(stored: Stored) -> None:
    await furnish(stored)
    stored.clock.advance(OLD)
    for fix in (False, True):
        report = await stored.verifying()(fix=fix)
        assert (report.faults, report.files, report.is_right) == ((), 3, True)


async def test_files_without_records_are_reported_and_deleted(stored: Stored) -> None:
    right = await furnish(stored)
    failed = await stored.task()
    await stored.plan(failed, scene(2))
    orphans = {
        stored.file(await stored.end(failed, State.FAILED)),
        stored.file(asset_path(OWNER, AssetKind.AUDIO, uuid4(), "mp3")),
        stored.file(paths.clip("gone", "0" * 16, "0" * 12)),
    }
    stored.clock.advance(OLD)
    there = stored.paths
    report = await stored.verifying()()
    assert faults(report) == {(FaultKind.FILE_WITHOUT_ROW, path, False) for path in orphans}
    assert not report.is_right
    assert stored.paths == there
    report = await stored.verifying()(fix=True)
    assert faults(report) == {(FaultKind.FILE_WITHOUT_ROW, path, True) for path in orphans}
    assert report.is_right
    assert stored.paths == right
    assert (await stored.verifying()()).faults == ()


async def test_records_without_files_are_reported_and_repaired(stored: Stored) -> None:
    lost = await furnish(stored)
    asset = await stored.asset()
    for path in lost | {asset.path}:
        await stored.storage.delete(path)
    stored.clock.advance(OLD)
    report = await stored.verifying()()
    expected = {(FaultKind.ROW_WITHOUT_FILE, path, False) for path in lost | {asset.path}}
    assert faults(report) == expected
    assert (await stored.library.songs.get("luna")).unusable is None
    assert await stored.assets.get(asset.asset_id) == asset
    report = await stored.verifying()(fix=True)
    assert report.is_right
    assert (await stored.library.songs.get("luna")).unusable is not None
    with pytest.raises(AssetNotFound):
        await stored.assets.get(asset.asset_id)


async def test_a_file_of_another_size_is_reported_and_stays(stored: Stored) -> None:
    asset = await stored.asset(size=9)
    stored.storage.objects[asset.path] = b"1234"
    empty = stored.file(paths.film(OWNER, await stored.video(scene(1))), 0)
    stored.clock.advance(OLD)
    for fix in (False, True):
        report = await stored.verifying()(fix=fix)
        assert faults(report) == {
            (FaultKind.WRONG_SIZE, asset.path, False),
            (FaultKind.WRONG_SIZE, empty, False),
        }
        [damaged] = [each for each in report.faults if each.path == asset.path]
        assert (damaged.size, damaged.expected_size) == (4, 9)
        assert damaged.item == f"asset {asset.asset_id}"
        assert not report.is_right
    assert stored.paths == {asset.path, empty}


async def test_what_is_new_is_no_fault(stored: Stored) -> None:
    stored.file(asset_path(OWNER, AssetKind.IMAGE, uuid4(), "jpg"))
    stored.clock.advance(timedelta(minutes=59))
    assert (await stored.verifying()(fix=True)).faults == ()


async def test_of_an_empty_storage_no_asset_is_forgotten(stored: Stored) -> None:
    """It is the wrong bucket, more likely than not."""
    assets = [await stored.asset(stored=False) for _ in range(FEW + 1)]
    report = await stored.verifying()(fix=True)
    assert set(report.held_back) == {each.path for each in assets}
    assert not report.is_right
    assert len(await stored.assets.after(None, 100)) == FEW + 1


async def test_a_repair_that_fails_is_reported_and_stops_no_other(stored: Stored) -> None:
    bad, good = (stored.file(asset_path(OWNER, AssetKind.IMAGE, uuid4(), "jpg")) for _ in range(2))
    stored.clock.advance(OLD)
    broken = failing(stored.storage, "delete", [bad], lambda: StorageFailed("No answer."))
    report = await stored.verifying(storage=broken)(fix=True)
    assert [each.item for each in report.failed] == [bad]
    assert faults(report) == {(FaultKind.FILE_WITHOUT_ROW, good, True)}
    assert not report.is_right
