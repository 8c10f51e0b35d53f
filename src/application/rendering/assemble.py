"""Make the film of a Blueprint."""

from uuid import UUID

import msgspec

from application.concurrency.threads import PLANNING
from application.ports.blueprints import BlueprintArchive
from application.rendering.film_pipeline import FilmPipeline
from application.rendering.task_tracking import TrackedTasks
from domain.blueprint import rules
from domain.blueprint.model import Blueprint
from domain.rendering.assembly import Assembly, State


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
        self, on_record: TrackedTasks, blueprints: BlueprintArchive, film: FilmPipeline
    ) -> None:
        """Take what records the work, where Blueprints are kept, and who makes films."""
        self._on_record = on_record
        self._blueprints = blueprints
        self._film = film

    async def __call__(self, blueprint: Blueprint, owner: str) -> FinishedFilm:
        """Return once the film is published, or raise and leave nothing but the task's record.

        Raises `BlueprintRejected` with every violation before anything is recorded, `TaskTaken`,
        `MediaTaken`, `MediaNotFound`, `ClipTooShort`, `FFmpegFailed`, `AssemblyTimedOut`, ...
        """
        # A Blueprint of 8 MB takes half a second.
        await PLANNING.run(lambda: rules.check(blueprint, owner))
        await self._film.check(blueprint)
        async with self._on_record(blueprint.task_id, owner) as record:
            await self._blueprints.keep(blueprint)
            assembly = await self._film(blueprint, record)
            return finished(assembly, await self._film.address(assembly))
