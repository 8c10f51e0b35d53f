"""The rules of quotas."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.shared import paths
from domain.storage.quota import Quota, QuotaExceeded, Usage, is_counted, owner_of

SIZES = st.integers(0, 5_000_000)
LIMITS = st.integers(0, 4)


def usages() -> st.SearchStrategy[Usage]:
    return st.builds(Usage, size=SIZES, files=st.integers(0, 5))


@given(st.builds(Quota, megabytes=LIMITS, files=LIMITS, total_megabytes=LIMITS), usages(), SIZES)
def test_what_is_admitted_fits_and_what_is_refused_does_not(
    quota: Quota, own: Usage, size: int
) -> None:
    fits = (
        (not quota.megabytes or own.size + size <= quota.megabytes * 1_000_000)
        and (not quota.files or own.files < quota.files)
        and (not quota.total_megabytes or own.size + size <= quota.total_megabytes * 1_000_000)
    )
    try:
        quota.refuse(size, own, own)
    except QuotaExceeded:
        assert not fits
    else:
        assert fits


def test_a_refusal_names_the_quota_and_what_to_delete() -> None:
    full = Usage(size=1_999_999, files=3)
    for quota, words in (
        (Quota(megabytes=2), "2 MB of the 2 MB that BACHATA_QUOTA_MB"),
        (Quota(files=3), "3 of the 3 files that BACHATA_QUOTA_FILES"),
        (Quota(total_megabytes=2), "2 MB of the 2 MB that BACHATA_QUOTA_TOTAL_MB"),
    ):
        with pytest.raises(QuotaExceeded, match=words) as refusal:
            quota.refuse(2, full, full)
        assert "delete videos" in str(refusal.value)


def test_files_of_all_are_limited_by_the_total_alone() -> None:
    Quota(megabytes=1, files=1).refuse(5_000_000, None, Usage(size=10**9, files=99))
    with pytest.raises(QuotaExceeded):
        Quota(total_megabytes=1).refuse(5_000_000, None, Usage())


OWNERS = st.text("abc-_0123456789", min_size=1, max_size=12)


@given(OWNERS)
@example("local")
@example("user_1")
def test_the_folders_of_a_caller_are_theirs(owner: str) -> None:
    for folder in (paths.output_folder(owner), *paths.asset_folders(owner)):
        assert owner_of(f"{folder}a.mp4") == owner
        assert owner_of(f"{folder}deeper/a.mp4") == owner


@pytest.mark.parametrize(
    "path",
    [
        "songs/a-0123456789abcdef",
        "clips/a.mp4",
        "assets/audio/0123.wav",
        "assets/clips/0123.mp4",
        "output/film.mp4",
        "output/somebody/film.mp4",
        "output/user_ana",
    ],
)
def test_all_else_belongs_to_all_and_is_counted(path: str) -> None:
    assert owner_of(path) is None
    assert is_counted(path)


def test_the_cache_has_a_limit_of_its_own() -> None:
    assert not is_counted("cache/0123")
