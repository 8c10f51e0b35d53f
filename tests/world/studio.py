"""A whole service in memory, with trouble where it is wanted."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from adapters.memory import encoder
from adapters.memory.artifact_cache import MemoryArtifactCache
from adapters.memory.blueprints import MemoryBlueprintArchive
from adapters.memory.clock import MemoryClock
from adapters.memory.encoder import MemoryEncoder
from adapters.memory.media_probe import MemoryMediaProbe
from adapters.memory.progress import MemoryProgress
from adapters.memory.storage import MemoryStorage
from adapters.memory.tasks import MemoryTaskRepository
from adapters.memory.workspace import MemoryWorkspace
from application.concurrency.retries import AT_ONCE
from application.rendering.assemble import AssembleVideo
from application.rendering.film_pipeline import FilmPipeline
from application.rendering.finished_film import FinishedFilm
from application.rendering.task_tracking import TrackedTasks
from domain.blueprint.model import Blueprint, BlueprintMove, OutputConfig
from domain.rendering.assembly import Assembly
from domain.shared.paths import film
from entrypoints.urls import RouteUrls
from tests.world.trouble import Trouble

CLIPS = ("clips/a.mp4", "clips/b.mp4", "clips/c.mp4")
SONG = "songs/song"
OWNER = "local"


def media() -> dict[str, bytes]:
    """Three clips of ten seconds and a song of twenty."""
    return {path: encoder.clip(path, 300, 30) for path in CLIPS} | {SONG: encoder.song(20)}


def blueprint(task_id: UUID, clips: list[str], *, rate: float = 1.0) -> Blueprint:
    """Two seconds of each clip, in order."""
    return Blueprint(
        task_id=task_id,
        audio_path=SONG,
        moves=tuple(
            BlueprintMove(
                video_path=clip,
                start_time=2.0 * index,
                duration=2.0,
                trim_start=float(index % 3),
                playback_rate=rate,
            )
            for index, clip in enumerate(clips)
        ),
        output_config=OutputConfig(output_path=film(OWNER, task_id)),
    )


@dataclass
class Service:
    """The ports, each within reach of trouble, and the use case over them."""

    root: Path
    trouble: Trouble = field(default_factory=Trouble)
    limit: float = 600.0

    def __post_init__(self) -> None:
        self.clock = MemoryClock()
        self.tasks = MemoryTaskRepository(self.clock)
        self.archive = MemoryBlueprintArchive()
        self.storage = MemoryStorage(media(), now=self.clock.now)
        self.workspace = MemoryWorkspace(self.root)
        self.progress = MemoryProgress()
        around, encoder = self.trouble.around, MemoryEncoder()
        filming = FilmPipeline(
            around(self.storage, "storage"),
            around(MemoryArtifactCache(), "artifact cache"),
            around(MemoryMediaProbe(), "media probe"),
            around(encoder, "encoder"),
            around(encoder, "encoder"),
            around(self.workspace, "workspace"),
            RouteUrls(),
            2,
            retries=AT_ONCE,
        )
        on_record = TrackedTasks(
            around(self.tasks, "tasks"),
            around(self.progress, "progress"),
            self.clock,
            around(self.workspace, "workspace"),
            self.limit,
            AT_ONCE,
        )
        self.film = filming
        self.assemble = AssembleVideo(on_record, around(self.archive, "archive"), filming)

    async def run(self, document: Blueprint) -> FinishedFilm:
        """Assemble in a task of its own, at which a cancellation may be aimed."""
        working = asyncio.ensure_future(self.assemble(document, OWNER))
        self.trouble.victim = working
        return await working

    def final(self, task_id: UUID) -> Assembly:
        """Return the latest record."""
        return self.tasks.history[task_id][-1]

    def left_behind(self) -> list[str]:
        """Temporary files, and films that no completed task owns."""
        files = [str(path) for path in self.root.rglob("*")]
        owned = {values[-1].output_path for values in self.tasks.history.values()}
        films = [p for p in self.storage.objects if p.startswith("output/") and p not in owned]
        return files + films
