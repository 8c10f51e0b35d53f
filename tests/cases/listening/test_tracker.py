"""Beats are heard where they are, and nowhere else."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from adapters.demo.music.render import render
from adapters.demo.music.score import score
from adapters.demo.music.songs import LUNA_DE_HUMO
from adapters.listening.features import RATE, features
from adapters.listening.music_range import music_of
from adapters.listening.network import SHORT, SONGS, load
from adapters.listening.tracker import LEAST_CONFIDENCE, SongBeats, count, track
from tests.cases.listening.matching import f_measure
from tests.cases.listening.sounds import hiss, talk, waltz
from training.bachata import Conditions, Played, bachata

CONDITIONS = {
    "steady": Conditions(tempo=126),
    "drifting": Conditions(tempo=118, drift=0.03),
    "swung": Conditions(tempo=132, swing=0.12),
    "noisy": Conditions(tempo=144, noise=10),
    "all at once": Conditions(tempo=110, drift=0.02, swing=0.08, noise=12, tilt=-2),
}


@cache
def played(name: str) -> Played:
    return bachata(np.random.default_rng(sum(map(ord, name))), CONDITIONS[name], 14)


@cache
def beats_of(name: str) -> SongBeats:
    return track(played(name).samples)


@cache
def demo_song() -> SongBeats:
    return track(render(LUNA_DE_HUMO, RATE).mean(axis=1))


def test_the_beats_of_a_demo_song_are_heard() -> None:
    song_beats = demo_song()
    assert f_measure(np.array(score(LUNA_DE_HUMO).beats), song_beats.beats) >= 0.98
    assert song_beats.tempo == pytest.approx(LUNA_DE_HUMO.tempo, rel=0.01)


def test_the_first_of_every_bar_of_a_demo_song_is_heard() -> None:
    song_beats = demo_song()
    assert f_measure(np.array(score(LUNA_DE_HUMO).downbeats), song_beats.downbeats) >= 0.95


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_bachata_is_heard_however_it_is_played(name: str) -> None:
    assert f_measure(played(name).beats, beats_of(name).beats) >= 0.98
    assert f_measure(played(name).downbeats, beats_of(name).downbeats) >= 0.95
    median = 60 / float(np.median(np.diff(played(name).beats)))
    assert beats_of(name).tempo == pytest.approx(median, rel=0.04)


@pytest.mark.parametrize("name", CONDITIONS)
def test_beats_are_heard_on_time(name: str) -> None:
    truth, times = played(name).beats, beats_of(name).beats
    nearest = times[np.abs(times[:, np.newaxis] - truth).argmin(axis=0)]
    assert abs(float(np.median(nearest - truth))) <= 0.010


@pytest.mark.parametrize("name", CONDITIONS)
def test_beats_increase_and_every_downbeat_is_one(name: str) -> None:
    song_beats = beats_of(name)
    assert np.diff(song_beats.beats).min() > 0.2
    assert 0 <= song_beats.beats[0] < song_beats.beats[-1] < len(played(name).samples) / RATE
    places = np.flatnonzero(np.isin(song_beats.beats, song_beats.downbeats))
    assert len(places) == len(song_beats.downbeats)
    assert set(np.diff(places)) == {4}


def test_a_song_is_heard_alike_however_loud_it_is() -> None:
    soft = track(played("steady").samples * np.float32(0.01))
    assert soft.beats == pytest.approx(beats_of("steady").beats, abs=1e-3)
    assert soft.confidence == pytest.approx(beats_of("steady").confidence, abs=1e-3)


def test_silence_about_a_song_moves_its_beats_and_no_more() -> None:
    song = played("steady")
    before, after = np.zeros(12 * RATE, np.float32), np.zeros(20 * RATE, np.float32)
    song_beats = track(np.concatenate([before, song.samples, after]))
    beats = song_beats.beats[
        (song_beats.beats > 12 - 0.05) & (song_beats.beats < 12 + song.beats[-1] + 0.1)
    ]
    assert f_measure(song.beats + 12, beats) >= 0.99
    assert song_beats.beats[0] > 6
    assert song_beats.beats[-1] < 12 + len(song.samples) / RATE + 6


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_song_is_believed(name: str) -> None:
    assert LEAST_CONFIDENCE + 0.2 < beats_of(name).confidence <= 1


BEATLESS = {
    "silence": lambda: np.zeros(10 * RATE, np.float32),
    "next to silence": lambda: hiss(8, 1) * np.float32(1e-4),
    "white noise": lambda: hiss(20, 2),
    "somebody talking": lambda: talk(25, 3),
    "somebody else talking": lambda: talk(25, 4),
    "a slow waltz": lambda: waltz(96, 16),
    "a waltz": lambda: waltz(140, 24),
    "a fast waltz": lambda: waltz(180, 30),
}


@pytest.mark.parametrize("name", BEATLESS)
def test_no_beat_is_invented(name: str) -> None:
    song_beats = track(BEATLESS[name]())
    assert len(song_beats.beats) == len(song_beats.downbeats) == 0
    assert song_beats.tempo is None
    assert 0 <= song_beats.confidence < LEAST_CONFIDENCE


@pytest.mark.parametrize("samples", [0, 1, 219, 220, RATE, 2 * RATE - 1])
def test_less_than_two_seconds_are_too_few(samples: int) -> None:
    assert track(played("steady").samples[:samples]).confidence == 0


@pytest.mark.parametrize("seconds", [2.0, 2.5, 4.0])
def test_a_few_seconds_are_no_trouble(seconds: float) -> None:
    song_beats = track(played("steady").samples[: int(seconds * RATE)])
    assert (np.diff(song_beats.beats) > 0).all()


@pytest.mark.parametrize(("seconds", "weights"), [(12, SHORT), (29, SHORT), (32, SONGS)])
def test_a_clip_and_a_song_are_each_heard_by_what_hears_them_best(
    seconds: int, weights: Path
) -> None:
    samples = played("noisy").samples[: seconds * RATE]
    # A second of silence is around the music.
    surrounded = features(np.pad(music_of(samples).samples, RATE))
    confidence, other = (
        count(surrounded, load(file)).confidence
        for file in (weights, SHORT if weights is SONGS else SONGS)
    )
    assert track(samples).confidence == confidence != other
