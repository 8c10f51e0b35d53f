"""A cleanup takes the oldest files that nothing needs, and no more than its policy asks for."""

from datetime import timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.shared import paths
from domain.storage.asset_files import asset_path
from domain.storage.assets import AssetKind
from domain.storage.cleanup import FRESH, HeldFile, Policy, Reason, excess
from domain.storage.kinds import FOLDERS, StorageKind, is_made, is_uploaded, kind_of, own_folders

DAY = timedelta(days=1)
MEGABYTE = 1_000_000

AGES = st.one_of(
    st.integers(0, 200 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes)),
    st.sampled_from([FRESH, FRESH - timedelta(microseconds=1), DAY, DAY + timedelta(seconds=1)]),
)
FILES = st.lists(
    st.builds(
        HeldFile,
        path=st.integers(0, 10**9).map(str),
        size=st.integers(0, 3 * MEGABYTE),
        age=AGES,
        needed=st.booleans(),
    ),
    max_size=12,
    unique_by=lambda each: each.path,
)
POLICIES = st.builds(
    Policy,
    max_age_days=st.none() | st.integers(1, 100),
    max_size_mb=st.none() | st.integers(0, 10),
)


def held(number: int, size: int, age: timedelta, *, needed: bool = False) -> HeldFile:
    return HeldFile(path=f"file-{number}", size=size, age=age, needed=needed)


@settings(max_examples=300)
@given(FILES, POLICIES)
def test_what_is_needed_or_fresh_never_goes(files: list[HeldFile], policy: Policy) -> None:
    for file, _ in excess(files, policy):
        assert not file.needed
        assert file.age >= FRESH


@settings(max_examples=300)
@given(FILES, POLICIES)
def test_no_younger_file_goes_before_an_older_one(files: list[HeldFile], policy: Policy) -> None:
    going = [file for file, _ in excess(files, policy)]
    staying = [
        each for each in files if each not in going and not each.needed and each.age >= FRESH
    ]
    ages = [each.age for each in going]
    assert ages == sorted(ages, reverse=True)
    if going and staying:
        assert min(ages) >= max(each.age for each in staying)


@settings(max_examples=300)
@given(FILES, POLICIES)
def test_every_file_goes_for_its_reason_and_no_other(files: list[HeldFile], policy: Policy) -> None:
    total = sum(each.size for each in files)
    for file, reason in excess(files, policy):
        old = policy.max_age_days is not None and file.age > policy.max_age_days * DAY
        assert (reason is Reason.TOO_OLD) is old
        if reason is Reason.TOO_LARGE:
            assert policy.max_size_mb is not None
            assert total > policy.max_size_mb * MEGABYTE
        total -= file.size


@settings(max_examples=300)
@given(FILES, POLICIES)
def test_what_stays_is_within_the_limits_or_cannot_go(
    files: list[HeldFile], policy: Policy
) -> None:
    going = {file.path for file, _ in excess(files, policy)}
    staying = [each for each in files if each.path not in going]
    removable = [each for each in staying if not each.needed and each.age >= FRESH]
    if policy.max_age_days is not None:
        assert all(each.age <= policy.max_age_days * DAY for each in removable)
    if policy.max_size_mb is not None and removable:
        assert sum(each.size for each in staying) <= policy.max_size_mb * MEGABYTE
    assert excess(staying, policy) == ()


@given(FILES)
def test_without_limits_nothing_goes(files: list[HeldFile]) -> None:
    assert excess(files, Policy()) == ()


def test_needed_bytes_count_and_the_oldest_of_the_others_go() -> None:
    files = [
        held(1, 3 * MEGABYTE, 9 * DAY, needed=True),
        held(2, MEGABYTE, 2 * DAY),
        held(3, MEGABYTE, 3 * DAY),
        held(4, MEGABYTE, timedelta(minutes=59)),
    ]
    [(file, reason)] = excess(files, Policy(max_size_mb=5))
    assert (file.path, reason) == ("file-3", Reason.TOO_LARGE)


def test_a_file_of_exactly_the_greatest_age_stays() -> None:
    policy = Policy(max_age_days=30)
    assert excess([held(1, 1, 30 * DAY)], policy) == ()
    late = held(1, 1, 30 * DAY + timedelta(microseconds=1))
    assert excess([late], policy) == ((late, Reason.TOO_OLD),)


def test_every_path_that_the_service_makes_has_a_kind() -> None:
    task_id, digest = UUID(int=1, version=4), "ab" * 32
    kinds = {
        paths.film("ana", task_id): StorageKind.VIDEOS,
        asset_path("ana", AssetKind.IMAGE, task_id, "jpg"): StorageKind.IMAGES,
        asset_path("ana", AssetKind.AUDIO, task_id, "mp3"): StorageKind.AUDIO,
        f"assets/audio/{digest}.wav": StorageKind.AUDIO,
        f"assets/clips/{digest}.mp4": StorageKind.TEMP,
        paths.clip("turn", "0" * 16, "0" * 12): StorageKind.STOCK,
        paths.song("luna", "0" * 16, "0" * 12): StorageKind.STOCK,
        "cache/0123": StorageKind.CACHE,
    }
    assert {path: kind_of(path) for path in kinds} == kinds
    assert {path for path in kinds if is_made(path)} == {
        f"assets/audio/{digest}.wav",
        f"assets/clips/{digest}.mp4",
    }
    assert {path for path in kinds if is_uploaded(path)} == {
        asset_path("ana", AssetKind.IMAGE, task_id, "jpg"),
        asset_path("ana", AssetKind.AUDIO, task_id, "mp3"),
    }


def test_no_folder_lies_in_another_and_strange_paths_have_no_kind() -> None:
    folders = [folder for each in FOLDERS.values() for folder in each]
    for folder in folders:
        assert not any(other.startswith(f"{folder}/") for other in folders)
    for path in ("output", "outputs/a", "assets/a", "media/clips/a", "assets/images"):
        assert kind_of(path) is None


def test_what_others_have_put_there_is_neither_made_nor_uploaded() -> None:
    digest = "ab" * 32
    for path in (
        f"assets/clips/{digest.upper()}.mp4",
        f"assets/clips/{digest}.mp4\n",
        f"assets/clips/deep/{digest}.mp4",
        f"assets/audio/{digest}.mp3",
        f"assets/images/{digest}.jpg",
        "assets/images/ana/holiday.jpg",
        "assets/temp/x",
    ):
        assert not is_made(path)
        assert not is_uploaded(path)


def test_an_owner_s_files_lie_in_folders_of_their_kinds() -> None:
    for kind, folders in own_folders("ana").items():
        for folder in folders:
            assert kind_of(f"{folder}/x") is kind
    assert own_folders("ana")[StorageKind.AUDIO] != own_folders("bruno")[StorageKind.AUDIO]
