"""A cut taken apart: what is copied, what is encoded, and that it is the same frames."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.mp4.cutting import (
    Copied,
    Encoded,
    Part,
    frame_by_frame,
    is_encoded_whole,
    taken_apart,
)
from domain.blueprint.model import OutputConfig
from domain.blueprint.timeline import Crossfade, Cut

OUTPUT = OutputConfig(output_path="output/user_local/a.mp4")
GROUP = 60
Frame = tuple[int, str]
"""The frame of the clip, and its processing."""


@st.composite
def cuts(draw: st.DrawFn) -> tuple[Cut, int]:
    """A cut of the clip's own frames, and how many the clip has."""
    whole = draw(st.integers(1, 400))
    first = draw(st.integers(0, whole - 1) | st.sampled_from(range(0, whole, GROUP)))
    frames = draw(st.integers(1, whole - first))
    under = draw(st.none() | st.integers(1, frames))
    cut = Cut(
        clip="a",
        first=first,
        frames=frames,
        rate=Fraction(1),
        fade_in=draw(st.integers(0, frames) | st.just(0)),
        fade_out=draw(st.integers(0, frames) | st.just(0)),
        crossfade=None
        if under is None
        else Crossfade(clip="b", first=7, rate=Fraction(1), frames=under),
    )
    return cut, whole


def frames_of(part: Part, cut: Cut) -> list[Frame]:
    """The frames of a part; what is done to one depends on where in the made cut it is."""
    if isinstance(part, Copied):
        return [(part.first + index, "") for index in range(part.count)]
    return expected_frames(part.cut)[: part.count]


def expected_frames(cut: Cut) -> list[Frame]:
    return [(cut.first + index, _changes(cut, index)) for index in range(cut.frames)]


def _changes(cut: Cut, index: int) -> str:
    changes: list[str] = []
    if cut.crossfade and index < cut.crossfade.frames:
        changes.append(f"over {cut.crossfade.first + index} of {cut.crossfade.frames}")
    if index < cut.fade_in:
        changes.append(f"in {index} of {cut.fade_in}")
    if index >= cut.frames - cut.fade_out:
        changes.append(f"out {cut.frames - index} of {cut.fade_out}")
    return ", ".join(changes)


@given(cuts())
@settings(max_examples=1000)
def test_the_parts_are_the_cut_frame_by_frame(case: tuple[Cut, int]) -> None:
    cut, whole = case
    parts = taken_apart(cut, range(0, whole, GROUP))
    assert [frame for part in parts for frame in frames_of(part, cut)] == expected_frames(cut)


@given(cuts())
@settings(max_examples=1000)
def test_only_what_must_be_encoded_is(case: tuple[Cut, int]) -> None:
    cut, whole = case
    parts = taken_apart(cut, range(0, whole, GROUP))
    for part in parts:
        assert part.count > 0
        if isinstance(part, Copied):
            assert part.first % GROUP == 0
        else:
            assert part.cut.first >= cut.first
            assert part.cut.first + part.cut.frames <= whole
    changed = max(cut.fade_in, cut.crossfade.frames if cut.crossfade else 0)
    encoded = sum(part.count for part in parts if isinstance(part, Encoded))
    assert encoded <= min(cut.frames, changed + GROUP - 1 + cut.fade_out)
    if not changed and cut.first % GROUP == 0 and not cut.fade_out:
        assert parts == [Copied(cut.first, cut.frames)]


@given(cuts(), st.integers(1, 400))
@settings(max_examples=500)
def test_the_beginning_is_the_same_however_long_the_cut_is(
    case: tuple[Cut, int], other: int
) -> None:
    """So that what was encoded for one film is there for the next."""
    cut, whole = case
    plain = Cut(clip="a", first=cut.first, frames=cut.frames, rate=Fraction(1))
    longer = Cut(clip="a", first=cut.first, frames=min(other, whole - cut.first), rate=Fraction(1))
    keyframes = range(0, whole, GROUP)
    heads = [taken_apart(each, keyframes)[0] for each in (plain, longer)]
    if any(keyframe > cut.first for keyframe in keyframes):
        starts = [head.cut if isinstance(head, Encoded) else head.first for head in heads]
        assert starts[0] == starts[1]


@given(
    st.integers(1, 500),
    st.fractions("0.5", 2, max_denominator=100),
    st.integers(0, 30),
    st.integers(0, 30),
)
def test_a_cut_at_another_tempo_is_made_of_the_clips_own_frames(
    frames: int, rate: Fraction, fade_in: int, fade_out: int
) -> None:
    cut = Cut(
        clip="a",
        first=3,
        frames=frames,
        rate=rate,
        fade_in=min(frames, fade_in),
        fade_out=min(frames, fade_out),
        crossfade=Crossfade(clip="b", first=9, rate=Fraction(1), frames=min(frames, 15)),
    )
    own = frame_by_frame(cut, OUTPUT)
    assert (own.clip, own.first, own.rate) == ("a", 3, 1)
    assert abs(own.frames - frames * rate) <= Fraction(1, 2) or own.frames == 1
    for request, result in ((cut.fade_in, own.fade_in), (cut.fade_out, own.fade_out)):
        assert bool(request) == bool(result)
        assert result <= own.frames
        assert abs(result - request * rate) <= Fraction(3, 2)
    assert own.crossfade is not None
    # The clip before goes on at its own tempo, which beside this one's is another.
    assert own.crossfade.rate * rate == 1
    assert own.crossfade.first == 9


def test_with_a_constant_frame_rate_a_cut_at_another_tempo_is_encoded() -> None:
    cut = Cut(clip="a", first=0, frames=30, rate=Fraction(11, 10))
    constant = OutputConfig(output_path="output/user_local/a.mp4", frame_rate_mode="constant")
    assert is_encoded_whole(cut, constant)
    assert not is_encoded_whole(cut, OUTPUT)
    with pytest.raises(ValueError, match="own frames"):
        taken_apart(cut, [0])
