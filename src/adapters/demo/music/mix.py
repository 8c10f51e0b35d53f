"""The mixer: it places sounds in time, level and stereo, adds a small room, and masters."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import signal

ROOM_SECONDS = 0.55
ROOM_DELAY_SECONDS = 0.009
LOW_CUT_HERTZ = 30.0


@dataclass(frozen=True, slots=True)
class Seat:
    """The setting of an instrument: gain, pan from -1 (left) to 1, and its share
    of reverberation.
    """

    level: float
    pan: float
    room: float


class Desk:
    """A stereo mix of a fixed length; sounds are cut at its end."""

    def __init__(self, seconds: float, rate: int) -> None:
        self.rate = rate
        self.samples = round(seconds * rate)
        self._dry = np.zeros((2, self.samples), dtype=np.float32)
        self._room = np.zeros(self.samples, dtype=np.float32)

    def place(self, sound: NDArray[np.float32], second: float, gain: float, seat: Seat) -> None:
        """Add a mono sound of shape (n,) from `second` on, panned with constant power."""
        start = round(second * self.rate)
        sound = sound[: max(0, self.samples - start)] * np.float32(gain * seat.level)
        stop = start + len(sound)
        angle = (seat.pan + 1) * math.pi / 4
        self._dry[0, start:stop] += np.float32(math.cos(angle)) * sound
        self._dry[1, start:stop] += np.float32(math.sin(angle)) * sound
        self._room[start:stop] += np.float32(seat.room) * sound

    def mixed(self) -> NDArray[np.float32]:
        """Return dry and reverberant sound without frequencies below the bass;
        shape (samples, 2).
        """
        low_cut = signal.butter(2, LOW_CUT_HERTZ, "highpass", fs=self.rate, output="sos")
        wet = np.asarray(signal.oaconvolve(self._room[np.newaxis], _room(self.rate), axes=1))
        sound = self._dry + wet[:, : self.samples]
        return np.asarray(signal.sosfilt(low_cut, sound), dtype=np.float32).T.copy()


def _room(rate: int) -> NDArray[np.float32]:
    """Return the impulse responses of a small room at two ears, shape (2, samples).

    Noise that decays by 60 dB over the room's time is Moorer's model of late reverberation (About
    This Reverberation Business, Computer Music Journal 3(2), 1979).
    """
    rng = np.random.default_rng(1979)
    time = np.arange(round(ROOM_SECONDS * rate)) / rate
    silence = np.zeros((2, round(ROOM_DELAY_SECONDS * rate)))
    tail = rng.standard_normal((2, len(time))) * 10 ** (-3 * time / ROOM_SECONDS)
    # Air and walls absorb treble first; the low cut keeps the bass out of the reverberation.
    soft = signal.butter(1, (250.0, 5200.0), "bandpass", fs=rate, output="sos")
    tail = np.asarray(signal.sosfilt(soft, tail))
    tail /= np.sqrt((tail**2).sum(axis=1, keepdims=True))
    return np.concatenate((silence, tail), axis=1).astype(np.float32)


def faded(wave: NDArray[np.float32], rise: float, fall: float, rate: int) -> NDArray[np.float32]:
    """Fade both ends of the wave to zero over `rise` and `fall` seconds, in
    place, and return it.
    """
    up, down = round(rise * rate), round(fall * rate)
    wave[:up] *= np.linspace(0, 1, up, dtype=np.float32)[:, np.newaxis]
    ramp = np.cos(np.linspace(0, np.pi / 2, down)) ** 2
    wave[-down:] *= ramp.astype(np.float32)[:, np.newaxis]
    return wave
