"""The songs as sound, heard by measurement."""

import warnings

import numpy as np
import pytest

from adapters.demo.music.loudness import CEILING, integrated
from adapters.demo.music.render import render
from adapters.demo.music.score import DemoSong, score
from adapters.demo.music.songs import SONGS
from tests.cases.demo_music.hearing import (
    RATE,
    bass,
    between,
    decibels,
    flux,
    flux_at,
    level_at,
    rendered,
    true_peak,
)

every_song = pytest.mark.parametrize("song", SONGS, ids=lambda song: song.slug)


@every_song
def test_the_wave_is_as_long_as_the_score_says(song: DemoSong) -> None:
    wave = rendered(song)
    assert wave.dtype == np.float32
    assert wave.shape == (round(score(song).duration * RATE), 2)


@every_song
def test_the_first_sound_comes_within_twenty_milliseconds(song: DemoSong) -> None:
    assert decibels(between(rendered(song), 0, 0.020)) > -30


@every_song
def test_it_is_as_loud_as_streamed_music_and_never_clips(song: DemoSong) -> None:
    wave = rendered(song)
    assert integrated(wave, RATE) == pytest.approx(-14, abs=0.5)
    assert np.abs(wave).max() <= CEILING * 1.0001
    loudest = int(np.abs(wave).max(axis=1).argmax())
    assert true_peak(wave[max(0, loudest - RATE) : loudest + RATE]) <= -1


@every_song
def test_it_has_no_clicks_no_offset_and_no_holes(song: DemoSong) -> None:
    wave = rendered(song)
    assert np.isfinite(wave).all()
    assert np.abs(wave.mean(axis=0)).max() < 1e-3
    assert np.abs(wave[0]).max() < 0.01
    assert np.abs(wave[-1]).max() < 1e-4
    # The güira's scraping is the steepest sound there is.
    assert np.abs(np.diff(wave, axis=0)).max() < 1.0
    seconds = wave[: len(wave) // RATE * RATE].reshape(-1, RATE, 2)
    assert min(decibels(second) for second in seconds[:-1]) > -45


@every_song
def test_sounds_start_on_the_beats_and_not_between(song: DemoSong) -> None:
    wave = rendered(song)
    beats = np.array(score(song).beats[:-1])
    period = 60 / song.tempo
    rising = flux(wave)
    on = flux_at(rising, beats)
    # Eighths and sixteenths are played too, so a half beat is the hardest rival.
    assert on > 1.25 * flux_at(rising, beats + period / 2)
    assert on > 2 * flux_at(rising, beats + period / 8)
    assert on > 2 * flux_at(rising, beats + 7 * period / 8)


@every_song
def test_the_bass_marks_the_one_and_leaves_out_the_two(song: DemoSong) -> None:
    song_score = score(song)
    low = bass(rendered(song))
    start = song_score.sections[1].start
    end = song_score.sections[-1].start
    ones = tuple(one for one in song_score.ones if start <= one < end)
    beat = 60 / song.tempo
    fives = tuple(one + 4 * beat for one in ones)
    twos = tuple(one + beat for one in ones)
    assert level_at(low, ones) > level_at(low, fives)
    assert level_at(low, ones) > level_at(low, twos) + 3


@every_song
def test_the_more_energy_a_section_has_the_louder_it_is(song: DemoSong) -> None:
    wave = rendered(song)
    level = {
        section.name: decibels(between(wave, section.start, section.end))
        for section in score(song).sections
    }
    assert level["mambo"] > level["chorus"] + 0.5
    assert level["chorus"] > level["verse"] + 0.5
    assert level["verse"] > level["intro"] + 1


@every_song
def test_the_last_chord_rings_out(song: DemoSong) -> None:
    wave = rendered(song)
    end = score(song).sections[-1].end
    assert decibels(between(wave, end, end + 0.3)) > -40
    assert decibels(between(wave, end + 1.4, end + 1.5)) < -60


def test_two_renders_of_a_song_are_the_same() -> None:
    assert np.array_equal(render(SONGS[2], RATE), rendered(SONGS[2]))


@every_song
def test_a_beat_tracker_finds_the_tempo(song: DemoSong) -> None:
    with warnings.catch_warnings():
        # The tracker's own dependencies warn about one another.
        warnings.simplefilter("ignore")
        import librosa

        mono = np.asarray(
            librosa.resample(rendered(song).mean(axis=1), orig_sr=RATE, target_sr=22050)
        )
        tempo = float(np.ravel(librosa.feature.tempo(y=mono, sr=22050))[0])
    # No octave is forgiven: the tracker has to hear the counts, not every second or half one.
    assert tempo == pytest.approx(song.tempo, rel=0.04)
