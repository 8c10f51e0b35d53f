"""A bar begins where the song changes, though the network take another beat for the first."""

import numpy as np
import pytest
from numpy.typing import NDArray

from adapters.listening.barlines import FEWEST, WEIGHTS, Cues, cues, turned
from adapters.listening.downbeat_cues import BAR, downbeat_cues
from adapters.listening.features import RATE
from adapters.listening.music_range import music_of
from adapters.listening.spectral_features import SpectralFeatures
from adapters.listening.tracker import track_music
from tests.cases.listening.sounds import Samples
from training.bachata import Conditions, bachata
from training.barlines import LabelledSong, fitted, right

BEAT = 0.5
COUNT = 64
BEATS: NDArray[np.float64] = np.arange(COUNT, dtype=np.float64) * BEAT
PLACES: NDArray[np.int64] = np.arange(COUNT) % BAR
UNSURE = np.full(COUNT, 0.25, np.float32)
TIMES: NDArray[np.float64] = np.arange(round(COUNT * BEAT * RATE)) / RATE
FOUR = range(BAR)


def drums() -> NDArray[np.float64]:
    """The same noise on every beat."""
    stroke = np.random.default_rng(3).normal(0, 0.1, round(BEAT * RATE))
    stroke *= np.exp(-8 * np.arange(len(stroke)) / RATE)
    return np.resize(stroke, len(TIMES))


def tone(hertz: NDArray[np.float64] | float) -> NDArray[np.float64]:
    return 0.1 * np.sin(2 * np.pi * hertz * TIMES)


def bars(first: int) -> NDArray[np.int64]:
    """The bar that each sample is in, where a beat is the first of a bar."""
    return ((TIMES / BEAT + 1e-9).astype(int) - first) // BAR


def chords(first: int) -> NDArray[np.float64]:
    """Other chords in every bar, all as loud."""
    roots = np.array([220.0, 174.6, 261.6, 196.0])[bars(first) % 4]
    return tone(roots) + tone(1.2599 * roots)


def players(first: int) -> NDArray[np.float64]:
    """The players change after a bar or two, and the music stays on one tone."""
    return tone(220) * (bars(first) % 5 < 2) + tone(1760) * (bars(first) % 3 < 1)


def loudness(first: int) -> NDArray[np.float64]:
    """The same drums, at half of their strength in two bars of five."""
    return -0.5 * drums() * (bars(first) % 5 < 2)


CHANGES = {"chords": chords, "players": players, "loudness": loudness}
TOLD_BY = {"chords": "harmony", "players": "sound", "loudness": "loudness"}


def bar_starts(sound: NDArray[np.float64], downbeat: Samples = UNSURE) -> list[int]:
    """The first beats of bars, of those beside the first bar, that a song's sound tells."""
    spectrum = SpectralFeatures((drums() + sound).astype(np.float32))
    return np.flatnonzero(turned(PLACES, downbeat, spectrum, BEATS).places == 0).tolist()


def likely(first: int, downbeat: float) -> Samples:
    """P(downbeat) of every beat, where a network takes one beat of the bar for the first."""
    return np.where((PLACES - first) % BAR == 0, downbeat, 0.1).astype(np.float32)


@pytest.mark.parametrize("first", FOUR)
@pytest.mark.parametrize("what", CHANGES)
def test_a_bar_begins_where_the_music_changes(what: str, first: int) -> None:
    assert bar_starts(CHANGES[what](first)) == list(range(first, COUNT, BAR))


@pytest.mark.parametrize("first", FOUR)
@pytest.mark.parametrize("what", CHANGES)
def test_every_change_is_told_by_its_own_cue(what: str, first: int) -> None:
    spectrum = SpectralFeatures((drums() + CHANGES[what](first)).astype(np.float32))
    evidence_of_bars = downbeat_cues(PLACES, UNSURE, spectrum, BEATS)
    row = cues(PLACES, evidence_of_bars)[Cues._fields.index(TOLD_BY[what])]
    assert row.argmax() == first
    assert row[first] > 1.5 * np.sort(row)[-2]


@pytest.mark.parametrize("first", FOUR)
def test_a_network_that_is_wrong_is_set_right(first: int) -> None:
    wrong = likely(first + 2, 0.8)
    assert bar_starts(chords(first), wrong) == list(range(first, COUNT, BAR))


def test_where_nothing_changes_the_network_tells() -> None:
    for first in FOUR:
        assert bar_starts(0 * TIMES, likely(first, 0.6)) == list(range(first, COUNT, BAR))


def test_what_comes_in_every_bar_tells_nothing() -> None:
    accent = drums() * ((TIMES / BEAT + 1e-9).astype(int) % BAR == 2)
    assert bar_starts(3 * accent, likely(0, 0.6)) == list(range(0, COUNT, BAR))


def test_a_few_beats_stay_as_they_are() -> None:
    spectrum = SpectralFeatures((drums() + chords(1)).astype(np.float32))
    few = slice(0, FEWEST - 1)
    bars = turned(PLACES[few], UNSURE[few], spectrum, BEATS[few])
    assert bars.places.tolist() == PLACES[few].tolist()


def test_bar_lines_are_more_certain_the_more_the_music_tells() -> None:
    told, silent = (
        turned(PLACES, UNSURE, SpectralFeatures((drums() + sound).astype(np.float32)), BEATS).turns
        for sound in (chords(1), 0 * TIMES)
    )
    assert told.sum() == pytest.approx(1)
    assert told[0] == told.max() > 0.9 > silent[0] > 0.2


def test_a_song_is_tracked_with_its_portrait() -> None:
    song = bachata(np.random.default_rng(5), Conditions(tempo=126), 8)
    music = music_of(song.samples)
    song_beats = track_music(music)
    first = int(np.isin(song_beats.beats, song_beats.downbeats).argmax())
    # The portrait of other music over the same beats, whose chords change on every third one.
    times = np.arange(len(music.samples)) / RATE
    number = np.searchsorted(song_beats.beats, times, "right") - 1
    roots: NDArray[np.float64] = np.array([220.0, 174.6, 261.6, 196.0])[
        (number - first - 2) // BAR % 4
    ]
    other = 0.3 * np.sin(2 * np.pi * np.cumsum(roots) / RATE)
    moved = track_music(music, SpectralFeatures(other.astype(np.float32)))
    assert moved.beats.tolist() == song_beats.beats.tolist()
    assert moved.downbeats[-3:].tolist() == song_beats.beats[first + 2 :: BAR][-3:].tolist()


def test_what_tells_more_is_given_more_weight() -> None:
    rng = np.random.default_rng(1)
    songs: list[LabelledSong] = []
    for _ in range(200):
        first = int(rng.integers(BAR))
        cue_rows = rng.normal(0, 1, (len(WEIGHTS), BAR))
        cue_rows[1, first] += 3
        cue_rows[2, first] += 1
        songs.append(LabelledSong("any", cue_rows, first))
    weights = fitted(songs)
    assert weights[1] > weights[2] > max(weights[0], weights[3])
    assert right(weights, songs).mean() > 0.9
