"""Plucked strings: the requinto, the segunda and the bass, by an extended Karplus-Strong loop."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from adapters.demo.music.harmony import hertz

MOST_KEPT = 192
"""Number of cached notes, for the music of many clips: some 20 MB at 48 kHz."""

HIGH_HERTZ = 4000.0
"""Reference frequency for `ring_high`: partials here make a string sound bright."""

FADE_IN_SECONDS = 0.0008

MOST_PARTIALS = 60
"""Enough to reach 2 kHz on the bass and the full band on the guitars."""

TURN_SAMPLES = 400
"""About as many samples as numpy convolves in the time of one call."""


@dataclass(frozen=True, slots=True)
class Strings:
    """The sound of one instrument's strings.

    `pick` is the plucked point as a share of the string, `tilt` the exponent of the partials'
    decrease (1/n^tilt), `ring` and `ring_high` the seconds in which the lowest partial of an A3 and
    a partial at 4 kHz fall by 60 dB, `scratch` the pick's noise relative to the note, `body` the
    resonances of the box as (Hz, bandwidth in Hz, gain).
    """

    pick: float
    tilt: float
    ring: float
    ring_high: float
    scratch: float
    body: tuple[tuple[float, float, float], ...]


REQUINTO = Strings(0.14, 0.95, 4.4, 0.6, 0.10, ((220.0, 90.0, 0.5), (2600.0, 1800.0, 0.5)))
SEGUNDA = Strings(0.23, 1.25, 2.6, 0.35, 0.07, ((110.0, 40.0, 0.6), (210.0, 70.0, 0.6)))
BASS = Strings(0.21, 1.5, 2.4, 0.16, 0.02, ((90.0, 60.0, 0.5),))


@lru_cache(maxsize=MOST_KEPT)
def pluck(strings: Strings, midi: int, seconds: float, rate: int) -> NDArray[np.float32]:
    """Return one note of `seconds`, peak 1.0, shape (samples,), read-only.

    The loop is Jaffe and Smith's (Computer Music Journal 7(2), 1983): a delay of one period with
    feedback through a damping filter, tuned between samples by interpolation.
    """
    pitch = hertz(midi)
    period = rate / pitch
    lag, kernel = _loop(strings, pitch, rate)
    samples = round(seconds * rate)
    played = _excitation(strings, pitch, rate, np.random.default_rng(midi))
    wave = np.zeros(max(samples, len(played)), dtype=np.float32)
    wave[: len(played)] = played
    _feed_back(wave, len(played), lag, kernel.astype(np.float32))
    note = _through_body(wave[:samples], strings, rate)
    rise = round(min(FADE_IN_SECONDS, period / rate) * rate) + 1
    note[:rise] *= np.linspace(0.0, 1.0, rise)
    sound = (note / np.abs(note).max()).astype(np.float32)
    sound.setflags(write=False)
    return sound


def _loop(strings: Strings, pitch: float, rate: int) -> tuple[int, NDArray[np.float64]]:
    """Return the loop's lag in whole samples and the six taps that damp and tune it."""
    # Short strings ring for less time: the decay scales with the square root of the pitch around
    # A3.
    ring = strings.ring * math.sqrt(220.0 / pitch)
    gain = 10 ** (-3 / (pitch * ring))
    gain_high = 10 ** (-3 / (pitch * min(strings.ring_high, ring)))
    # The damping filter (c, 1-2c, c) has the gain 1-2c+2c*cos(w): c is solved for HIGH_HERTZ.
    fall = 1 - math.cos(2 * math.pi * HIGH_HERTZ / rate)
    damp = min(0.25, (1 - gain_high / gain) / (2 * fall))
    damping = gain * np.array([damp, 1 - 2 * damp, damp])
    period = rate / pitch
    lag = math.floor(period - 2)
    delay = period - lag - 1
    # Lagrange interpolation of third order is flat for a delay between one and two samples.
    points = np.arange(4)
    tuning = np.array(
        [np.prod([(delay - j) / (k - j) for j in points if j != k]) for k in points],
    )
    return lag, np.convolve(damping, tuning)


def _feed_back(
    wave: NDArray[np.float32], played: int, lag: int, kernel: NDArray[np.float32]
) -> None:
    """Add to each sample of `wave` the feedback of the loop, in place.

    One step of the loop computes `lag` samples at once. After enough periods of the first `played`
    samples, several periods become one longer step, which saves time for short strings.
    """
    turns = max(1, TURN_SAMPLES // lag)
    turn = np.ones(1, dtype=np.float32)
    for _ in range(turns):
        turn = np.convolve(turn, kernel)
    settled = played + turns * (lag + len(kernel))
    start = lag
    while start < len(wave):
        reach, taps = (lag * turns, turn) if start >= settled else (lag, kernel)
        stop = min(start + reach, len(wave))
        first = start - reach - len(taps) + 1
        past = wave[max(0, first) : stop - reach]
        fed = np.convolve(past, taps)[len(taps) - 1 + min(0, first) :]
        wave[start:stop] += fed[: stop - start]
        start = stop


def _excitation(
    strings: Strings, pitch: float, rate: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return one period of a string plucked at `pick`: the n-th partial has amplitude sin(n pi
    pick) / n.
    """
    period = rate / pitch
    samples = math.ceil(period)
    # Partials above 10 kHz would become aliasing noise in the interpolated loop.
    audible = math.floor(min(10_000.0, rate * 0.4) / pitch)
    partials = np.arange(1, max(2, min(audible, MOST_PARTIALS) + 1))
    weights = np.sin(np.pi * partials * strings.pick) / partials**strings.tilt
    phases = 2 * np.pi * np.outer(np.arange(samples) / period, partials)
    shape = np.sin(phases) @ weights
    # The pick is soft: white noise would click at every note.
    noise = np.convolve(rng.standard_normal(samples), (0.25, 0.5, 0.25), "same")
    noise -= noise.mean()
    return shape / np.abs(shape).max() + strings.scratch * noise


def _through_body(wave: NDArray[np.float32], strings: Strings, rate: int) -> NDArray[np.float64]:
    """Return the wave with the box's resonances added, each a second-order peak of unit gain."""
    sound = wave.astype(np.float64)
    for centre, width, gain in strings.body:
        numerator, denominator = signal.iirpeak(centre, centre / width, fs=rate)
        sound += gain * np.asarray(signal.lfilter(numerator, denominator, wave))
    return sound
