"""Everything that a cleanup looks at, in memory, with a clock of the storage's own."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, TypeVar, cast
from uuid import UUID, uuid4

import msgspec

from adapters.memory.blueprints import MemoryBlueprintArchive
from adapters.memory.cleanups import MemoryCleanupTimes
from adapters.memory.clock import MemoryClock
from adapters.memory.library import MemoryLibrary
from adapters.memory.media_assets import MemoryMediaAssets
from adapters.memory.scripts import MemoryScriptRepository
from adapters.memory.storage import MemoryStorage
from adapters.memory.tasks import MemoryTaskRepository
from application.operations.clean_up_storage import CleanUpStorage
from application.operations.recover_storage import RecoverStorage
from application.operations.verify_storage import VerifyStorage
from application.ports.storage import Storage
from application.scripts.finish_removals import FinishRemovals
from application.scripts.videos import RemoveVideo, VideoRecords
from application.storage.file_references import FileReferences
from domain.rendering.assembly import Assembly, FilmKind, State, Step
from domain.shared import paths
from domain.storage.asset_files import asset_path
from domain.storage.assets import AssetKind, MediaAsset
from domain.storage.cleanup import Policy
from domain.storage.kinds import StorageKind
from entrypoints.urls import RouteUrls
from tests.world.studio import OWNER, blueprint

P = TypeVar("P")
Act = Callable[[], Awaitable[Any]]

DAYS = 30
OLD = timedelta(days=DAYS + 1)
MEGABYTE = 1_000_000
CAREFUL: Mapping[StorageKind, Policy] = {
    **dict.fromkeys(StorageKind, Policy()),
    StorageKind.TEMP: Policy(max_age_days=DAYS),
    StorageKind.AUDIO: Policy(max_age_days=DAYS),
}
_TO_END = (Step.FETCH, Step.CONCATENATE, Step.ADD_AUDIO, Step.UPLOAD, Step.CLEAN_UP)


def scene(number: int) -> str:
    """Return the path of the clip of a scene."""
    return f"assets/clips/{number:064x}.mp4"


def sound(number: int) -> str:
    """Return the path of a mixed sound."""
    return f"assets/audio/{number:064x}.wav"


class _Before:
    def __init__(
        self, port: object, call: str, number: int, act: Callable[[], Awaitable[Any]]
    ) -> None:
        self._port, self._call, self._number, self._act = port, call, number, act
        self._calls = 0

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._port, name)
        if name != self._call:
            return real

        async def call(*args: object, **options: object) -> object:
            self._calls += 1
            if self._calls == self._number:
                await self._act()
            return await real(*args, **options)

        return call


def before(port: P, call: str, number: int, act: Act) -> P:
    """The port, before whose call of this number something else happens."""
    return cast(P, _Before(port, call, number, act))


class Stored:
    """A storage, and the records of what lies there."""

    def __init__(self) -> None:
        self.clock = MemoryClock()
        self.library = MemoryLibrary()
        self.tasks = MemoryTaskRepository(self.clock)
        self.archive = MemoryBlueprintArchive()
        self.scripts = MemoryScriptRepository()
        self.assets = MemoryMediaAssets()
        self.times = MemoryCleanupTimes(self.clock)
        self.storage = MemoryStorage(now=self.clock.now)

    @property
    def paths(self) -> set[str]:
        """The paths of all files."""
        return set(self.storage.objects)

    def recovery(self, **ports: Any) -> RecoverStorage:
        return RecoverStorage(
            self.library.songs,
            self.library.moves,
            self.library.files,
            ports.get("tasks", self.tasks),
            ports.get("archive", self.archive),
            ports.get("storage", self.storage),
            cache_limit=2 * MEGABYTE,
        )

    def removal(self, storage: Storage) -> RemoveVideo:
        records = VideoRecords(
            self.tasks, self.scripts, self.library.songs, self.archive, storage, RouteUrls()
        )
        return RemoveVideo(records, self.tasks, self.scripts, self.archive, storage)

    def cleaning(
        self, policies: Mapping[StorageKind, Policy] = CAREFUL, **ports: Any
    ) -> CleanUpStorage:
        """Return a cleanup; some ``ports`` may be others."""
        storage = ports.get("storage", self.storage)
        tasks, archive = ports.get("tasks", self.tasks), ports.get("archive", self.archive)
        return CleanUpStorage(
            self.recovery(**ports),
            self.removal(storage),
            FileReferences(tasks, archive),
            tasks,
            ports.get("assets", self.assets),
            self.times,
            storage,
            policies,
        )

    def verifying(self, **ports: Any) -> VerifyStorage:
        return VerifyStorage(
            self.cleaning(**ports),
            self.recovery(**ports),
            ports.get("assets", self.assets),
            ports.get("storage", self.storage),
        )

    def finishing(self) -> FinishRemovals:
        return FinishRemovals(self.tasks, self.scripts, self.archive, self.storage)

    def file(self, path: str, size: int = 5) -> str:
        """Store a file as of now."""
        self.storage.objects[path] = bytes(size)
        self.storage._since[path] = self.clock.now()  # pyright: ignore[reportPrivateUsage]
        return path

    async def task(self, kind: FilmKind = FilmKind.SCRIPT) -> UUID:
        """Record a task that has begun and has no Blueprint yet."""
        task_id, now = uuid4(), self.clock.now()
        task = Assembly(task_id=task_id, owner=OWNER, created_at=now, updated_at=now, kind=kind)
        await self.tasks.add(task)
        await self.tasks.update(task_id, lambda each: each.take(Step.PLAN, now))
        return task_id

    async def plan(self, task_id: UUID, *clips: str, audio: str = "songs/song") -> None:
        """Record the Blueprint of a task."""
        document = msgspec.structs.replace(blueprint(task_id, list(clips)), audio_path=audio)
        await self.archive.keep(document)

    async def end(self, task_id: UUID, state: State = State.COMPLETED) -> str:
        """End a task; a completed one has a film, whose path is returned."""
        film, now = paths.film(OWNER, task_id), self.clock.now()
        if state is not State.COMPLETED:
            step = Step.FAIL if state is State.FAILED else Step.CANCEL
            await self.tasks.update(task_id, lambda each: each.take(step, now))
            return film
        for step in (*_TO_END, Step.COMPLETE):
            path = film if step is Step.COMPLETE else None
            await self.tasks.update(
                task_id, lambda each, step=step, path=path: each.take(step, now, output_path=path)
            )
        return film

    async def video(self, *clips: str, audio: str = "songs/song", size: int = 5) -> UUID:
        """Record a completed video of some clips, with its film."""
        task_id = await self.task()
        await self.plan(task_id, *clips, audio=audio)
        self.file(await self.end(task_id), size)
        return task_id

    async def asset(self, size: int = 5, *, stored: bool = True) -> MediaAsset:
        """Record a picture, with its file unless it is not ``stored``."""
        asset_id = uuid4()
        asset = MediaAsset(
            asset_id=asset_id,
            owner=OWNER,
            kind=AssetKind.IMAGE,
            path=asset_path(OWNER, AssetKind.IMAGE, asset_id, "jpg"),
            size=size,
            digest="ab" * 32,
            name=str(asset_id),
            created_at=self.clock.now(),
        )
        await self.assets.add(asset)
        if stored:
            self.file(asset.path, size)
        return asset
