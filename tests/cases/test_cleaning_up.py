"""A cleanup deletes what nothing needs, and whatever happens meanwhile nothing else."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from application.operations.clean_up_storage import ALL, Cleanup
from application.operations.recover_storage import FEW
from domain.rendering.assembly import State
from domain.shared import paths
from domain.shared.errors import StorageFailed, TaskNotFound
from domain.storage.asset_files import asset_path
from domain.storage.assets import AssetKind
from domain.storage.cleanup import FRESH, Policy, Reason
from domain.storage.kinds import StorageKind
from tests.world.failing import failing
from tests.world.stored import CAREFUL, DAYS, MEGABYTE, OLD, Stored, before, scene, sound
from tests.world.studio import OWNER

pytestmark = pytest.mark.anyio


@pytest.fixture
def stored() -> Stored:
    return Stored()


def went(cleanup: Cleanup) -> dict[str, Reason]:
    return {each.path: each.reason for each in cleanup.files}


def upload(stored: Stored) -> str:
    """Store a picture without a row."""
    return stored.file(asset_path(OWNER, AssetKind.IMAGE, uuid4(), "jpg"))


async def test_what_no_video_needs_goes_after_its_days(stored: Stored) -> None:
    needed = {stored.file(scene(1)), stored.file(sound(1))}
    others = {stored.file(scene(2)), stored.file(sound(2), 7)}
    video = await stored.video(scene(1), audio=sound(1))
    stored.clock.advance(timedelta(days=DAYS, minutes=-1))
    assert went(await stored.cleaning()()) == {}
    stored.clock.advance(timedelta(minutes=2))
    cleanup = await stored.cleaning()()
    assert went(cleanup) == dict.fromkeys(others, Reason.TOO_OLD)
    assert cleanup.bytes == 12
    assert stored.paths == needed | {paths.film(OWNER, video)}
    assert went(await stored.cleaning()()) == {}
    await stored.removal(stored.storage)(video, OWNER)
    assert went(await stored.cleaning()()) == dict.fromkeys(needed, Reason.TOO_OLD)
    assert stored.paths == set()


@pytest.mark.parametrize("state", [State.FAILED, State.CANCELLED])
async def test_the_files_of_a_video_that_was_never_made_go(stored: Stored, state: State) -> None:
    stored.file(scene(1))
    task_id = await stored.task()
    await stored.plan(task_id, scene(1))
    stored.clock.advance(OLD)
    assert went(await stored.cleaning()()) == {}
    await stored.end(task_id, state)
    assert went(await stored.cleaning()()) == {scene(1): Reason.TOO_OLD}


async def test_while_a_job_chooses_its_files_all_stay(stored: Stored) -> None:
    """It may find any of them by its contents, before its Blueprint names one."""
    files = {stored.file(scene(1)), stored.file(sound(1))}
    stored.clock.advance(OLD)
    task_id = await stored.task()
    assert went(await stored.cleaning()()) == {}
    await stored.plan(task_id, scene(1), audio=sound(1))
    assert went(await stored.cleaning()()) == {}
    assert stored.paths == files
    stored.file(scene(2))
    stored.clock.advance(OLD)
    assert went(await stored.cleaning()()) == {scene(2): Reason.TOO_OLD}


@pytest.mark.parametrize("look", [1, 2, 3])
async def test_a_job_that_begins_beside_a_cleanup_keeps_its_files(
    stored: Stored, look: int
) -> None:
    """``look`` is the cleanup's look at the tasks before which the job is recorded."""
    files = [stored.file(scene(number)) for number in range(3)]
    stored.clock.advance(OLD)
    tasks = before(stored.tasks, "unfinished", look, stored.task)
    cleanup = await stored.cleaning(tasks=tasks)()
    gone = max(0, look - 2)
    assert len(cleanup.files) == gone
    assert len(stored.paths) == len(files) - gone


async def test_a_blueprint_that_is_recorded_beside_a_cleanup_keeps_its_files(
    stored: Stored,
) -> None:
    """Between the look at the tasks and that at their Blueprints."""
    stored.file(scene(1))
    stored.clock.advance(OLD)
    task_id = await stored.task()

    async def record() -> None:
        await stored.plan(task_id, scene(1))

    archive = before(stored.archive, "kept", 1, record)
    assert went(await stored.cleaning(archive=archive)()) == {}
    assert stored.paths == {scene(1)}


async def test_two_cleanups_at_once_take_only_what_nothing_needs(stored: Stored) -> None:
    needed = {stored.file(scene(number)) for number in range(4)}
    others = {stored.file(scene(number)) for number in range(10, 14)}
    orphans = {upload(stored) for _ in range(4)}
    video = await stored.video(*needed)
    stored.clock.advance(OLD)
    cleanups = await asyncio.gather(*(stored.cleaning()() for _ in range(3)))
    assert {path for each in cleanups for path in went(each)} == others | orphans
    assert stored.paths == needed | {paths.film(OWNER, video)}
    assert not any(each.failed for each in cleanups)


async def test_above_its_size_the_oldest_of_a_kind_go(stored: Stored) -> None:
    for number in range(5):
        stored.file(scene(number), MEGABYTE)
        stored.clock.advance(timedelta(hours=2))
    await stored.video(scene(0))
    policies = {**CAREFUL, StorageKind.TEMP: Policy(max_size_mb=3)}
    cleanup = await stored.cleaning(policies)()
    assert went(cleanup) == {scene(1): Reason.TOO_LARGE, scene(2): Reason.TOO_LARGE}


async def test_fresh_files_stay_whatever_the_limits(stored: Stored) -> None:
    files = {stored.file(scene(1), MEGABYTE), stored.file(sound(1), MEGABYTE), upload(stored)}
    stored.clock.advance(FRESH - timedelta(seconds=1))
    policies = {**CAREFUL, **dict.fromkeys(StorageKind, Policy(max_size_mb=0))}
    assert went(await stored.cleaning(policies)()) == {}
    assert stored.paths == files


async def test_a_file_that_the_service_has_not_named_stays(stored: Stored) -> None:
    strange = {
        stored.file(path)
        for path in (
            "assets/clips/mine.mp4",
            "assets/audio/mine.wav",
            "assets/images/ana/holiday.jpg",
            "assets/temp/x",
            "stock/x.jpg",
            "videos/x.mp4",
        )
    }
    stored.clock.advance(OLD)
    policies = dict.fromkeys(
        StorageKind, Policy(max_age_days=1, max_size_mb=0, preserve_completed_videos=False)
    )
    assert went(await stored.cleaning(policies)()) == {}
    assert stored.paths == strange


async def test_an_upload_without_a_row_goes_after_an_hour(stored: Stored) -> None:
    owned, orphan = await stored.asset(), upload(stored)
    assert went(await stored.cleaning()()) == {}
    stored.clock.advance(FRESH)
    assert went(await stored.cleaning()()) == {orphan: Reason.ORPHANED}
    assert stored.paths == {owned.path}


async def test_an_upload_whose_row_comes_late_stays(stored: Stored) -> None:
    asset = await stored.asset()
    await stored.assets.remove(asset.asset_id)
    stored.clock.advance(OLD)

    async def add() -> None:
        await stored.assets.add(asset)

    assets = before(stored.assets, "used", 2, add)
    assert went(await stored.cleaning(assets=assets)([StorageKind.IMAGES])) == {}
    assert stored.paths == {asset.path}


async def test_so_many_uploads_without_rows_are_held_back(stored: Stored) -> None:
    orphans = {upload(stored) for _ in range(FEW + 1)}
    stored.clock.advance(OLD)
    cleanup = await stored.cleaning()()
    assert went(cleanup) == {}
    assert set(cleanup.held_back) == stored.paths == orphans


async def test_completed_videos_are_preserved(stored: Stored) -> None:
    await stored.video(scene(1), size=3 * MEGABYTE)
    stored.clock.advance(OLD)
    limits = Policy(max_age_days=1, max_size_mb=1)
    assert went(await stored.cleaning({**CAREFUL, StorageKind.VIDEOS: limits})()) == {}


async def test_videos_that_are_not_preserved_go_with_their_records(stored: Stored) -> None:
    old = await stored.video(scene(1))
    stored.clock.advance(timedelta(days=2))
    young = await stored.video(scene(1))
    stored.clock.advance(timedelta(hours=2))
    limits = Policy(max_age_days=1, preserve_completed_videos=False)
    clean_up = stored.cleaning({**CAREFUL, StorageKind.VIDEOS: limits})
    rehearsal = await clean_up(dry_run=True)
    cleanup = await clean_up()
    film = paths.film(OWNER, old)
    assert went(cleanup) == went(rehearsal) == {film: Reason.TOO_OLD}
    assert stored.paths == {paths.film(OWNER, young)}
    with pytest.raises(TaskNotFound):
        await stored.tasks.get(old)
    assert await stored.archive.find(old) is None


async def test_a_video_that_a_running_job_shows_stays(stored: Stored) -> None:
    video = await stored.video(scene(1))
    film = paths.film(OWNER, video)
    task_id = await stored.task()
    await stored.plan(task_id, film)
    stored.clock.advance(OLD)
    limits = Policy(max_age_days=1, preserve_completed_videos=False)
    clean_up = stored.cleaning({**CAREFUL, StorageKind.VIDEOS: limits})
    assert went(await clean_up()) == {}
    await stored.end(task_id, State.FAILED)
    assert went(await clean_up()) == {film: Reason.TOO_OLD}


async def test_a_failure_between_row_and_file_loses_nothing(stored: Stored) -> None:
    first, second = await stored.video(scene(1)), await stored.video(scene(2))
    film = paths.film(OWNER, first)
    stored.clock.advance(OLD)
    limits = Policy(max_age_days=1, preserve_completed_videos=False)
    broken = failing(stored.storage, "delete", [film], lambda: StorageFailed("No answer."))
    policies = {**CAREFUL, StorageKind.VIDEOS: limits}
    cleanup = await stored.cleaning(policies, storage=broken)()
    assert [each.item for each in cleanup.failed] == [film]
    assert went(cleanup) == {paths.film(OWNER, second): Reason.TOO_OLD}
    # The owner no longer has it; the file is still found by the records that are left.
    assert (await stored.tasks.get(first)).removed
    assert stored.paths == {film}
    assert went(await stored.cleaning(policies)()) == {film: Reason.ORPHANED}
    assert await stored.finishing()() == 1
    assert stored.paths == set()
    assert stored.tasks.history == {}


async def test_a_file_that_fails_keeps_no_other(stored: Stored) -> None:
    files = [stored.file(scene(number)) for number in range(4)]
    stored.clock.advance(OLD)
    broken = failing(stored.storage, "delete", files[1:2], lambda: StorageFailed("No answer."))
    cleanup = await stored.cleaning(storage=broken)()
    assert [each.item for each in cleanup.failed] == files[1:2]
    assert stored.paths == {files[1]}
    assert went(await stored.cleaning()()) == {files[1]: Reason.TOO_OLD}


async def test_only_the_kinds_that_are_named_are_cleaned(stored: Stored) -> None:
    clip, track = stored.file(scene(1)), stored.file(sound(1))
    stored.clock.advance(OLD)
    assert went(await stored.cleaning()([StorageKind.TEMP])) == {clip: Reason.TOO_OLD}
    assert stored.paths == {track}
    assert set(await stored.times.last()) == {StorageKind.TEMP}


async def test_a_rehearsal_changes_nothing_and_says_what_would_go(stored: Stored) -> None:
    stored.file(scene(1))
    upload(stored)
    stored.file("cache/a", 3 * MEGABYTE)
    stored.file(paths.song("gone", "0" * 16, "0" * 12))
    failed = await stored.task()
    await stored.plan(failed, scene(2))
    stored.file(await stored.end(failed, State.FAILED))
    await stored.video(scene(3))
    stored.clock.advance(OLD)
    there, history = dict(stored.storage.objects), {**stored.tasks.history}
    rehearsal = await stored.cleaning()(dry_run=True)
    assert rehearsal.dry_run
    assert stored.storage.objects == there
    assert stored.tasks.history == history
    assert await stored.times.last() == {}
    cleanup = await stored.cleaning()()
    assert (cleanup.files, cleanup.bytes) == (rehearsal.files, rehearsal.bytes)
    assert len(cleanup.files) == 5
    assert set(there) - stored.paths == set(went(cleanup))
    assert set(await stored.times.last()) == ALL


async def test_the_hourly_cleanup_takes_what_recovery_leaves(stored: Stored) -> None:
    expected = {stored.file(scene(1)): Reason.TOO_OLD, upload(stored): Reason.ORPHANED}
    lost = stored.file(paths.song("gone", "0" * 16, "0" * 12))
    stored.clock.advance(OLD)
    assert went(await stored.cleaning().by_policies()) == expected
    assert stored.paths == {lost}


FATES = ("choosing", "working", *(each.value for each in (State.COMPLETED, State.FAILED)))


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(FATES), st.sets(st.integers(0, 5), min_size=1)), max_size=4),
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 60), st.integers(1, 3)), max_size=8),
    st.none() | st.integers(1, 40),
    st.none() | st.integers(0, 6),
)
def test_whatever_is_stored_nothing_that_a_film_needs_ever_goes(
    videos: list[tuple[str, set[int]]],
    files: list[tuple[int, int, int]],
    days: int | None,
    megabytes: int | None,
) -> None:
    async def work() -> None:
        stored = Stored()
        for number, age, size in sorted(files, key=lambda each: -each[1]):
            stored.file(scene(number), size * MEGABYTE)
            stored.storage._since[scene(number)] -= timedelta(days=age)  # pyright: ignore[reportPrivateUsage]
        needed = set[str]()
        for fate, numbers in videos:
            task_id = await stored.task()
            if fate == "choosing":
                needed |= stored.paths
                continue
            await stored.plan(task_id, *map(scene, sorted(numbers)))
            if fate in (State.COMPLETED, State.FAILED):
                await stored.end(task_id, State(fate))
            if fate != State.FAILED:
                needed.update(map(scene, numbers))
        before_it = stored.paths
        policy = Policy(max_age_days=days, max_size_mb=megabytes)
        clean_up = stored.cleaning({**CAREFUL, StorageKind.TEMP: policy})
        rehearsal = await clean_up(dry_run=True)
        cleanup = await clean_up()
        assert cleanup.files == rehearsal.files
        assert stored.paths == before_it - set(went(cleanup))
        assert not needed & set(went(cleanup))
        assert (await clean_up()).files == ()

    asyncio.run(work())
