"""Rules by which music steps back under voices."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.scripts.ducking import ATTACK, RELEASE, Depth, Interval, depth_at, ducking

TIMES = st.fractions(-5, 65, max_denominator=1000)
VOICES = st.lists(st.builds(Interval, TIMES, TIMES), max_size=12)
SECONDS = st.fractions(Fraction(1, 10), 60, max_denominator=1000)


@given(VOICES, SECONDS, st.fractions(0, 1))
@settings(max_examples=100)
def test_music_is_low_under_every_voice_and_never_jumps(
    voices: list[Interval], seconds: Fraction, share: Fraction
) -> None:
    curve = ducking(voices, seconds)
    assert (curve[0].at, curve[-1].at) == (0, seconds)
    assert all(0 <= point.depth <= 1 for point in curve)
    for left, right in pairwise(curve):
        assert left.at < right.at
        rise = (right.depth - left.depth) / (right.at - left.at)
        assert -1 / RELEASE <= rise <= 1 / ATTACK
    for voice in voices:
        at = voice.start + (voice.end - voice.start) * share
        if voice.start < voice.end and 0 <= at <= seconds and voice.end > 0:
            assert depth_at(curve, at) == 1


@given(VOICES, SECONDS, st.fractions(0, 60))
@settings(max_examples=100)
def test_far_from_voices_music_has_its_own_level(
    voices: list[Interval], seconds: Fraction, at: Fraction
) -> None:
    near = any(
        voice.start - ATTACK - RELEASE < at < voice.end + ATTACK + RELEASE for voice in voices
    )
    if at <= seconds and not near:
        assert depth_at(ducking(voices, seconds), at) == 0


def test_the_curve_of_one_voice() -> None:
    assert ducking([Interval(Fraction(2), Fraction(4))], Fraction(6)) == (
        Depth(Fraction(0), Fraction(0)),
        Depth(2 - ATTACK, Fraction(0)),
        Depth(Fraction(2), Fraction(1)),
        Depth(Fraction(4), Fraction(1)),
        Depth(4 + RELEASE, Fraction(0)),
        Depth(Fraction(6), Fraction(0)),
    )


def test_music_does_not_rise_in_a_breath() -> None:
    breath = ATTACK + RELEASE
    curve = ducking(
        [Interval(Fraction(1), Fraction(2)), Interval(2 + breath, Fraction(4))], Fraction(6)
    )
    assert depth_at(curve, Fraction(9, 4)) == 1


def test_a_voice_at_the_edges_starts_and_ends_low() -> None:
    curve = ducking([Interval(Fraction(0), Fraction(3))], Fraction(3))
    assert curve == (Depth(Fraction(0), Fraction(1)), Depth(Fraction(3), Fraction(1)))


def test_a_curve_needs_time() -> None:
    with pytest.raises(ValueError, match="positive"):
        ducking([], Fraction(0))
