"""Bring a voice to the rate, the loudness and the edges that all voices have."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from adapters.sound.limiter import limit
from adapters.sound.loudness import factor, loudness_of
from adapters.sound.wav import RATE

LOUDNESS: Final = -16.0
"""LUFS of a voice."""
_ROUNDS: Final = 3
"""Limiting makes a voice quieter, so its level is corrected; three times are enough for any."""
_NEAR: Final = 0.2
"""LU that nobody hears."""
_SILENCE: Final = 10 ** (-42 / 20)
"""Part of the highest sample below which a voice is silent."""
_EDGE: Final = RATE * 30 // 1000
"""Samples that are kept before and after the voice: 30 ms."""
_FADE: Final = RATE * 5 // 1000
_MOST_GAIN: Final = 40.0
"""Decibels; what is quieter is noise."""


def at_rate(sound: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """Return mono sound at 48 kHz."""
    if rate == RATE:
        return sound
    from scipy.signal import resample_poly

    divisor = int(np.gcd(rate, RATE))
    return resample_poly(sound, RATE // divisor, rate // divisor).astype(np.float32)


def trimmed(sound: NDArray[np.float32]) -> tuple[NDArray[np.float32], int]:
    """Return the voice without the silence around it, and the number of samples cut off before.

    Nothing is left of a sound that is silent.
    """
    loud = np.abs(sound)
    highest = float(loud.max()) if len(loud) else 0.0
    if highest == 0.0:
        return sound[:0], 0
    (places,) = np.nonzero(loud > highest * _SILENCE)
    begin = max(0, int(places[0]) - _EDGE)
    end = min(len(sound), int(places[-1]) + 1 + _EDGE)
    voice = sound[begin:end].copy()
    ramp = np.linspace(0, 1, min(_FADE, len(voice)), dtype=np.float32)
    voice[: len(ramp)] *= ramp
    voice[len(voice) - len(ramp) :] *= ramp[::-1]
    return voice, begin


def levelled(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return mono sound with a loudness of `LOUDNESS` and limited peaks; silence stays silent."""
    loudness = loudness_of(sound)
    if loudness is None:
        return sound
    gain = min(_MOST_GAIN, LOUDNESS - loudness)
    result = sound
    for _ in range(_ROUNDS):
        result = limit((sound * factor(gain)).reshape(-1, 1))[:, 0]
        reached = loudness_of(result)
        if reached is None or abs(LOUDNESS - reached) < _NEAR:
            break
        gain = min(_MOST_GAIN, gain + LOUDNESS - reached)
    return result
