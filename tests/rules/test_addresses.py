"""Addresses in buckets are paths of our storage, or are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.shared import paths
from domain.shared.bucket_uris import Home, key_of, path_of
from domain.shared.errors import UnsafePath

HOME = Home(bucket="ours")
BELOW = Home(bucket="ours", folder="bachata/media")


@pytest.mark.parametrize("scheme", ["gs", "s3", "GS", "S3"])
def test_an_address_in_our_bucket_is_the_path_of_its_key(scheme: str) -> None:
    assert path_of(f"{scheme}://ours/songs/Luna de humo+1.mp3", HOME) == "songs/Luna de humo+1.mp3"
    assert path_of(f"{scheme}://ours/bachata/media/songs/a.mp3", BELOW) == "songs/a.mp3"
    assert key_of(f"{scheme}://theirs/songs/a") == "songs/a"


@pytest.mark.parametrize(
    ("uri", "home", "why"),
    [
        ("gs://theirs/songs/a.mp3", HOME, "'gs://theirs/songs/a.mp3' is not in .* 'ours'"),
        ("s3://ours-too/a", HOME, "'s3://ours-too/a' is not in the bucket 'ours'"),
        ("gs://OURS/a", HOME, "is not in the bucket 'ours'"),
        ("gs://ours/songs/a.mp3", BELOW, "is not in the folder 'bachata/media'"),
        ("gs://ours/bachata/media-2/a", BELOW, "is not in the folder 'bachata/media'"),
        ("gs://ours/a", Home(), "'gs://ours/a' refers to a bucket, but this storage has none"),
        ("gs:///a", Home(), "refers to a bucket"),
        ("gs://ours", HOME, "is empty"),
        ("gs://ours/", HOME, "is empty"),
        ("gs://ours//a", HOME, "is absolute"),
        ("gs://ours/../theirs/a", HOME, "contains '..'"),
        ("https://ours/a", HOME, "has a scheme"),
        ("/songs/a.mp3", HOME, "is absolute"),
    ],
)
def test_what_lies_elsewhere_is_refused_by_name(uri: str, home: Home, why: str) -> None:
    with pytest.raises(UnsafePath, match=why):
        path_of(uri, home)


@pytest.mark.parametrize("path", ["songs/a.mp3", "gs/a", "s3:a/b".replace(":", ""), "a gs:/b"])
def test_a_path_is_no_address(path: str) -> None:
    assert key_of(path) is None
    assert path_of(path, Home()) == path


@given(
    text=st.text(max_size=40)
    | st.from_regex(r"(gs|s3)://(ours|theirs)?/?[a-c./]{0,9}", fullmatch=True)
)
def test_whatever_a_record_says_is_a_safe_path_or_refused(text: str) -> None:
    for home in (HOME, BELOW, Home()):
        try:
            path = path_of(text, home)
        except UnsafePath:
            continue
        assert paths.fault(path) is None
        assert path == text or text.endswith(path)
