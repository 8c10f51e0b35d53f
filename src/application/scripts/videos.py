"""Read and remove the videos of a caller, of both kinds."""

from pathlib import Path
from uuid import UUID, uuid4, uuid5

from application.concurrency.shielding import finish_even_if_cancelled
from application.ports.artifact_cache import ArtifactCache
from application.ports.blueprints import BlueprintArchive
from application.ports.scripts import ScriptRepository
from application.ports.songs import SongRepository
from application.ports.stills import Stills
from application.ports.storage import Storage
from application.ports.tasks import TaskRepository
from application.ports.workspace import Workspace
from application.rendering.film_urls import FilmUrls
from domain.jobs.errors import JobNotFound
from domain.rendering.assembly import FINAL, Assembly, State
from domain.scripts.errors import VideoInProgress
from domain.scripts.narrated_video import NarratedVideo
from domain.scripts.video_status import (
    GeneratedVideo,
    VideoGenerationJob,
    job_of,
    video_status,
)
from domain.shared.errors import (
    MediaNotFound,
    SongNotFound,
    TaskNotFound,
    VideoNotFound,
)


class VideoRecords:
    """The records about videos: their tasks, their scripts, their songs and their files."""

    def __init__(
        self,
        tasks: TaskRepository,
        scripts: ScriptRepository,
        songs: SongRepository,
        blueprints: BlueprintArchive,
        storage: Storage,
        urls: FilmUrls,
    ) -> None:
        """Take the ports."""
        self._tasks = tasks
        self._scripts = scripts
        self._songs = songs
        self._blueprints = blueprints
        self._storage = storage
        self._urls = urls

    async def task(self, video_id: UUID, owner: str) -> Assembly:
        """Return the task of a video; raises `VideoNotFound`, also for that of another owner."""
        try:
            task = await self._tasks.get(video_id)
        except TaskNotFound:
            raise VideoNotFound from None
        if task.owner != owner or task.removed:
            raise VideoNotFound
        return task

    async def video(self, video_id: UUID, owner: str) -> GeneratedVideo:
        """Return a video with the size of its file; raises as `task` does."""
        task = await self.task(video_id, owner)
        narrated = await self._scripts.video(video_id)
        return await self.described(task, narrated, await self.size(task))

    async def job(self, job_id: UUID, owner: str) -> VideoGenerationJob:
        """Return the job of a script's video; raises `JobNotFound`, also for another owner's."""
        try:
            task = await self.task(job_id, owner)
        except VideoNotFound:
            raise JobNotFound from None
        narrated = await self._scripts.video(job_id)
        if narrated is None:
            raise JobNotFound
        return job_of(task, narrated, await self.size(task), self._urls.video(job_id))

    async def size(self, task: Assembly) -> int | None:
        """Return the bytes of the published file; None if there is none."""
        if task.state is not State.COMPLETED or task.output_path is None:
            return None
        try:
            return (await self._storage.describe(task.output_path)).size
        except MediaNotFound:
            return None

    async def described(
        self, task: Assembly, narrated: NarratedVideo | None, size: int | None
    ) -> GeneratedVideo:
        """Return the video of a task."""
        done = task.state is State.COMPLETED
        video_id = task.task_id
        captions = done and narrated is not None and narrated.captions is not None
        return GeneratedVideo(
            video_id=video_id,
            kind=task.kind,
            status=video_status(task.state),
            title=narrated.title if narrated else await self._title(task),
            created_at=task.created_at,
            updated_at=task.updated_at,
            script_id=narrated and narrated.script_id,
            duration=round(task.seconds, 3) if done and task.seconds is not None else None,
            resolution=await self._resolution(task, narrated) if done else None,
            file_size=size,
            url=self._urls.video(video_id) if done else None,
            download_url=self._urls.download(video_id) if done else None,
            poster_url=self._urls.poster(video_id) if done else None,
            captions_url=self._urls.captions(video_id) if captions else None,
            error_message=task.failure.message if task.failure else None,
            warnings=task.warnings,
        )

    async def title(self, video_id: UUID, owner: str) -> str | None:
        """Return the title of a video, if it has one; raises as `task` does."""
        task = await self.task(video_id, owner)
        narrated = await self._scripts.video(video_id)
        return narrated.title if narrated else await self._title(task)

    async def _title(self, task: Assembly) -> str | None:
        if task.song_id is None:
            return None
        try:
            return (await self._songs.get(task.song_id)).title
        except SongNotFound:
            return None

    async def _resolution(self, task: Assembly, narrated: NarratedVideo | None) -> str | None:
        if narrated is not None:
            return narrated.settings.resolution
        blueprint = await self._blueprints.find(task.task_id)
        if blueprint is None:
            return None
        return f"{blueprint.output_config.width}x{blueprint.output_config.height}"


class ReadCaptions:
    """Reads the captions of a video."""

    def __init__(self, records: VideoRecords, scripts: ScriptRepository) -> None:
        """Take the records."""
        self._records = records
        self._scripts = scripts

    async def __call__(self, video_id: UUID, owner: str) -> str:
        """Return the WebVTT text; raises `VideoNotFound` if there is none."""
        await self._records.task(video_id, owner)
        narrated = await self._scripts.video(video_id)
        if narrated is None or narrated.captions is None:
            raise VideoNotFound("This video has no captions.")
        return narrated.captions


class MakePoster:
    """Makes the poster of a video when it is first asked for."""

    def __init__(
        self,
        records: VideoRecords,
        storage: Storage,
        artifacts: ArtifactCache,
        workspace: Workspace,
        stills: Stills,
    ) -> None:
        """Take the ports."""
        self._records = records
        self._storage = storage
        self._artifacts = artifacts
        self._workspace = workspace
        self._stills = stills

    async def __call__(self, video_id: UUID, owner: str) -> bytes:
        """Return a JPEG, taken a third of the way in; raises `VideoNotFound`."""
        task = await self._records.task(video_id, owner)
        path, seconds = task.output_path, task.seconds
        if task.state is not State.COMPLETED or path is None or seconds is None:
            raise VideoNotFound("The video is not finished, so it has no poster.")
        version = await self._stills.version()
        key = f"poster-{uuid5(video_id, f'{path} {version}').hex}"
        async with self._workspace.take(uuid4()) as folder:

            async def make(into: Path) -> None:
                film = folder / "film.mp4"
                await self._storage.fetch(path, film)
                await self._stills.take(film, seconds / 3, into)

            return await self._artifacts.get_or_create(key, folder / "p.jpg", make, Path.read_bytes)


class RemoveVideo:
    """Deletes a video and everything that is known about it."""

    def __init__(
        self,
        records: VideoRecords,
        tasks: TaskRepository,
        scripts: ScriptRepository,
        blueprints: BlueprintArchive,
        storage: Storage,
    ) -> None:
        """Take the ports."""
        self._records = records
        self._tasks = tasks
        self._scripts = scripts
        self._blueprints = blueprints
        self._storage = storage

    async def __call__(self, video_id: UUID, owner: str) -> None:
        """Return when nothing is left.

        Raises `VideoNotFound`, and `VideoInProgress` for one that is being made. If the storage
        fails, the video is gone for its owner, and recovery deletes its file.
        """
        task = await self._records.task(video_id, owner)
        if task.state not in FINAL:
            raise VideoInProgress
        await finish_even_if_cancelled(self._remove(task))

    async def _remove(self, task: Assembly) -> None:
        await self._tasks.update(task.task_id, lambda each: each.forgotten())
        if task.output_path is not None:
            await self._storage.delete(task.output_path)
        await self._scripts.remove_video(task.task_id)
        await self._blueprints.remove(task.task_id)
        await self._tasks.remove(task.task_id)
