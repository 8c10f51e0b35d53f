"""A film joined of what is kept is cancelled at each moment at which its making gives control."""

import asyncio
from pathlib import Path
from uuid import UUID

import msgspec

from adapters.memory.blueprints import MemoryBlueprintArchive
from adapters.memory.clock import MemoryClock
from adapters.memory.progress import MemoryProgress
from adapters.memory.tasks import MemoryTaskRepository
from adapters.mp4.encoder import JoiningEncoder
from adapters.storage.artifact_cache import LocalArtifactCache
from adapters.storage.local import LocalStorage
from adapters.storage.workspace import LocalWorkspace
from application.rendering.assemble import AssembleVideo
from application.rendering.film_pipeline import FilmPipeline
from application.rendering.task_tracking import TrackedTasks
from domain.blueprint.model import Blueprint
from domain.rendering.assembly import State
from domain.shared.paths import film
from entrypoints.urls import RouteUrls
from tests.cases.ffmpeg import drawn
from tests.media import ffmpeg_encoder, probe
from tests.world.cancelling import Ending, Work, each_moment, ends
from tests.world.studio import CLIPS, OWNER, SONG, blueprint


class Studio:
    """Films of two clips and a song, over the real joiner, storage, cache and work folders."""

    def __init__(self, root: Path) -> None:
        self.media, self.work, self.cache = (root / name for name in ("media", "work", "cache"))
        self.tasks = MemoryTaskRepository()
        self.encoder = ffmpeg_encoder()
        self._clips = [drawn.draw(root / f"{n}.mp4", 150, film=n, sound=True) for n in (0, 1)]
        self._song = drawn.tone_file(root / "song.wav", 8.0)

    async def fill(self) -> None:
        storage = LocalStorage(self.media)
        for file, path in zip([*self._clips, self._song], [*CLIPS[:2], SONG], strict=True):
            await storage.put(file, path)

    async def assemble(self, document: Blueprint) -> object:
        storage, workspace = LocalStorage(self.media), LocalWorkspace(self.work)
        artifacts = LocalArtifactCache(self.cache, storage, 10**9)
        joiner = JoiningEncoder(self.encoder, artifacts)
        films = FilmPipeline(
            storage, artifacts, probe(), joiner, joiner, workspace, RouteUrls(), at_once=2
        )
        clock = MemoryClock()
        on_record = TrackedTasks(self.tasks, MemoryProgress(), clock, workspace, 600)
        return await AssembleVideo(on_record, MemoryBlueprintArchive(), films)(document, OWNER)

    def films(self) -> list[str]:
        return [path.name for path in (self.media / "output").rglob("*") if path.is_file()]

    def left(self) -> list[str]:
        """Work folders, and files that are still being written."""
        writing = [path for path in self.media.rglob(".*") if path.is_file()]
        return [str(path) for path in (*self.work.rglob("*"), *writing)]


def blueprint_at(at: int) -> Blueprint:
    document = blueprint(UUID(int=at + 1, version=4), [CLIPS[0], CLIPS[1], CLIPS[0]])
    output = msgspec.structs.replace(
        document.output_config,
        output_path=film(OWNER, document.task_id),
        width=320,
        height=180,
        video_bitrate="200k",
    )
    return msgspec.structs.replace(document, output_config=output)


def test_it_has_one_end_and_leaves_no_film_no_folder_and_no_thread_at_work(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    asyncio.run(studio.fill())
    asyncio.run(studio.assemble(blueprint_at(9_999)))
    assert studio.films() == [f"{blueprint_at(9_999).task_id}.mp4"]
    earlier_films = {*studio.films()}

    def work(at: int) -> Work:
        return lambda: studio.assemble(blueprint_at(at))

    def look(at: int, ending: Ending) -> None:
        states = ends(studio.tasks, blueprint_at(at).task_id)
        assert states == [State.COMPLETED] or (ending.struck and states in ([], [State.CANCELLED]))
        assert studio.left() == [], at
        new_films = {*studio.films()} - earlier_films
        assert len(new_films) == (states == [State.COMPLETED]), at
        earlier_films.update(new_films)

    assert each_moment(work, look) > 50
