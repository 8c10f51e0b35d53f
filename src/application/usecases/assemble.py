"""Make the film of a Blueprint."""

from uuid import UUID

import msgspec

from application.filming import Filming
from application.ports.blueprints import BlueprintArchive
from application.ports.clock import Clock
from application.ports.progress import Progress
from application.ports.tasks import TaskRepository
from application.ports.workspace import Workspace
from application.record import on_record
from domain import rules
from domain.assembly import Assembly, State
from domain.blueprint import Blueprint


class FinishedFilm(msgspec.Struct, frozen=True, kw_only=True):
    """A film that is ready to be watched."""

    task_id: UUID
    status: State
    video_id: UUID
    video_url: str
    """Where the film is played from."""
    duration_seconds: float
    """How long it took to make."""
    video_duration_seconds: float
    """How long the film lasts."""
    blueprint_url: str
    degradations: tuple[str, ...] = ()
    """What had to be done otherwise than asked."""


def finished(assembly: Assembly, video_url: str) -> FinishedFilm:
    """What the caller is told of a completed assembly."""
    task_id = assembly.task_id
    return FinishedFilm(
        task_id=task_id,
        status=assembly.state,
        video_id=task_id,
        video_url=video_url,
        duration_seconds=round((assembly.updated_at - assembly.created_at).total_seconds(), 3),
        video_duration_seconds=round(assembly.seconds or 0.0, 3),
        blueprint_url=f"/api/choreography/{task_id}/blueprint",
        degradations=assembly.degradations,
    )


class AssembleVideo:
    """Make the film of a Blueprint, the caller's own or an edited one, and wait for it."""

    def __init__(
        self,
        tasks: TaskRepository,
        blueprints: BlueprintArchive,
        progress: Progress,
        clock: Clock,
        workspace: Workspace,
        film: Filming,
        limit: float,
    ) -> None:
        """Take the ports, and the seconds a film may take."""
        self._tasks = tasks
        self._blueprints = blueprints
        self._progress = progress
        self._clock = clock
        self._workspace = workspace
        self._film = film
        self._limit = limit

    async def __call__(self, blueprint: Blueprint, owner: str) -> FinishedFilm:
        """Return once the film is published, or raise and leave nothing but the task's record.

        Raises `BlueprintRejected` with every violation before anything is recorded, `TaskTaken`,
        `MediaTaken`, `MediaNotFound`, `ClipTooShort`, `FFmpegFailed`, `AssemblyTimedOut`, ...
        """
        rules.check(blueprint, owner)
        now = self._clock.now()
        assembly = Assembly(task_id=blueprint.task_id, owner=owner, created_at=now, updated_at=now)
        async with on_record(
            assembly, self._tasks, self._progress, self._clock, self._workspace, self._limit
        ) as record:
            await self._blueprints.keep(blueprint)
            assembly = await self._film(blueprint, record)
            return finished(assembly, await self._film.address(assembly))
