"""The API over ports in memory, with trouble where it is wanted."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast
from uuid import UUID, uuid4

import httpx
import msgspec
from litestar import Litestar

from adapters.description_model.offline import OfflineDescriptionModel
from adapters.jobs.in_process import InProcessJobQueue
from adapters.memory.api_keys import MemoryApiKeys
from adapters.memory.artifact_cache import MemoryArtifactCache
from adapters.memory.attempts import MemoryAttemptCounter
from adapters.memory.audio_analyzer import MemoryAudioAnalyzer
from adapters.memory.blueprints import MemoryBlueprintArchive
from adapters.memory.cage import MemoryCage
from adapters.memory.cleanups import MemoryCleanupTimes
from adapters.memory.clock import MemoryClock
from adapters.memory.demo import MemoryDemoStudio
from adapters.memory.disk import MemoryDisk
from adapters.memory.embedder import MemoryEmbedder
from adapters.memory.encoder import MemoryEncoder, song
from adapters.memory.image_model import MemoryImageModel
from adapters.memory.job_events import MemoryJobEvents
from adapters.memory.jobs import MemoryJobRepository
from adapters.memory.library import MemoryLibrary
from adapters.memory.logins import MemoryLogins
from adapters.memory.media_assets import MemoryMediaAssets
from adapters.memory.media_probe import MemoryMediaProbe
from adapters.memory.metrics import MemoryMetrics
from adapters.memory.motion_analyzer import MemoryMotionAnalyzer
from adapters.memory.move_index import MemoryMoveIndex
from adapters.memory.narration_mixer import MemoryNarrationMixer
from adapters.memory.password_hasher import MemoryPasswordHasher
from adapters.memory.picture_probe import MemoryPictureProbe
from adapters.memory.preview_streamer import MemoryPreviewStreamer
from adapters.memory.progress import MemoryProgress
from adapters.memory.scene_encoder import MemorySceneEncoder
from adapters.memory.scripts import MemoryScriptRepository
from adapters.memory.signing_keys import MemorySigningKeys
from adapters.memory.sound_aligner import MemorySoundAligner
from adapters.memory.spans import MemorySpans
from adapters.memory.speech import MemorySpeech
from adapters.memory.stills import MemoryStills
from adapters.memory.storage import MemoryStorage
from adapters.memory.stored_files import MemoryStoredFiles
from adapters.memory.tasks import MemoryTaskRepository
from adapters.memory.token_signer import MemoryTokenSigner
from adapters.memory.users import MemoryUserRepository
from adapters.memory.webhook_sender import MemoryWebhookSender
from adapters.memory.webhooks import MemoryDeliveryRepository, MemoryWebhookRepository
from adapters.memory.workspace import MemoryWorkspace
from adapters.progress.several import SeveralProgress
from application.concurrency.timeouts import Timeouts
from application.jobs.job_progress import JobProgressEvents
from application.monitoring.measured_stages import MeasuredStages
from domain.rendering.assembly import Assembly, State
from entrypoints.http.app import create_app
from entrypoints.ports import Ports
from entrypoints.problem_texts import problem_text
from entrypoints.settings import Settings
from entrypoints.wiring.wire import wire
from tests.world.studio import CLIPS, blueprint, media

P = TypeVar("P")
Lines = Callable[[], list[dict[str, Any]]]

GENERATE = "/api/choreography/generate"
ASSEMBLE = "/api/choreography/assemble"
JSON = {"Content-Type": "application/json"}
FILM_KEYS = {
    "task_id",
    "status",
    "video_id",
    "video_url",
    "duration_seconds",
    "video_duration_seconds",
    "blueprint_url",
    "warnings",
    "metadata",
}
PROBLEM_KEYS = {
    "type",
    "title",
    "status",
    "detail",
    "instance",
    "error",
    "details",
    "stage",
    "code",
    "request_id",
}


@dataclass
class MemoryBackend:
    """A service in memory; its ports are within reach, and may be exchanged before it opens."""

    root: Path
    settings: Settings = field(default_factory=lambda: Settings(allowed_hosts="backend"))

    def __post_init__(self) -> None:
        self.tasks = MemoryTaskRepository()
        self.webhooks = MemoryWebhookRepository()
        self.deliveries = MemoryDeliveryRepository(self.webhooks)
        self.webhook_sender = MemoryWebhookSender()
        self.jobs = MemoryJobRepository(self.tasks, outbox=self.deliveries.outbox(problem_text))
        self.job_events = MemoryJobEvents()
        self.clock = MemoryClock()
        self.storage = MemoryStorage(media())
        self.disk = MemoryDisk()
        self.stored_files = MemoryStoredFiles()
        self.workspace = MemoryWorkspace(self.root)
        self.library = MemoryLibrary()
        encoder = MemoryEncoder()
        self.users = MemoryUserRepository()
        self.hasher = MemoryPasswordHasher()
        self.spans = MemorySpans()
        self.metrics = MemoryMetrics()
        self.ports = Ports(
            tasks=self.tasks,
            scripts=MemoryScriptRepository(),
            media_assets=MemoryMediaAssets(),
            cleanup_times=MemoryCleanupTimes(),
            disk=self.disk,
            speech=MemorySpeech(),
            narration_mixer=MemoryNarrationMixer(song=song),
            scene_encoder=MemorySceneEncoder(),
            image_model=MemoryImageModel(available=False),
            stills=MemoryStills(),
            jobs=self.jobs,
            job_queue=InProcessJobQueue(),
            job_events=self.job_events,
            blueprints=MemoryBlueprintArchive(),
            songs=self.library.songs,
            moves=self.library.moves,
            library_files=self.library.files,
            artifacts=MemoryArtifactCache(),
            storage=self.storage,
            stored_files=self.stored_files,
            clips=encoder,
            encoder=encoder,
            media_probe=MemoryMediaProbe(),
            picture_probe=MemoryPictureProbe(),
            preview_streamer=MemoryPreviewStreamer(),
            workspace=self.workspace,
            audio_analyzer=MemoryAudioAnalyzer(),
            description_model=OfflineDescriptionModel(),
            embeddings=self.library.embeddings,
            index=MemoryMoveIndex(),
            embedder=MemoryEmbedder(),
            motion_analyzer=MemoryMotionAnalyzer(),
            sound_aligner=MemorySoundAligner(),
            studio=MemoryDemoStudio(),
            progress=SeveralProgress(
                MemoryProgress(),
                JobProgressEvents(self.job_events, self.tasks, self.clock),
                MeasuredStages(self.metrics),
            ),
            clock=self.clock,
            cage=MemoryCage(),
            users=self.users,
            logins=MemoryLogins(self.users),
            api_keys=MemoryApiKeys(self.users),
            attempts=MemoryAttemptCounter(),
            signing_keys=MemorySigningKeys(),
            token_signer=MemoryTokenSigner(),
            password_hasher=self.hasher,
            webhooks=self.webhooks,
            deliveries=self.deliveries,
            webhook_sender=self.webhook_sender,
            spans=self.spans,
            metrics=self.metrics,
        )

    async def furnish(self) -> None:
        """Put the demo's song and moves into the library."""
        await wire(self.ports, self.settings).make_demo(_untold)

    @asynccontextmanager
    async def opened(self, timeouts: Timeouts | None = None) -> AsyncGenerator[Litestar]:
        """The running application."""

        @asynccontextmanager
        async def ports(_: Settings) -> AsyncGenerator[Ports]:
            yield self.ports

        app = create_app(self.settings, ports, timeouts=timeouts)
        async with app.lifespan():
            yield app

    @asynccontextmanager
    async def client(self) -> AsyncGenerator[httpx.AsyncClient]:
        """A client of the running application."""
        async with self.opened() as app:
            transport = httpx.ASGITransport(cast(Any, app))
            async with httpx.AsyncClient(transport=transport, base_url="http://backend") as client:
                yield client

    def final(self, task_id: UUID) -> Assembly:
        """Return the latest record of a task."""
        return self.tasks.history[task_id][-1]

    def left_behind(self) -> list[str]:
        """Temporary files, and films that no completed task owns."""
        ends = [values[-1] for values in self.tasks.history.values()]
        owned = {end.output_path for end in ends if end.state is State.COMPLETED}
        films = [p for p in self.storage.objects if p.startswith("output/") and p not in owned]
        return [*map(str, self.root.rglob("*")), *films]


async def _untold(name: str, done: int, of: int) -> None:
    """Nobody listens."""


def failing(port: P, **errors: Exception) -> P:
    """The same port, whose named methods raise."""
    return cast(P, _Failing(port, errors))


class _Failing:
    def __init__(self, port: object, errors: dict[str, Exception]) -> None:
        self._port = port
        self._errors = errors

    def __getattr__(self, method: str) -> Any:
        if method not in self._errors:
            return getattr(self._port, method)

        async def fail(*_: object, **__: object) -> None:
            raise self._errors[method]

        return fail


def document(clips: tuple[str, ...] = CLIPS) -> dict[str, Any]:
    """A Blueprint of a new task, as a client would write it."""
    return msgspec.json.decode(msgspec.json.encode(blueprint(uuid4(), list(clips))))


async def folder_of(client: httpx.AsyncClient, task_id: object) -> str:
    """Return the folder of a preview, which holds all but its main playlist."""
    main = await client.get(f"/api/choreography/{task_id}/preview.m3u8")
    assert main.status_code == 200, main.text
    picture = main.text.splitlines()[-1]
    return f"/api/choreography/{task_id}/{picture}".rpartition("/")[0]


def problem_of(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The problem an answer holds, once its form is checked."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert set(problem) == PROBLEM_KEYS
    assert problem["status"] == status
    assert problem["instance"] == answer.request.url.path
    assert problem["error"] == problem["detail"] != ""
    assert problem["type"] == f"/problems/{problem['code']}"
    assert problem["request_id"] == answer.headers["x-request-id"] != ""
    return problem


def paths_of(problem: dict[str, Any]) -> set[str]:
    """The JSON paths of what a problem names."""
    return {violation["path"] for violation in problem["details"]}
