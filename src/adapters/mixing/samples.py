"""Samples on the disk, read in parts."""

from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from adapters.sound.loudness import Meter
from adapters.sound.wav import RATE, SAMPLE_BYTES

BLOCK: Final = 10 * RATE
"""Samples that are processed together; memory depends on this and not on the length."""
_SEAM: Final = RATE // 2
"""Samples over which the end of a repeated sound fades into its begin."""


class Samples(msgspec.Struct, frozen=True):
    """Samples of 16 bits in a file, after ``offset`` bytes."""

    file: Path
    channels: int
    length: int
    """Samples of each channel."""
    offset: int = 0

    def read(self, start: int, number: int) -> NDArray[np.float32]:
        """Return samples of -1 to 1, of shape (number, channels); there is silence outside."""
        sound = np.zeros((number, self.channels), np.float32)
        first, last = max(0, start), min(self.length, start + number)
        if first < last:
            frame = SAMPLE_BYTES * self.channels
            part = np.fromfile(
                self.file,
                "<i2",
                (last - first) * self.channels,
                offset=self.offset + first * frame,
            ).reshape(-1, self.channels)
            sound[first - start : first - start + len(part)] = part / np.float32(32_768)
        return sound

    def repeated(self, start: int, number: int) -> NDArray[np.float32]:
        """Return samples of the sound repeated without end; its end fades into its begin."""
        seam = min(_SEAM, self.length // 4)
        period = self.length - seam
        sound = np.empty((number, self.channels), np.float32)
        done = 0
        while done < number:
            round_, place = divmod(start + done, period)
            part = self.read(place, min(period - place, number - done))
            if round_ and place < seam:
                ending = self.read(place + period, min(seam - place, len(part)))
                share = (place + np.arange(len(ending), dtype=np.float32))[:, np.newaxis] / seam
                # The energy of two sounds that differ stays the same.
                part[: len(ending)] *= np.sqrt(share)
                part[: len(ending)] += ending * np.sqrt(1 - share)
            sound[done : done + len(part)] = part
            done += len(part)
        return sound

    def loudness(self) -> float | None:
        """Return the loudness in LUFS; None for silence."""
        meter = Meter(self.channels)
        for start in range(0, self.length, BLOCK):
            meter.add(self.read(start, min(BLOCK, self.length - start)))
        return meter.integrated()
