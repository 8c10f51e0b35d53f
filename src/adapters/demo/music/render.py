"""Render a demo song as sound: play every section of its form, mix and master it."""

import zlib

import numpy as np
from numpy.typing import NDArray

from adapters.demo.music.band import Band
from adapters.demo.music.loudness import mastered
from adapters.demo.music.mix import Desk, faded
from adapters.demo.music.patterns import GROOVES, TAG, with_fill
from adapters.demo.music.score import BEATS_PER_EIGHT, RING_SECONDS, DemoSong, score

SONG_LUFS = -14.0
"""Usual loudness of streaming services."""


def render(song: DemoSong, rate: int = 48000) -> NDArray[np.float32]:
    """Return the song in stereo, shape (samples, 2), for exactly the duration of its score.

    The loudness is about -14 LUFS with peaks below -1 dBTP; every call returns the same samples.
    """
    desk = Desk(score(song).duration, rate)
    band = Band(desk, song.tempo, np.random.default_rng(zlib.crc32(song.slug.encode())))
    first_beat = 0
    for section in song.form:
        bars = GROOVES[section.name] * section.eight_counts
        ending = TAG if section is song.form[-1] else with_fill(bars[-1])
        grooves = (*bars[:-1], ending)
        band.play(song.part(section.name), first_beat, grooves, _gain_at(section.energy))
        first_beat += section.eight_counts * BEATS_PER_EIGHT
    wave = mastered(desk.mixed(), SONG_LUFS, rate)
    return faded(wave, rise=0.0005, fall=RING_SECONDS * 0.8, rate=rate)


def _gain_at(energy: float) -> float:
    """Return the band's gain at an energy: 0 is about 5 dB below 1."""
    return 0.55 + 0.45 * energy
