"""Plucked strings: the requinto, the segunda and the bass, by an extended Karplus-Strong loop."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adapters.demo.music.harmony import hertz

HIGH_HERTZ = 4000.0
"""Where `ring_high` is meant: the partials that make a string sound bright."""

FADE_IN_SECONDS = 0.0008


@dataclass(frozen=True, slots=True)
class Strings:
    """How one instrument's strings sound.

    `pick` is the plucked point as a share of the string, `tilt` how fast the partials fall
    (1/n^tilt), `ring` and `ring_high` the seconds in which the lowest partial of an A3 and a
    partial at 4 kHz fall by 60 dB, `scratch` the pick's noise against the note, `body` the
    resonances of the box as (Hz, bandwidth in Hz, gain).
    """

    pick: float
    tilt: float
    ring: float
    ring_high: float
    scratch: float
    body: tuple[tuple[float, float, float], ...]


REQUINTO = Strings(0.14, 0.95, 3.2, 0.55, 0.10, ((220.0, 90.0, 0.5), (2600.0, 1800.0, 0.5)))
SEGUNDA = Strings(0.23, 1.25, 2.6, 0.35, 0.07, ((110.0, 40.0, 0.6), (210.0, 70.0, 0.6)))
BASS = Strings(0.21, 1.5, 2.4, 0.16, 0.02, ((90.0, 60.0, 0.5),))


def pluck(strings: Strings, midi: int, seconds: float, rate: int) -> NDArray[np.float32]:
    """One note of `seconds`, peak 1.0, shape (samples,).

    The loop is Jaffe and Smith's (Computer Music Journal 7(2), 1983): a delay of one period that
    feeds itself back through a damping filter, tuned between samples by interpolation.
    """
    pitch = hertz(midi)
    period = rate / pitch
    lag, kernel = _loop(strings, pitch, rate)
    samples = round(seconds * rate)
    played = _excitation(strings, pitch, rate, np.random.default_rng(midi))
    wave = np.zeros(lag + len(kernel) + max(samples, len(played)))
    origin = lag + len(kernel) - 1
    wave[origin : origin + len(played)] = played
    for start in range(origin + lag, len(wave), lag):
        stop = min(start + lag, len(wave))
        past = wave[start - lag - len(kernel) + 1 : stop - lag]
        wave[start:stop] += np.convolve(past, kernel, "valid")
    note = _through_body(wave[origin : origin + samples], strings, rate)
    rise = round(min(FADE_IN_SECONDS, period / rate) * rate) + 1
    note[:rise] *= np.linspace(0.0, 1.0, rise)
    return (note / np.abs(note).max()).astype(np.float32)


def _loop(strings: Strings, pitch: float, rate: int) -> tuple[int, NDArray[np.float64]]:
    """The loop's whole-sample lag and the six taps that damp it and tune it."""
    # Short strings ring shorter: the decay goes with the square root of the pitch around A3.
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


def _excitation(
    strings: Strings, pitch: float, rate: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """One period of a string let go at `pick`: the n-th partial goes with sin(n pi pick) / n."""
    period = rate / pitch
    samples = math.ceil(period)
    # Partials above 10 kHz would only fold into hiss on the interpolated loop.
    partials = np.arange(1, max(2, math.floor(min(10_000.0, rate * 0.4) / pitch)))
    weights = np.sin(np.pi * partials * strings.pick) / partials**strings.tilt
    phases = 2 * np.pi * np.outer(np.arange(samples) / period, partials)
    shape = np.sin(phases) @ weights
    noise = rng.standard_normal(samples)
    noise -= noise.mean()
    return shape / np.abs(shape).max() + strings.scratch * noise


def _through_body(
    wave: NDArray[np.float64], strings: Strings, rate: int
) -> NDArray[np.float64]:
    """The wave with the box's resonances added, each a bell in the spectrum."""
    spectrum = np.fft.rfft(wave, 2 ** math.ceil(math.log2(2 * len(wave))))
    frequencies = np.fft.rfftfreq(2 ** math.ceil(math.log2(2 * len(wave))), 1 / rate)
    response = np.ones_like(spectrum)
    for centre, width, gain in strings.body:
        # A second-order resonance, causal, with unit gain at its centre.
        detune = frequencies * frequencies - centre * centre
        response += gain * (1j * frequencies * width) / (1j * frequencies * width - detune)
    return np.fft.irfft(spectrum * response)[: len(wave)]
