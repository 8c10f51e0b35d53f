"""Data of the earlier system with its files, and a service in memory to bring them into."""

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from adapters.memory import encoder
from adapters.memory.artifact_cache import MemoryArtifactCache
from adapters.memory.audio_analyzer import MemoryAudioAnalyzer
from adapters.memory.blueprints import MemoryBlueprintArchive
from adapters.memory.clock import MemoryClock
from adapters.memory.description_model import MemoryDescriptionModel
from adapters.memory.embedder import MemoryEmbedder
from adapters.memory.encoder import MemoryEncoder
from adapters.memory.library import MemoryLibrary
from adapters.memory.media_probe import MemoryMediaProbe
from adapters.memory.motion_analyzer import MemoryMotionAnalyzer
from adapters.memory.progress import MemoryProgress
from adapters.memory.seed_source import MemorySeedSource
from adapters.memory.storage import MemoryStorage
from adapters.memory.tasks import MemoryTaskRepository
from adapters.memory.users import MemoryUserRepository
from adapters.memory.workspace import MemoryWorkspace
from application.library.add_move import AddMove
from application.library.add_song import AddSong
from application.library.analyze_song import AnalyzeSong
from application.library.clip_analysis import Examination
from application.library.import_library import ImportLibrary
from application.migration.library import SeedLibrary
from application.migration.migrate_seed import MigrateSeed
from application.migration.owners import SeedOwners
from application.migration.report import Came, Migrated, MigrationReport
from application.migration.tasks import SeedTasks
from application.migration.verification import Verification
from application.planning.motion_cache import MotionCache
from application.planning.plan import PlanChoreography
from application.planning.plan_sample import PlanSample
from application.ports.moves import MoveFilter
from application.ports.songs import SongFilter
from application.rendering.assemble import AssembleVideo
from application.rendering.film_pipeline import FilmPipeline
from application.rendering.task_tracking import TrackedTasks
from domain.legacy.seeds import Model, Record
from domain.library.moves import Move
from domain.library.songs import Song
from domain.rendering.assembly import Assembly
from domain.shared import paths
from domain.shared.bucket_uris import Home
from entrypoints.urls import RouteUrls
from tests.world.importing import analyze_audio
from tests.world.libraries import surrounded
from tests.world.trouble import Trouble

OWNER = paths.LOCAL_USER
MADE = "2025-11-08T10:00:00Z"
JOB = "projects/p/locations/l/jobs/video/executions/video-1"


def unit(length: int, at: int) -> list[float]:
    """A row of numbers of length 1."""
    return [float(index == at) for index in range(length)]


def task_key(number: int) -> str:
    return str(UUID(int=number))


def document(number: int, clips: list[str], song: str = "songs/Eso_es_amor.mp3") -> dict[str, Any]:
    """A Blueprint as the earlier system wrote them: four seconds of each clip."""
    return {
        "task_id": task_key(number),
        "audio_path": song,
        "audio_tempo": 132.0,
        "moves": [
            {
                "clip_id": f"move_{index + 1}",
                "video_path": clip,
                "start_time": 4.0 * index,
                "duration": 4.0,
                "transition_type": "crossfade" if index else "cut",
                "original_duration": 4.0,
                "trim_start": 0.0,
                "trim_end": 0.0,
                "volume_adjustment": 1.0,
            }
            for index, clip in enumerate(clips)
        ],
        "total_duration": 4.0 * len(clips),
        "difficulty_level": "intermediate",
        "generation_timestamp": "2025-11-08T10:00:00.123456Z",
        "generation_parameters": {"energy_level": "high", "style": "modern", "user_id": 47},
        "output_config": {
            "output_path": f"choreographies/choreography_{task_key(number)}.mp4",
            "output_format": "mp4",
            "video_codec": "libx264",
            "audio_codec": "aac",
            "video_bitrate": "2M",
            "audio_bitrate": "128k",
            "frame_rate": 30,
            "transition_duration": 0.5,
            "fade_duration": 0.3,
            "add_audio_overlay": True,
            "normalize_audio": True,
        },
    }


class Earlier:
    """The earlier system's records and files, and what they are brought into."""

    def __init__(
        self,
        root: Path,
        trouble: Trouble | None = None,
        home: Home | None = None,
        *,
        keeps_users: bool = False,
    ) -> None:
        self.folder = root / "dump"
        self.folder.mkdir(exist_ok=True)
        self.records: dict[Model, list[Record]] = {model: [] for model in Model}
        self.others: dict[str, int] = {}
        self.library = MemoryLibrary()
        self.embeddings = self.library.embeddings
        self.tasks = MemoryTaskRepository()
        self.archive = MemoryBlueprintArchive()
        self.storage = MemoryStorage()
        self.workspace = MemoryWorkspace(root / "work")
        self.users = MemoryUserRepository()
        self._owners = SeedOwners(self.users, keeps_users=keeps_users)
        self.told: list[tuple[str, int]] = []
        self._wire((trouble or Trouble()).around, home)

    def _wire(self, around: Any, home: Home | None) -> None:
        library = surrounded(self.library, around)
        storage = around(self.storage, "storage")
        tasks, archive = around(self.tasks, "tasks"), around(self.archive, "archive")
        embeddings = around(self.embeddings, "embeddings")
        room, embedder = MemoryEncoder(), MemoryEmbedder()
        add_move = AddMove(
            library.moves,
            library.files,
            storage,
            MemoryMediaProbe(),
            room,
            self.workspace,
            embedder,
        )
        examine = Examination(analyze_audio, embedder, MemoryMotionAnalyzer())
        bring = ImportLibrary(
            library.moves, library.files, storage, embeddings, MemoryMediaProbe(), add_move, examine
        )
        add_song = AddSong(
            library.songs, library.files, storage, MemoryMediaProbe(), room, self.workspace
        )
        self.migrate = MigrateSeed(
            SeedLibrary(library.songs, library.moves, MemoryMediaProbe(), add_song, bring, 2),
            SeedTasks(tasks, archive, storage, MemoryMediaProbe(), self._owners),
            Verification(library.songs, library.moves, embeddings, tasks, archive, storage),
            storage,
            self.workspace,
            home,
        )
        artifacts, clock = MemoryArtifactCache(), MemoryClock()
        hears = AnalyzeSong(
            library.songs,
            storage,
            artifacts,
            MemoryMediaProbe(),
            self.workspace,
            MemoryAudioAnalyzer(128),
        )
        motion_cache = MotionCache(self.embeddings)
        self.sample = PlanSample(
            PlanChoreography(
                library.songs, library.moves, hears, clock, MemoryDescriptionModel(), motion_cache
            )
        )
        film = FilmPipeline(
            storage, artifacts, MemoryMediaProbe(), room, room, self.workspace, RouteUrls(), 2
        )
        on_record = TrackedTasks(tasks, MemoryProgress(), clock, self.workspace, 60)
        self.assemble = AssembleVideo(on_record, archive, film)

    def file(self, path: str, content: bytes) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)

    def record(self, model: Model, key: str, fields: Mapping[str, Any]) -> None:
        self.records[model].append(Record(key=key, fields=fields, source="dump.json"))

    def song(self, key: str, title: str, *, seconds: float | None = 40, **fields: Any) -> None:
        path = str(fields.pop("audio_path", f"songs/{title}.mp3"))
        if seconds is not None:
            self.file(path.rpartition("//")[2], encoder.song(seconds))
        values = {"title": title, "artist": "Jiory", "duration": seconds, "bpm": 132}
        stamps = {"created_at": MADE, "updated_at": MADE}
        self.record(
            Model.SONG, key, {**values, "genre": "Modern", **stamps, **fields, "audio_path": path}
        )

    def move(self, key: str, move_id: str, *, seconds: int | None = 8, **fields: Any) -> str:
        path = str(fields.pop("video_path", f"data/Bachata_steps/basic/{move_id}.mp4"))
        if seconds is not None:
            self.file(f"Bachata_steps/basic/{move_id}.mp4", encoder.clip(move_id, seconds * 30, 30))
        values: dict[str, Any] = {
            "move_id": move_id,
            "move_name": move_id.title(),
            "video_path": path,
            "pose_embedding": unit(512, int(key)),
            "audio_embedding": unit(128, int(key)),
            "text_embedding": unit(384, int(key)),
            "difficulty": "beginner",
            "energy_level": "low",
            "style": "romantic",
            "duration": 8.0,
        }
        self.record(Model.MOVE, key, {**values, **fields})
        return path

    def task(self, number: int, status: str, **fields: Any) -> str:
        values = {
            "user": 47,
            "status": status,
            "progress": 100,
            "stage": status,
            "message": "",
            "result": None,
            "error": None,
            "song": 1,
            "job_execution_name": JOB,
            "created_at": MADE,
            "updated_at": "2025-11-08T10:05:00Z",
        }
        self.record(Model.TASK, task_key(number), {**values, **fields})
        return task_key(number)

    def blueprint(self, number: int, content: object) -> None:
        fields = {"blueprint_json": content, "created_at": MADE, "updated_at": MADE}
        self.record(Model.BLUEPRINT, task_key(number), fields)

    @property
    def source(self) -> MemorySeedSource:
        return MemorySeedSource(self.records, self.others, self.folder)

    async def __call__(
        self, *, dry_run: bool = False, media: Path | None = None
    ) -> MigrationReport:
        return await self.migrate(self.source, self.tell, media=media, dry_run=dry_run)

    async def tell(self, name: str, done: int) -> None:
        self.told.append((name, done))

    async def everything(self) -> tuple[Any, ...]:
        """All that is kept anywhere, to be held against what is kept later."""
        return copy.deepcopy(
            (
                await self.songs(),
                await self.moves(),
                (await self.embeddings.page(None, 1000)).items,
                self.tasks.history,
                self.archive.documents,
                self.storage.objects,
            )
        )

    async def songs(self) -> dict[str, Song]:
        return {s.id: s for s in (await self.library.songs.page(SongFilter(), None, 1000)).items}

    async def moves(self) -> dict[str, Move]:
        return {m.id: m for m in (await self.library.moves.page(MoveFilter(), None, 1000)).items}

    async def on_record(self, number: int) -> Assembly:
        return await self.tasks.get(UUID(int=number))


def outcomes(report: MigrationReport, model: Model) -> dict[str, str]:
    return {each.key: each.came.value for each in report.records if each.model is model}


def of(report: MigrationReport, model: Model, key: str) -> Migrated:
    return next(each for each in report.records if (each.model, each.key) == (model, key))


def came_only(report: MigrationReport, *allowed: Came) -> bool:
    return all(each.came in allowed for each in report.records)
