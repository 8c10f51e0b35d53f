"""Measure loudness as ITU-R BS.1770-4 does, block by block."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from adapters.sound.wav import RATE

_K_WEIGHTING: Final = np.array(
    [
        [
            1.53512485958697,
            -2.69169618940638,
            1.19839281085285,
            1,
            -1.69065929318241,
            0.73248077421585,
        ],
        [1, -2, 1, 1, -1.99004745483398, 0.99007225036621],
    ]
)
"""The filters of BS.1770-4, tables 1 and 2, for 48 kHz."""
_STEP: Final = RATE // 10
"""Samples of a step; a block of the standard has four."""
_BLOCK: Final = 4
_OFFSET: Final = -0.691
_SILENT: Final = -70.0
"""Blocks below are not counted, in LUFS."""
_GATE: Final = -10.0
"""Blocks so much quieter than the mean are not counted, in LU."""


class Meter:
    """Measures the loudness of sound that it gets in parts; its memory does not grow with them.

    It keeps one number for each tenth of a second.
    """

    def __init__(self, channels: int) -> None:
        """Take the number of channels: 1 or 2."""
        self._state = np.zeros((len(_K_WEIGHTING), 2, channels))
        self._energies: list[float] = []
        self._rest = np.zeros((0, channels))
        self._samples = 0
        self._energy = 0.0

    def add(self, sound: NDArray[np.float32]) -> None:
        """Measure the next part, of shape (samples, channels)."""
        if not len(sound):
            return
        # Loading it takes a second, which only those who measure wait for.
        from scipy.signal import sosfilt

        weighted, self._state = sosfilt(_K_WEIGHTING, sound, axis=0, zi=self._state)
        squares = np.concatenate([self._rest, np.square(weighted)])
        self._samples += len(sound)
        self._energy += float(np.square(weighted).sum())
        steps = len(squares) // _STEP
        whole = squares[: steps * _STEP].reshape(steps, _STEP * squares.shape[1]).sum(axis=1)
        self._energies.extend(float(each) for each in whole)
        self._rest = squares[steps * _STEP :]

    def integrated(self) -> float | None:
        """Return the loudness in LUFS; None for silence.

        Sound shorter than a block is measured as a whole.
        """
        if len(self._energies) < _BLOCK:
            mean = self._energy / max(1, self._samples)
            loudness = _lufs(mean)
            return loudness if loudness > _SILENT else None
        energies = np.array(self._energies)
        sums = np.convolve(energies, np.ones(_BLOCK), "valid") / (_BLOCK * _STEP)
        audible = sums[sums > _energy_of(_SILENT)]
        if not len(audible):
            return None
        gate = _energy_of(_lufs(float(audible.mean())) + _GATE)
        return _lufs(float(audible[audible > gate].mean()))


def loudness_of(sound: NDArray[np.float32]) -> float | None:
    """Return the loudness of mono sound in LUFS; None for silence."""
    meter = Meter(1)
    meter.add(sound.reshape(-1, 1))
    return meter.integrated()


def factor(decibels: float) -> float:
    """Return the factor of an amplitude for a gain in decibels."""
    return float(10 ** (decibels / 20))


def _lufs(energy: float) -> float:
    return _OFFSET + 10 * float(np.log10(max(energy, 1e-20)))


def _energy_of(lufs: float) -> float:
    return float(10 ** ((lufs - _OFFSET) / 10))
