"""The mix of voices and music, any part of which can be computed by itself."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from math import log10
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from adapters.mixing.samples import BLOCK, Samples
from adapters.sound.limiter import HALO, limit
from adapters.sound.loudness import Meter, factor
from adapters.sound.wav import RATE, as_pcm, header
from domain.scripts.ducking import Interval, ducking

LOUDNESS: Final = -16.0
"""LUFS of the whole mix, and of a voice in it."""
_MUSIC_ALONE: Final = -18.0
_MUSIC_UNDER: Final = -28.0
_BOTH_SPEAKERS: Final = 10 * log10(2)
"""Decibels by which a voice is louder from two loudspeakers."""
_FADE_IN, _FADE_OUT = 1.0, 2.0
"""Seconds of the music's fades."""
_SHORTEST: Final = RATE // 4
"""Samples of the shortest music that is repeated; a shorter one would be a buzz."""
_MOST_GAIN: Final = 30.0
"""Decibels; what is quieter is noise."""
_ROUNDS: Final = 3
"""Limiting makes a mix quieter, so its level is corrected at most twice."""
_NEAR: Final = 0.3
"""LU that nobody hears."""

Check = Callable[[], object]
"""Is called before each block, and raises where the work is to stop."""


class Voice(msgspec.Struct, frozen=True):
    """A mono sound, the first sample in the mix, and its gain as a factor."""

    samples: Samples
    start: int
    gain: float


class Mix:
    """A mix of a number of samples."""

    def __init__(
        self, voices: Sequence[tuple[Samples, int]], music: Samples | None, length: int
    ) -> None:
        """Take mono voices with their first samples in the mix, and stereo music, and measure them.

        Silent sounds and very short music are left out.
        """
        self.length = length
        self._voices = [
            Voice(samples, start, factor(_gain(loudness, LOUDNESS) - _BOTH_SPEAKERS))
            for samples, start in voices
            if (loudness := samples.loudness()) is not None
        ]
        if music is not None and music.length < _SHORTEST:
            music = None
        loudness = music.loudness() if music is not None else None
        self._music = music if loudness is not None else None
        seconds = length / RATE
        whole = min(1.0, seconds / (_FADE_IN + _FADE_OUT))
        fades = [0, whole * _FADE_IN, seconds - whole * _FADE_OUT, seconds]
        self._fade_times, self._fades = np.array(fades), np.array([0.0, 1.0, 1.0, 0.0])
        curve = ducking(
            (
                Interval(
                    Fraction(each.start, RATE), Fraction(each.start + each.samples.length, RATE)
                )
                for each in self._voices
            ),
            Fraction(length, RATE),
        )
        self._times = np.array([float(point.at) for point in curve])
        depths = np.array([float(point.depth) for point in curve])
        alone = _gain(loudness, _MUSIC_ALONE) if loudness is not None else 0.0
        self._decibels = alone + depths * (_MUSIC_UNDER - _MUSIC_ALONE)

    def part(self, start: int, number: int) -> NDArray[np.float32]:
        """Return samples of the mix, of shape (number, 2), before the limiter; silence outside."""
        sound = np.zeros((number, 2), np.float32)
        first, last = max(0, start), min(self.length, start + number)
        if first >= last:
            return sound
        inside = sound[first - start : last - start]
        if self._music is not None:
            times = np.arange(first, last) / RATE
            gains = 10 ** (np.interp(times, self._times, self._decibels) / 20)
            gains *= np.interp(times, self._fade_times, self._fades)
            music = self._music.repeated(first, last - first)
            inside += music * gains.astype(np.float32)[:, np.newaxis]
        for voice in self._voices:
            end = voice.start + voice.samples.length
            if voice.start < last and first < end:
                inside += voice.samples.read(first - voice.start, last - first) * voice.gain
        return sound

    def write(self, into: Path, check: Check) -> None:
        """Write the mix at its loudness and with limited peaks as a WAV file."""
        meter = Meter(2)
        for start in self._blocks(check):
            meter.add(self.part(start, min(BLOCK, self.length - start)))
        loudness = meter.integrated()
        gain = 0.0 if loudness is None else _gain(loudness, LOUDNESS)
        for _ in range(_ROUNDS):
            reached = self._written(into, factor(gain), check)
            if reached is None or abs(LOUDNESS - reached) < _NEAR:
                return
            gain = min(_MOST_GAIN, gain + LOUDNESS - reached)

    def _written(self, into: Path, gain: float, check: Check) -> float | None:
        """Write the mix with a gain, and return its loudness."""
        meter = Meter(2)
        with into.open("wb") as opened:
            opened.write(header(self.length, 2))
            for start in self._blocks(check):
                number = min(BLOCK, self.length - start)
                around = self.part(start - HALO, number + 2 * HALO) * np.float32(gain)
                sound = limit(around)[HALO : HALO + number]
                meter.add(sound)
                opened.write(as_pcm(sound).tobytes())
        return meter.integrated()

    def _blocks(self, check: Check) -> Iterator[int]:
        for start in range(0, self.length, BLOCK):
            check()
            yield start


def _gain(loudness: float, aim: float) -> float:
    """Return the gain in decibels that makes a sound as loud as ``aim``, in LUFS."""
    return max(-_MOST_GAIN, min(_MOST_GAIN, aim - loudness))
