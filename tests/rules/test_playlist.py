"""The numbers and names in a preview's playlists."""

import re
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate, pairwise

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.blueprint.model import Blueprint, OutputConfig
from domain.blueprint.timeline import Cut, Soundtrack, Timeline, laid_out
from domain.rendering.hls_playlist import (
    PACKET,
    SAMPLES,
    Kind,
    ends,
    main_playlist,
    media_playlist,
    packets,
)
from tests.strategies.blueprints import blueprints

HALF = Fraction(1, 2_000_000)
"""Half a microsecond, in seconds."""
kinds = st.sampled_from(Kind)
RATES = (24, 25, 30, 50, 60)


def film(rate: int, *frames: int) -> Timeline:
    """A film of cuts of so many frames."""
    output = {"output_path": "output/user_local/film.mp4", "frame_rate": rate}
    soundtrack = Soundtrack(frames=sum(frames), frame_rate=rate, codec="aac", bitrate="128k")
    cuts = tuple(Cut(clip="a", first=0, frames=each, rate=Fraction(1)) for each in frames)
    return Timeline(cuts=cuts, soundtrack=soundtrack, output=msgspec.convert(output, OutputConfig))


@st.composite
def films(draw: st.DrawFn) -> Timeline:
    """Films of a few cuts, some of them shorter than a packet of sound."""
    frames = draw(st.lists(st.integers(1, 3) | st.integers(1, 20_000), min_size=1, max_size=20))
    return film(draw(st.sampled_from(RATES)), *frames)


def durations(playlist: str) -> list[Fraction]:
    return [Fraction(Decimal(each)) for each in re.findall(r"^#EXTINF:([\d.]+),$", playlist, re.M)]


@given(films(), kinds)
@settings(max_examples=100)
def test_no_segment_ends_half_a_microsecond_early_or_late(timeline: Timeline, kind: Kind) -> None:
    moments = list(accumulate(durations(media_playlist(kind, timeline))))
    assert len(moments) == len(ends(kind, timeline))
    for moment, end in zip(moments, ends(kind, timeline), strict=True):
        assert abs(moment - end) <= HALF
    assert abs(moments[-1] - timeline.soundtrack.seconds) <= HALF


@given(films(), kinds)
@settings(max_examples=100)
def test_no_segment_is_longer_than_the_target(timeline: Timeline, kind: Kind) -> None:
    text = media_playlist(kind, timeline)
    target = int(re.findall(r"^#EXT-X-TARGETDURATION:(\d+)$", text, re.M)[0])
    rounded = [int(each + Fraction(1, 2)) for each in durations(text)]
    assert target == max([1, *rounded])


@given(films(), kinds)
@settings(max_examples=100)
def test_segments_are_named_in_order(timeline: Timeline, kind: Kind) -> None:
    lines = media_playlist(kind, timeline).splitlines()
    names = [line for line in lines if not line.startswith("#")]
    assert names == [f"{kind}/{index}.m4s" for index in range(len(ends(kind, timeline)))]
    assert f'#EXT-X-MAP:URI="{kind}/init.mp4"' in lines
    assert (lines[0], lines[-1]) == ("#EXTM3U", "#EXT-X-ENDLIST")
    assert "#EXT-X-PLAYLIST-TYPE:VOD" in lines


@given(films())
@settings(max_examples=100)
def test_every_segment_of_the_sound_has_something_to_be_heard(timeline: Timeline) -> None:
    upto = packets(timeline)
    assert all(later > before for before, later in pairwise((0, *upto)))
    assert all(later > before for before, later in pairwise((0, *ends(Kind.SOUND, timeline))))
    whole = timeline.frames * SAMPLES // timeline.output.frame_rate
    assert (upto[-1] - 1) * PACKET < whole <= upto[-1] * PACKET


@given(films())
@settings(max_examples=100)
def test_the_sound_of_a_cut_is_there_when_its_picture_is(timeline: Timeline) -> None:
    sound_ends, packet = ends(Kind.SOUND, timeline), Fraction(PACKET, SAMPLES)
    for picture_end in ends(Kind.PICTURE, timeline):
        assert any(picture_end <= end < picture_end + packet for end in sound_ends)


@given(blueprints(most=12))
@settings(max_examples=100)
def test_any_blueprint_has_playlists_of_its_length(blueprint: Blueprint) -> None:
    timeline = laid_out(blueprint)
    for kind in Kind:
        length = sum(durations(media_playlist(kind, timeline)))
        assert abs(length - timeline.soundtrack.seconds) <= HALF


def test_the_main_playlist_says_what_there_is() -> None:
    assert main_playlist(film(25, 50, 75), "preview").splitlines() == [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="Sound",DEFAULT=YES,AUTOSELECT=YES,'
        'CHANNELS="2",URI="preview/sound.m3u8"',
        '#EXT-X-STREAM-INF:BANDWIDTH=2628000,RESOLUTION=1280x720,FRAME-RATE=25.000,AUDIO="sound"',
        "preview/picture.m3u8",
    ]


def test_a_short_film_has_these_playlists() -> None:
    timeline = film(30, 61, 1, 30)
    assert durations(media_playlist(Kind.PICTURE, timeline)) == [
        Fraction(2_033_333, 1_000_000),
        Fraction(33_334, 1_000_000),
        Fraction(1),
    ]
    # 97 600, 99 200 and 147 200 samples; 96, 97 and 144 packets.
    assert packets(timeline) == (96, 97, 144)
    assert ends(Kind.SOUND, timeline) == (
        Fraction(96 * 1024, 48_000),
        Fraction(97 * 1024, 48_000),
        Fraction(92, 30),
    )


def test_cuts_that_end_in_one_packet_share_their_sound() -> None:
    timeline = film(60, 4, 1, 1)
    # 3 200, 4 000 and 4 800 samples.
    assert packets(timeline) == (4, 5)
    assert ends(Kind.SOUND, timeline) == (Fraction(4 * 1024, 48_000), Fraction(6, 60))


def test_a_move_at_another_tempo_shows_more_frames_a_second() -> None:
    fast = Cut(clip="a", first=0, frames=30, rate=Fraction(5, 4))
    timeline = Timeline(
        cuts=(fast,),
        soundtrack=Soundtrack(frames=30, frame_rate=30, codec="aac", bitrate="96k"),
        output=OutputConfig(output_path="output/user_local/film.mp4"),
    )
    assert "FRAME-RATE=38.000," in main_playlist(timeline, "preview")
