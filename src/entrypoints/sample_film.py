"""Make a film of two seconds, to check that films can be made."""

import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from uuid import uuid4

from adapters.cage.cage import Cage
from adapters.ffmpeg.encoder import FFmpegEncoder
from adapters.media.caged import CagedProbe
from adapters.media.worker import MediaWorker
from adapters.memory.blueprints import MemoryBlueprintArchive
from adapters.memory.progress import MemoryProgress
from adapters.memory.tasks import MemoryTaskRepository
from adapters.mp4.encoder import JoiningEncoder
from adapters.storage.artifact_cache import LocalArtifactCache
from adapters.storage.local import LocalStorage
from adapters.storage.workspace import LocalWorkspace
from adapters.system.clock import SystemClock
from application.concurrency.threads import FILES
from application.operations.diagnose import CheckResult
from application.rendering.assemble import AssembleVideo
from application.rendering.film_pipeline import FilmPipeline
from application.rendering.finished_film import FinishedFilm
from application.rendering.task_tracking import TrackedTasks
from domain.blueprint.model import Blueprint, BlueprintMove, OutputConfig
from domain.shared import paths
from entrypoints.bootstrap import WORKER
from entrypoints.settings import Settings
from entrypoints.urls import RouteUrls

LIMIT: Final = 60.0
"""Maximum seconds for making the film."""

_CLIPS: Final = ("clips/first.mp4", "clips/second.mp4")
_SONG: Final = "songs/song.flac"
_SECOND: Final = 1.0
"""Duration of each of its two moves in seconds."""


async def make_sample_film(settings: Settings) -> CheckResult:
    """Draw two clips, generate a tone, and make a film of them in a temporary folder.

    Raises as `AssembleVideo` does, and OSError if there is no writable folder.
    """
    began = time.monotonic()
    with TemporaryDirectory(prefix="bachata-doctor-") as folder:
        root = Path(folder)
        await FILES.run(lambda: _write_media(root / "media"))
        prepared = time.monotonic() - began
        film = await _assembled(settings, root)
    seconds = time.monotonic() - began
    return CheckResult(
        detail=f"{film.video_duration_seconds:.1f} s of film of two clips in {seconds:.1f} s",
        facts={
            "film_seconds": film.video_duration_seconds,
            "seconds": round(seconds, 3),
            "seconds_to_draw": round(prepared, 3),
            "seconds_to_make": film.duration_seconds,
            "encoder": settings.encoder,
        },
    )


async def _assembled(settings: Settings, root: Path) -> FinishedFilm:
    storage, workspace = LocalStorage(root / "media"), LocalWorkspace(root / "work")
    artifacts = LocalArtifactCache(root / "cache", None, 100_000_000)
    cage = Cage(settings.cage)
    with MediaWorker(WORKER, cage=cage) as worker:
        probe = CagedProbe(worker)
        ffmpeg_encoder = FFmpegEncoder(probe.details, at_once=settings.cores, cage=cage)
        joining = JoiningEncoder(ffmpeg_encoder, artifacts)
        encoder = ffmpeg_encoder if settings.encoder == "ffmpeg" else joining
        film = FilmPipeline(
            storage, artifacts, probe, encoder, encoder, workspace, RouteUrls(), at_once=2
        )
        on_record = TrackedTasks(
            MemoryTaskRepository(), MemoryProgress(), SystemClock(), workspace, limit=LIMIT
        )
        assemble = AssembleVideo(on_record, MemoryBlueprintArchive(), film)
        return await assemble(_blueprint(), paths.LOCAL_USER)


def _blueprint() -> Blueprint:
    task_id = uuid4()
    moves = tuple(
        BlueprintMove(video_path=clip, start_time=index * _SECOND, duration=_SECOND)
        for index, clip in enumerate(_CLIPS)
    )
    return Blueprint(
        task_id=task_id,
        audio_path=_SONG,
        moves=moves,
        output_config=OutputConfig(output_path=paths.film(paths.LOCAL_USER, task_id)),
    )


def _write_media(media: Path) -> None:
    """Draw both clips and generate the song, a little longer than the film needs."""
    # Import NumPy and PyAV on demand, so that the other checks work without them.
    import numpy as np

    from adapters.demo.reel import FRAME_RATE, HEIGHT, RATE, WIDTH, Patch, write_film, write_sound

    frames = int(FRAME_RATE * (_SECOND + 0.5))
    times = np.arange(int(RATE * 2.5), dtype=np.float32) / RATE
    tone = np.repeat(0.2 * np.sin(2 * np.pi * 440 * times)[:, None], 2, axis=1).astype(np.float32)

    def square(colour: tuple[int, int, int]) -> Iterator[Patch]:
        patch = np.full((120, 120, 3), colour, np.uint8)
        for number in range(frames):
            yield 8 * number, 300, patch

    for clip, colour in zip(_CLIPS, ((220, 60, 60), (60, 60, 220)), strict=True):
        into = media / clip
        into.parent.mkdir(parents=True, exist_ok=True)
        ground = np.full((HEIGHT, WIDTH, 3), 40, np.uint8)
        write_film(into, ground, square(colour), tone[: int(RATE * 1.5)])
    song = media / _SONG
    song.parent.mkdir(parents=True)
    write_sound(song, tone)
