"""Files are checked at three levels, and each fault says what the file has and what is allowed."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.blueprint.model import FrameRate, OutputConfig
from domain.blueprint.timeline import Cut, Soundtrack, Timeline
from domain.library import limits
from domain.library.media import Media, Picture
from domain.library.media_checks import (
    MOVE,
    NONE,
    RECORDING,
    SONG,
    FaultKind,
    FileFacts,
    Level,
    Requirements,
    faults,
    refuse_faults,
    refuse_media,
)
from domain.rendering.film_checks import refuse_flaws, requirements_of
from domain.shared.errors import FilmFlawed, TooLarge, UnacceptedMedia, UnreadableMedia

PICTURE = Picture(codec="h264", width=1280, height=720, frame_rate=Fraction(30), frames=90)
FILM = FileFacts(
    media=Media(seconds=Fraction(3), picture=PICTURE, sound="aac", streams=2),
    size=1_000,
    container="mov",
    sound_seconds=Fraction(3),
    starts_fast=True,
    decoded_frames=90,
)
TIMELINE = Timeline(
    cuts=(Cut(clip="clips/a.mp4", first=0, frames=90, rate=Fraction(1)),),
    soundtrack=Soundtrack(frames=90, frame_rate=30, codec="aac", bitrate="128k"),
    output=OutputConfig(output_path="output/a.mp4"),
)
WANTED = requirements_of(TIMELINE, joined=False)

RATES: tuple[FrameRate, ...] = (24, 25, 30, 50, 60)

Change = Callable[[FileFacts], FileFacts]


def with_media(**fields: Any) -> Change:
    return lambda facts: msgspec.structs.replace(
        facts, media=msgspec.structs.replace(facts.media, **fields)
    )


def with_picture(**fields: Any) -> Change:
    return with_media(picture=msgspec.structs.replace(PICTURE, **fields))


def with_fact(**fields: Any) -> Change:
    return lambda facts: msgspec.structs.replace(facts, **fields)


FAULTS: dict[str, tuple[Level, Change, str]] = {
    "empty": (Level.BASIC, with_fact(size=0), "it has 0 bytes"),
    "no track": (Level.BASIC, with_media(picture=None, sound=None), "neither pictures nor sound"),
    "no duration": (Level.BASIC, with_media(seconds=Fraction(0)), "lasts 0.000 s; it must"),
    "container": (Level.FORMAT, with_fact(container="matroska"), "is matroska instead of mov"),
    "video codec": (Level.FORMAT, with_picture(codec="vp9"), "codec is vp9 instead of h264"),
    "audio codec": (Level.FORMAT, with_media(sound="mp3"), "codec is mp3 instead of aac"),
    "no sound": (Level.FORMAT, with_media(sound=None), "has no sound"),
    "no video": (Level.FORMAT, with_media(picture=None), "no video"),
    "resolution": (Level.FORMAT, with_picture(width=720), "720x720 instead of 1280x720"),
    "frame rate": (
        Level.FORMAT,
        with_picture(frame_rate=Fraction(25)),
        "25.000 frames per second instead of 30.000",
    ),
    "frames": (Level.FULL, with_picture(frames=89), "89 frames instead of 90"),
    "duration": (
        Level.FULL,
        with_media(seconds=Fraction(3) + Fraction(1, 29)),
        "lasts 3.034 s instead of 3.000 s",
    ),
    "sound": (Level.FULL, with_fact(sound_seconds=Fraction(2)), "lasts 2.000 s instead of 3.000 s"),
    "index": (Level.FULL, with_fact(starts_fast=False), "before they can start"),
    "damaged": (Level.FULL, with_fact(decoded_frames=7), "Only 7 of 90 frames"),
}


def test_a_film_as_it_was_to_be_made_has_no_fault() -> None:
    for level in Level:
        assert faults(FILM, WANTED, level) == ()
    refuse_flaws(FILM, WANTED)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_from_its_level_on_and_says_both(name: str) -> None:
    level, change, sentence = FAULTS[name]
    broken = change(FILM)
    for each in Level:
        found = faults(broken, WANTED, each)
        assert bool(found) is (each >= level), each
        assert all(fault.level <= each for fault in found)
    texts = [fault.sentence for fault in faults(broken, WANTED, level)]
    assert any(sentence in text for text in texts), texts
    with pytest.raises(FilmFlawed, match="differs from the request"):
        refuse_flaws(broken, WANTED)


@given(st.lists(st.sampled_from([n for n, (level, _, _) in FAULTS.items() if level > 1])))
def test_every_fault_is_named_at_once(names: list[str]) -> None:
    """Unless one hides another: a codec is not checked of a track that is missing."""
    hides = {"no sound", "no video"}
    names = [name for name in dict.fromkeys(names) if name not in hides]
    pictures = {"video codec", "resolution", "frame rate", "frames"}
    # Each of these changes replaces the picture, so the last one counts.
    counted = [name for name in names if name not in pictures]
    counted += [name for name in names if name in pictures][-1:]
    broken = FILM
    for name in names:
        broken = FAULTS[name][1](broken)
    texts = " ".join(fault.sentence for fault in faults(broken, WANTED, Level.FULL))
    for name in counted:
        assert FAULTS[name][2] in texts, (name, texts)
    assert bool(texts) is bool(names)


@given(
    st.sampled_from(RATES),
    st.integers(1, 5_000),
    st.fractions(-2, 2, max_denominator=10_000),
    st.booleans(),
)
def test_a_film_may_differ_by_a_frame_unless_it_was_joined(
    rate: FrameRate, frames: int, off: Fraction, joined: bool
) -> None:
    timeline = Timeline(
        cuts=(Cut(clip="clips/a.mp4", first=0, frames=frames, rate=Fraction(1)),),
        soundtrack=Soundtrack(frames=frames, frame_rate=rate, codec="aac", bitrate="128k"),
        output=OutputConfig(output_path="output/a.mp4", frame_rate=rate),
    )
    length = Fraction(frames, rate)
    seconds = length + off / rate
    if seconds <= 0:
        return
    picture = msgspec.structs.replace(PICTURE, frames=frames, frame_rate=Fraction(rate))
    facts = FileFacts(
        media=Media(seconds=seconds, picture=picture, sound="aac"),
        container="mov",
        sound_seconds=length,
        starts_fast=True,
    )
    found = faults(facts, requirements_of(timeline, joined=joined), Level.FULL)
    assert bool(found) is (off != 0 if joined else abs(off) > 1)


media = st.builds(
    Media,
    seconds=st.fractions(-1, 2_000, max_denominator=1_000),
    picture=st.none()
    | st.builds(
        Picture,
        codec=st.sampled_from(["h264", "vp9"]),
        width=st.integers(1, 10_000),
        height=st.integers(1, 10_000),
        frame_rate=st.fractions(0, 120, max_denominator=1_001),
        frames=st.integers(0, 10_000),
    ),
    sound=st.none() | st.sampled_from(["aac", "mp3"]),
    streams=st.integers(0, 20),
)
required = st.sampled_from(
    [NONE, MOVE, SONG, RECORDING, limits.CLIP.requirements, limits.SONG.requirements, WANTED]
)


@given(media, required)
def test_each_level_finds_what_those_before_it_find(file: Media, wanted: Requirements) -> None:
    facts = FileFacts(media=file)
    basic, form, full = (faults(facts, wanted, level) for level in Level)
    if basic:
        assert basic == form == full
    assert set(form) <= set(full)
    assert all(each.sentence.endswith(".") for each in full)


@given(media, required)
def test_an_upload_is_refused_by_its_first_fault(file: Media, wanted: Requirements) -> None:
    kinds: dict[FaultKind, type[Exception]] = {
        FaultKind.UNREADABLE: UnreadableMedia,
        FaultKind.UNACCEPTED: UnacceptedMedia,
        FaultKind.DIFFERENT: UnacceptedMedia,
        FaultKind.TOO_LARGE: TooLarge,
    }
    found = faults(FileFacts(media=file), wanted, Level.FORMAT)
    if not found:
        refuse_media(file, wanted)
        return
    with pytest.raises(kinds[found[0].kind]) as refused:
        refuse_faults(FileFacts(media=file), wanted, Level.FORMAT, "Send another.")
    assert str(refused.value) == f"{found[0].sentence} Send another."


@pytest.mark.parametrize(
    ("file", "wanted", "message"),
    [
        (Media(seconds=Fraction(3), sound="aac"), MOVE, "no video, so it cannot be a move"),
        (
            Media(seconds=Fraction(3), picture=msgspec.structs.replace(PICTURE, frames=1)),
            MOVE,
            "still picture, so it cannot be a move",
        ),
        (Media(seconds=Fraction(3), picture=PICTURE), SONG, "no sound, so it cannot be a song"),
        (FILM.media, RECORDING, "moving pictures, so it cannot be a recording"),
    ],
)
def test_a_file_of_another_kind_is_named(file: Media, wanted: Requirements, message: str) -> None:
    with pytest.raises(UnacceptedMedia, match=message):
        refuse_media(file, wanted)
