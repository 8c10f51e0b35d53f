"""The CPU time that a job may still use; decoding more earns more time."""

import resource
import time
from typing import Final

from adapters.media import limits

_RENEWED: Final = 0.25
"""CPU seconds between two extensions."""


class Patience:
    """Lets the system kill this process if it computes for long without a result.

    Without ``ends`` it only counts, for a process that also does other work.
    """

    def __init__(self, *, ends: bool = True) -> None:
        """Allow the first seconds."""
        self._ends = ends
        self._earned = 0.0
        self._pixels = 0
        self._samples = 0
        self._renewed = 0.0
        self._renew(time.process_time())

    def picture(self, width: int, height: int) -> None:
        """Count a decoded frame; raises `TooLarge`."""
        self._pixels += width * height
        limits.keep("pixels in all its pictures", self._pixels, limits.PIXELS)
        self._earn(width * height / limits.PIXELS_A_SECOND)

    def sound(self, samples: int, channels: int) -> None:
        """Count decoded samples; raises `TooLarge`."""
        self._samples += samples * channels
        limits.keep("samples in all its channels", self._samples, limits.SAMPLES)
        self._earn(samples * channels / limits.SAMPLES_A_SECOND)

    def packets(self, count: int) -> None:
        """Count packets that are read but not decoded."""
        self._earn(count / limits.PACKETS_A_SECOND)

    def work(self, seconds: float) -> None:
        """Allow ``seconds`` for work that follows the decoding."""
        self._earned += seconds
        self._renew(time.process_time())

    def _earn(self, seconds: float) -> None:
        self._earned += seconds
        now = time.process_time()
        if now - self._renewed > _RENEWED:
            self._renew(now)

    def _renew(self, now: float) -> None:
        self._renewed = now
        if not self._ends:
            return
        most = limits.PATIENCE + max(self._earned, now)
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        most = int(most) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (most if hard < 0 else min(most, hard), hard))
