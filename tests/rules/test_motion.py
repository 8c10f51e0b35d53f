"""Rules of what is seen in motion."""

import math

from hypothesis import given
from hypothesis import strategies as st

from domain.library.motion import Motion, level_of, pulse
from domain.library.moves import Energy


def swaying(tempo: float, seconds: float, late: float = 0) -> Motion:
    """Somebody who stands still on every beat."""
    moments = [number / 15 for number in range(round(seconds * 15))]
    turns = [(moment + 0.5 / 15 - late) * tempo / 60 for moment in moments]
    return Motion(rate=15, changes=tuple(3 - 2 * math.cos(2 * math.pi * turn) for turn in turns))


@given(st.floats(105, 160), st.floats(10, 20), st.floats(0, 0.3))
def test_the_beat_of_one_who_keeps_it_is_seen(tempo: float, seconds: float, late: float) -> None:
    rhythm = pulse(swaying(tempo, seconds, late))
    assert rhythm is not None
    assert abs(rhythm.tempo / tempo - 1) < 0.02
    assert all(0 <= beat <= seconds for beat in rhythm.beats)
    first = (rhythm.beats[0] - late) * tempo / 60
    # Fifteen pictures a second tell a beat to a third of it.
    assert abs(first - round(first)) < 0.4


def test_nobody_keeps_a_beat_in_a_still_picture() -> None:
    assert pulse(Motion(rate=15, changes=(0.0,) * 200)) is None
    assert pulse(Motion(rate=15, changes=())) is None
    assert pulse(swaying(128, 3)) is None


@given(st.lists(st.floats(0, 255), max_size=60), st.floats(0, 5), st.floats(0, 5))
def test_energy_lies_between_nothing_and_all(
    changes: list[float], start: float, length: float
) -> None:
    motion = Motion(rate=15, changes=tuple(changes))
    assert 0 <= motion.energy(start, start + length) <= 1
    assert 0 <= motion.energy() <= 1


def test_more_motion_is_more_energy() -> None:
    levels = [Motion(rate=15, changes=(change,) * 30).energy() for change in (0, 1, 3, 9)]
    assert levels == sorted(levels)
    assert [level_of(each) for each in levels] == [
        Energy.LOW,
        Energy.LOW,
        Energy.MEDIUM,
        Energy.HIGH,
    ]
