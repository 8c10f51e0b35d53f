"""Scenes last as long as their voices, and the video as long as was requested, to the frame."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from domain.scripts.timing import FASTEST, LEAD, TAIL, Timed, spans_of, speed_for

RATE = 30
SECONDS = st.fractions(min_value=0, max_value=60, max_denominator=1000)
SCENES = st.lists(
    st.builds(
        Timed,
        words=st.integers(0, 200),
        voice=st.none() | SECONDS,
        stated=st.none() | st.fractions(min_value=1, max_value=60, max_denominator=100),
    ),
    min_size=1,
    max_size=40,
)


@given(SCENES, st.none() | st.fractions(min_value=5, max_value=600, max_denominator=100))
def test_scenes_follow_one_another_and_leave_room_for_every_voice(
    scenes: list[Timed], duration: Fraction | None
) -> None:
    spans = spans_of(scenes, duration, RATE)
    first = 0
    for scene, span in zip(scenes, spans, strict=True):
        assert span.first == first
        assert span.frames >= 1
        # Both ends are rounded to frames.
        assert Fraction(span.frames + 1, RATE) >= scene.least
        first += span.frames
    needed = sum((scene.least for scene in scenes), Fraction(0))
    whole = needed if duration is None else max(duration, needed)
    assert abs(first - whole * RATE) <= len(scenes)
    if duration is not None and needed <= duration - len(scenes):
        assert first == round(duration * RATE)


@given(SCENES)
def test_stated_lengths_stay_while_another_scene_can_take_the_rest(scenes: list[Timed]) -> None:
    spans = spans_of(scenes, Fraction(600 * 60), RATE)
    if all(scene.stated is not None for scene in scenes):
        return
    for scene, span in zip(scenes, spans, strict=True):
        if scene.stated is not None:
            assert abs(Fraction(span.frames, RATE) - scene.least) <= Fraction(1, RATE)


def test_a_voice_has_a_pause_before_and_after_it() -> None:
    [span] = spans_of([Timed(words=3, voice=Fraction(2))], None, RATE)
    assert span.frames == round((LEAD + 2 + TAIL) * RATE)


@given(SECONDS, SECONDS, SECONDS, st.floats(0.7, FASTEST))
def test_a_voice_is_hurried_only_as_far_as_needed(
    voice: Fraction, pauses: Fraction, duration: Fraction, speed: float
) -> None:
    faster = speed_for(voice, pauses, duration, speed)
    assert speed <= faster <= FASTEST
    if voice + pauses <= duration:
        assert faster == speed
    elif faster < FASTEST and duration > pauses:
        assert voice * Fraction(speed) / Fraction(faster) <= duration - pauses
