"""No beat is heard in silence or hiss, before the music and after it."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from adapters.demo.music.render import render
from adapters.demo.music.songs import LUNA_DE_HUMO
from adapters.listening.features import RATE
from adapters.listening.music_range import music_range
from adapters.listening.tracker import track
from adapters.media.sound import mono
from training.bachata import Conditions, bachata

Samples = NDArray[np.float32]

REAL = Path(__file__).parents[3].parent / "shared" / "data" / "beats" / "lmms_CapDan_ReggaeTry.ogg"
NAMES = ("demo", "generated", "real")
LEVELS = (None, -70, -60, -50)
"""Of noise in dB relative to full scale; None is digital silence."""
SECONDS = 25
SHORTEST = 0.35
"""Seconds of noise that can be told from a quiet note."""
NEAR = 0.1
"""Seconds by which a beat may be beside the music: a block, and the tracker's error."""


@cache
def music(name: str) -> Samples:
    """Music from its first sound to its last."""
    if name == "real" and not REAL.exists():
        pytest.skip(f"There is no {REAL.name} beside the project.")
    if name == "real":
        whole = mono(REAL, RATE)
    elif name == "demo":
        whole = render(LUNA_DE_HUMO, RATE).mean(axis=1).astype(np.float32)
    else:
        conditions = Conditions(tempo=118, drift=0.02)
        whole = bachata(np.random.default_rng(7), conditions, 14).samples
    some = whole[: SECONDS * RATE]
    loud = np.flatnonzero(np.abs(some) > 0.01)
    return some[loud[0] : loud[-1]]


@cache
def beats_alone(name: str) -> NDArray[np.float64]:
    """The beats that are heard in the music without anything around it."""
    return track(music(name)).beats


def noise(seconds: float, level: int | None, seed: int) -> Samples:
    count = int(seconds * RATE)
    if level is None:
        return np.zeros(count, np.float32)
    wave = np.random.default_rng(seed).standard_normal(count) * 10 ** (level / 20)
    return wave.astype(np.float32)


@pytest.mark.parametrize("name", NAMES)
@settings(deadline=None, max_examples=100)
@given(
    before=st.just(0.0) | st.floats(SHORTEST, 30),
    after=st.just(0.0) | st.floats(SHORTEST, 30),
    first=st.sampled_from(LEVELS),
    last=st.sampled_from(LEVELS),
)
def test_the_music_is_found_between_silence_and_hiss(
    name: str, before: float, after: float, first: int | None, last: int | None
) -> None:
    whole = np.concatenate([noise(before, first, 1), music(name), noise(after, last, 2)])
    start, end = music_range(whole)
    begins = int(before * RATE)
    assert abs(start - begins) < NEAR * RATE
    # The end of a decay that is no louder than the noise cannot be told from it.
    assert -1.5 * RATE < end - begins - len(music(name)) < NEAR * RATE


@settings(deadline=None)
@given(
    parts=st.lists(
        st.tuples(st.floats(SHORTEST, 5), st.sampled_from(LEVELS)), min_size=2, max_size=4
    )
)
def test_silence_and_hiss_may_follow_one_another(parts: list[tuple[float, int | None]]) -> None:
    quiet = [noise(seconds, level, 3) for seconds, level in parts]
    start, _ = music_range(np.concatenate([*quiet, music("demo")]))
    assert abs(start - sum(map(len, quiet))) < NEAR * RATE


ABOUT = [
    (0.0, 20.0, -60, None),
    (0.4, 0.4, -50, -50),
    (3.0, 7.0, None, -60),
    (12.0, 1.0, -70, -50),
    (25.0, 25.0, -60, -70),
    (30.0, 30.0, -50, None),
    (30.0, 12.0, None, -50),
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("before", "after", "first", "last"), ABOUT)
def test_beats_are_heard_in_the_music_alone(
    name: str, before: float, after: float, first: int | None, last: int | None
) -> None:
    song_beats = track(
        np.concatenate([noise(before, first, 1), music(name), noise(after, last, 2)])
    )
    beats = song_beats.beats - int(before * RATE) / RATE
    assert beats[0] > -NEAR
    assert beats[-1] < len(music(name)) / RATE + NEAR
    # Nor is one lost, except for a little at the ends, where a song gives fewer signs of a beat.
    alone = beats_alone(name)
    inner = alone[(alone > 2) & (alone < alone[-1] - 2)]
    nearest = np.abs(beats[:, np.newaxis] - inner).min(axis=0)
    assert np.mean(nearest < 0.05) == 1


@pytest.mark.parametrize("level", LEVELS)
def test_silence_or_hiss_alone_is_no_music(level: int | None) -> None:
    start, end = music_range(noise(20, level, 4))
    assert start == end or level is not None
    assert len(track(noise(20, level, 4)).beats) == 0
