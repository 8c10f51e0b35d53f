"""The media worker that all tests of a process share, started when it is first needed."""

from collections.abc import Sequence
from functools import cache

from adapters.ffmpeg.encoder import FFmpegEncoder
from adapters.ffmpeg.ffmpeg_runner import FFmpegRunner
from adapters.ffmpeg.find import find_ffmpeg
from adapters.ffmpeg.scene_encoder import FFmpegSceneEncoder
from adapters.listening.song_analyzer import NAME
from adapters.media.caged import CagedAudioAnalyzer, CagedMotionAnalyzer, CagedProbe
from adapters.media.worker import MediaWorker


@cache
def worker() -> MediaWorker:
    """The worker; `tests/conftest.py` ends it."""
    return MediaWorker("entrypoints.media_worker")


def probe() -> CagedProbe:
    return CagedProbe(worker())


def motion_analyzer() -> CagedMotionAnalyzer:
    return CagedMotionAnalyzer(worker())


def audio_analyzer() -> CagedAudioAnalyzer:
    return CagedAudioAnalyzer(worker(), NAME)


async def run_ffmpeg(argv: Sequence[str], tail: int = 20) -> list[str]:
    """Run a command line of FFmpeg as the encoder does."""
    return await FFmpegRunner(probe().details, find_ffmpeg, at_once=1).run(argv, tail=tail)


def ffmpeg_encoder(at_once: int = 2) -> FFmpegEncoder:
    return FFmpegEncoder(probe().details, at_once=at_once)


def scene_encoder(at_once: int = 2) -> FFmpegSceneEncoder:
    return FFmpegSceneEncoder(probe().details, at_once=at_once)
