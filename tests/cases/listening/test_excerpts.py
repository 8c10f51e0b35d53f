"""The labels of training examples are at the times of their sounds."""

import numpy as np
import pytest

from adapters.listening.features import COUNT, seconds
from training.clock import clock
from training.data import FRAMES, STRETCH, Known, batches, example, frame_of
from training.invented import invented
from training.notes import GUIRA, KEYS, Sheet
from training.players import BASS, LEAD
from training.songs import INVENTED, write
from training.styles import styles

LENGTH = int(FRAMES * (1 + STRETCH)) + 10


def ticking(every: float) -> Known:
    """Features that are one at each beat, shared by the two frames it lies between."""
    beats = np.arange(3.3, LENGTH - 2, every)
    numbers = np.zeros((LENGTH, COUNT), np.float16)
    below = beats.astype(int)
    numbers[below, 0], numbers[below + 1, 0] = 1 - (beats - below), beats - below
    return Known(numbers, beats, np.arange(len(beats)) % 4, 4, "ticking")


@pytest.mark.parametrize("seed", range(12))
def test_labels_are_stretched_with_the_sound(seed: int) -> None:
    excerpt, target = example(ticking(25.7), np.random.default_rng(seed))
    assert excerpt.shape == (FRAMES, COUNT)
    assert target.shape == (FRAMES, 2)
    labelled = np.flatnonzero(target[:, 0] > 0.75)
    assert len(labelled) >= FRAMES / 25.7 / (1 + STRETCH) - 2
    for frame in labelled[(labelled > 1) & (labelled < FRAMES - 2)]:
        assert excerpt[frame - 1 : frame + 2, 0].sum() > 0.7


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
    songs = [ticking(20 + index) for index in range(4)]
    source = batches(songs, 2, np.random.default_rng(0))
    excerpts, target = next(source)
    assert excerpts.shape == (2, COUNT, FRAMES)
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


def test_an_invented_style_is_another_one_every_time() -> None:
    styles_drawn = [invented(np.random.default_rng(seed)) for seed in range(40)]
    for style in styles_drawn:
        bars = [*style.bass, *(bar for layer in style.drums for bar in layer.bars)]
        assert {len(bar) for bar in bars} == {16}
        assert {layer.hit for layer in style.drums} <= {*KEYS, GUIRA}
    assert len({style.bass[0] for style in styles_drawn}) > 30
    assert invented(np.random.default_rng(7)) == styles_drawn[7]
    assert set(
        np.diff(np.flatnonzero(write(np.random.default_rng(5), 20, INVENTED).downbeats))
    ) == {4}


def test_a_chord_that_moves_on_in_the_middle_of_a_bar_is_struck_again() -> None:
    rng = np.random.default_rng(1)
    sheet = Sheet(clock(rng, 120, 30, "none", 4), 0.5, 0.0, rng)
    for position, channel in ((16, BASS), (16, LEAD), (18.5, BASS)):
        sheet.note(channel, position, 40, 0.9, 4)
    middle = sheet.clock.time(18)
    sheet.moved(0, middle, (BASS,), 5)
    played = sorted((note.channel, note.key, note.start) for note in sheet.notes)
    starts = [sheet.clock.time(position) for position in (16, 18, 18.5, 16)]
    assert [each[:2] for each in played] == [(BASS, 40), (BASS, 45), (BASS, 45), (LEAD, 40)]
    assert [each[2] for each in played] == pytest.approx(starts)


def test_a_clock_swings_between_its_beats() -> None:
    time = clock(np.random.default_rng(1), 120, 30, "eighths", 4)
    first, after = time.beats[8:10]
    assert time.time(8) == pytest.approx(first)
    assert 0.6 < (time.time(8.5) - first) / (after - first) < 0.7
    assert time.time(8.25) < time.time(8.5) < time.time(8.75) < after
