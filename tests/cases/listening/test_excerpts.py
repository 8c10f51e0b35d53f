"""What the network is trained on is labelled where it sounds."""

import numpy as np
import pytest

from adapters.listening.features import COUNT, seconds
from training.clock import clock
from training.data import FRAMES, STRETCH, Known, batches, example, frame_of
from training.notes import GUIRA, KEYS
from training.songs import write
from training.styles import styles

LENGTH = int(FRAMES * (1 + STRETCH)) + 10


def ticking(every: float) -> Known:
    """Features that are one at each beat, shared by the two frames it lies between."""
    beats = np.arange(3.3, LENGTH - 2, every)
    seen = np.zeros((LENGTH, COUNT), np.float16)
    below = beats.astype(int)
    seen[below, 0], seen[below + 1, 0] = 1 - (beats - below), beats - below
    return Known(seen, beats, np.arange(len(beats)) % 4, 4, "ticking")


@pytest.mark.parametrize("seed", range(12))
def test_labels_are_stretched_with_the_sound(seed: int) -> None:
    seen, target = example(ticking(25.7), np.random.default_rng(seed))
    assert seen.shape == (FRAMES, COUNT)
    assert target.shape == (FRAMES, 2)
    labelled = np.flatnonzero(target[:, 0] > 0.75)
    assert len(labelled) >= FRAMES / 25.7 / (1 + STRETCH) - 2
    for frame in labelled[(labelled > 1) & (labelled < FRAMES - 2)]:
        assert seen[frame - 1 : frame + 2, 0].sum() > 0.7


@pytest.mark.parametrize("seed", range(12))
def test_no_beat_falls_out_and_none_is_doubled(seed: int) -> None:
    _, target = example(ticking(25.7), np.random.default_rng(seed))
    inner = target[1:-1, 0]
    peaks = np.flatnonzero((inner >= target[:-2, 0]) & (inner > target[2:, 0])) + 1
    gaps = np.diff(peaks)
    assert gaps.max() - gaps.min() <= 2
    assert target[peaks, 0].min() > 0.75


def test_a_time_is_the_frame_that_lies_there() -> None:
    frames = np.array([0.0, 1.0, 417.0])
    assert frame_of(np.array([seconds(frame) for frame in frames])) == pytest.approx(frames)


def test_a_batch_has_every_excerpt_in_its_turn() -> None:
    known = [ticking(20 + index) for index in range(4)]
    source = batches(known, 2, np.random.default_rng(0))
    seen, target = next(source)
    assert seen.shape == (2, COUNT, FRAMES)
    assert target.shape == (2, 2, FRAMES)


@pytest.mark.parametrize("name", styles())
def test_a_style_is_written_in_whole_bars(name: str) -> None:
    style = styles()[name]
    bars = [*style.bass, *(bar for layer in style.drums for bar in layer.bars)]
    assert {len(bar) for bar in bars} == {4 * style.beats}
    assert {layer.hit for layer in style.drums} <= {*KEYS, GUIRA}
    assert style.bpm[0] < style.bpm[1]


@pytest.mark.parametrize("name", styles())
def test_a_song_is_the_same_for_its_seed(name: str) -> None:
    one, other = (write(np.random.default_rng(5), 20, name) for _ in range(2))
    assert one.sheet.notes == other.sheet.notes
    assert (one.beats == other.beats).all()
    assert set(np.diff(np.flatnonzero(one.downbeats))) == {styles()[name].beats}


def test_a_clock_swings_between_its_beats() -> None:
    time = clock(np.random.default_rng(1), 120, 30, "eighths", 4)
    first, after = time.beats[8:10]
    assert time.time(8) == pytest.approx(first)
    assert 0.6 < (time.time(8.5) - first) / (after - first) < 0.7
    assert time.time(8.25) < time.time(8.5) < time.time(8.75) < after
