"""Adapters that implement ports with the media worker."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from adapters.media import limits
from adapters.media.messages import Look
from adapters.media.worker import MediaWorker
from application.concurrency.threads import Threads
from domain.library.limits import Allowance
from domain.library.media import Media
from domain.library.media_checks import NONE, refuse_media
from domain.library.motion import Motion
from domain.library.shared_recordings import Alignment, SoundPrint
from domain.library.songs import Analysis
from domain.storage.asset_files import Pixels

_ALIGNING: Final = Threads("aligning", 1)
_LOOK: Final = 60.0
_DECODE: Final = 30 * 60.0
"""Maximum seconds to wait for an answer; the limit of CPU time usually ends a process sooner."""


class CagedProbe:
    """A `MediaProbe` that also returns the properties FFmpeg needs."""

    def __init__(self, worker: MediaWorker) -> None:
        """Take the worker."""
        self._worker = worker

    async def measure(self, file: Path, allowance: Allowance | None = None) -> Media:
        """See `application.ports.media_probe.MediaProbe`."""
        seconds = limits.SECONDS if allowance is None else allowance.seconds
        media = (await self._look(file, seconds)).media
        refuse_media(media, NONE if allowance is None else allowance.requirements)
        return media

    async def details(self, file: Path) -> Look:
        """Return the properties of a file that FFmpeg needs; raises as `measure` does."""
        return await self._look(file, limits.SECONDS)

    async def _look(self, file: Path, seconds: float) -> Look:
        return await self._worker.ask(file, "look", Look, seconds=seconds, wait=_LOOK)


class CagedPictureProbe:
    """A `PictureProbe` that decodes pictures in the worker."""

    def __init__(self, worker: MediaWorker) -> None:
        """Take the worker."""
        self._worker = worker

    async def measure_picture(self, file: Path, allowance: Allowance) -> Pixels:
        """See `application.ports.picture_probe.PictureProbe`."""
        pixels = await self._worker.ask(file, "still", Pixels, seconds=limits.SECONDS, wait=_LOOK)
        pixels.refuse_excess(allowance)
        return pixels


class CagedMotionAnalyzer:
    """A `MotionAnalyzer` that compares each frame with the previous one."""

    def __init__(self, worker: MediaWorker) -> None:
        """Take the worker."""
        self._worker = worker

    async def analyze(self, clip: Path) -> Motion:
        """See `application.ports.motion_analyzer.MotionAnalyzer`."""
        return await self._worker.ask(clip, "motion", Motion, seconds=limits.SECONDS, wait=_DECODE)


class CagedAudioAnalyzer:
    """An `AudioAnalyzer` that runs in the worker; its analyses carry ``name``."""

    def __init__(self, worker: MediaWorker, name: str) -> None:
        """Take the worker."""
        self.name = name
        self._worker = worker

    async def analyze(self, song: Path) -> Analysis:
        """See `application.ports.audio_analyzer.AudioAnalyzer`."""
        return await self._worker.ask(
            song, "analyze", Analysis, seconds=limits.SECONDS, wait=_DECODE
        )


class CagedSoundAligner:
    """A `SoundAligner` that fingerprints clips in the worker."""

    name = "onsets 1"

    def __init__(
        self, worker: MediaWorker, align: Callable[[SoundPrint, SoundPrint], Alignment | None]
    ) -> None:
        """Take the worker, and the function that compares fingerprints."""
        self._worker = worker
        self._align = align

    async def fingerprint(self, clip: Path) -> SoundPrint:
        """See `application.ports.sound_aligner.SoundAligner`."""
        return await self._worker.ask(
            clip, "fingerprint", bytes, seconds=limits.SECONDS, wait=_DECODE
        )

    async def align(self, one: SoundPrint, other: SoundPrint) -> Alignment | None:
        """See `application.ports.sound_aligner.SoundAligner`."""
        return await _ALIGNING.run(lambda: self._align(one, other))


class CagedDecoder:
    """Decodes audio to samples, in the worker."""

    def __init__(self, worker: MediaWorker) -> None:
        """Take the worker."""
        self._worker = worker

    async def mono(self, song: Path, rate: int) -> NDArray[np.float32]:
        """Return mono samples (n,) at ``rate`` per second, -1 to 1; raises `UnreadableMedia`,
        `TooLarge`.
        """
        parts = await self._worker.collect(
            song, "samples", rate=rate, seconds=limits.SECONDS, wait=_DECODE
        )
        return np.frombuffer(b"".join(parts), np.float32)
