"""A file beyond a limit is refused, and the limit is named."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.library.limits import CLIP, SONG
from domain.library.media import Media, Picture
from domain.shared.errors import TooLarge


def media(
    seconds: Fraction = Fraction(8), width: int = 640, height: int = 360, streams: int = 2
) -> Media:
    picture = Picture(codec="h264", width=width, height=height, frame_rate=Fraction(30), frames=240)
    return Media(seconds=seconds, picture=picture, sound="aac", streams=streams)


@pytest.mark.parametrize(
    "most",
    [
        media(Fraction(120)),
        media(width=6000, height=6000),
        media(width=36_000_000, height=1),
        media(streams=8),
    ],
)
def test_as_much_as_is_allowed_is_taken(most: Media) -> None:
    CLIP.refuse_excess(most)


@pytest.mark.parametrize(
    ("more", "limit"),
    [
        (media(Fraction(120) + Fraction(1, 1000)), "120 s at most"),
        (media(width=6001, height=6000), "36 megapixels at most"),
        (media(streams=9), "8 streams at most"),
    ],
)
def test_what_is_more_is_refused_by_the_limit(more: Media, limit: str) -> None:
    with pytest.raises(TooLarge, match=limit):
        CLIP.refuse_excess(more)


def test_a_song_may_last_a_quarter_of_an_hour() -> None:
    SONG.refuse_excess(Media(seconds=Fraction(900), sound="mp3"))
    with pytest.raises(TooLarge, match=r"15 minutes at most; this one lasts 901\.0 s"):
        SONG.refuse_excess(Media(seconds=Fraction(901), sound="mp3"))


@given(st.integers(-(10**12), 10**12))
def test_bytes_are_counted_exactly(size: int) -> None:
    for allowance, megabytes in ((CLIP, 500), (SONG, 100)):
        if size <= megabytes * 1_000_000:
            allowance.refuse_size(size)
            continue
        with pytest.raises(TooLarge, match=f"{megabytes} MB at most"):
            allowance.refuse_size(size)
