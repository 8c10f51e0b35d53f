"""The composition root of the media worker's process."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from adapters.listening.features import RATE
from adapters.listening.song_analyzer import analyze, prepare
from adapters.listening.sound_alignment import sound_print
from adapters.media import still
from adapters.media.look import look
from adapters.media.messages import Job, Look
from adapters.media.motion import measure_motion
from adapters.media.patience import Patience
from adapters.media.sound import samples
from adapters.media.worker_process import serve
from domain.library.motion import Motion
from domain.library.songs import Analysis
from domain.storage.asset_files import Pixels

_LISTENING: Final = 20.0
_LISTENING_A_SECOND: Final = 0.5
"""Maximum CPU seconds of an analysis: a constant, and a factor per second of
sound; it uses 0.02.
"""


def _look(file: int, job: Job) -> Look:
    return look(file, job.seconds)


def _motion(file: int, job: Job) -> Motion:
    return measure_motion(file, job.seconds)


def _samples(file: int, job: Job) -> Iterator[bytes]:
    return (block.tobytes() for block in samples(file, job.rate, job.seconds))


def _analyze(file: int, job: Job) -> Analysis:
    patience = Patience()
    sound = np.concatenate(list(samples(file, RATE, job.seconds, patience)))
    patience.work(_LISTENING + len(sound) / RATE * _LISTENING_A_SECOND)
    return analyze(sound)


def _fingerprint(file: int, job: Job) -> bytes:
    return sound_print(np.concatenate(list(samples(file, RATE, job.seconds))))


def _still(file: int, job: Job) -> Pixels:
    return still.measure_still(file)


def main() -> None:
    """Work until the service ends."""
    # Imported before the first file arrives, so that every forked process has them.
    import av.video.reformatter  # noqa: F401  # pyright: ignore[reportUnusedImport]
    from av.logging import set_level

    set_level(None)
    tasks = {
        "look": _look,
        "motion": _motion,
        "samples": _samples,
        "analyze": _analyze,
        "fingerprint": _fingerprint,
        "still": _still,
    }
    serve(tasks, {"analyze": prepare, "still": still.prepare})
