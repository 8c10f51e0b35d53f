"""Plan a choreography for a song and make its film."""

from uuid import UUID

from application.media.library_failures import of_the_library
from application.planning.choreography_request import ChoreographyRequest
from application.planning.plan import Description, PlanChoreography
from application.ports.blueprints import BlueprintArchive
from application.rendering.attempt import Attempt
from application.rendering.film_pipeline import FilmPipeline
from application.rendering.finished_film import FinishedFilm
from application.rendering.task_tracking import TrackedTasks
from domain.blueprint import rules
from domain.blueprint.model import Blueprint
from domain.rendering.assembly import Step


class GenerateChoreography:
    """Plans a dance to a song and makes its film in one request."""

    def __init__(
        self,
        on_record: TrackedTasks,
        blueprints: BlueprintArchive,
        plan: PlanChoreography,
        film: FilmPipeline,
    ) -> None:
        """Take the task tracking, the archive of Blueprints, the planner and the film pipeline."""
        self._on_record = on_record
        self._blueprints = blueprints
        self._plan = plan
        self._film = film

    async def __call__(
        self,
        request: ChoreographyRequest,
        task_id: UUID,
        owner: str,
        description: Description | None = None,
        attempt: Attempt | None = None,
    ) -> FinishedFilm:
        """Return when the film is published; raises as `PlanChoreography` and `AssembleVideo`.

        Raises `LibraryFailed` if a file of the library prevents the film. ``description`` is the
        description that the request comes from, if there is one. ``attempt`` is the start of the
        job, if a job makes the film.
        """
        async with self._on_record(task_id, owner, request.song_id, attempt) as record:
            await record.take(Step.PLAN, "Planning the dance")
            blueprint = await self._earlier_blueprint(task_id, attempt)
            if blueprint is None:
                dance = await self._plan(request, task_id, owner, description)
                blueprint = dance.blueprint
                with of_the_library():
                    rules.check(blueprint, owner)
                # The caller can shorten a film that exceeds the workload limits.
                await self._film.check(blueprint, owner)
                if dance.warnings:
                    await record.note(dance.warnings)
                await self._blueprints.keep(blueprint)
            assembly = await self._film(blueprint, record, planned=True)
            return await self._film.finished(assembly)

    async def _earlier_blueprint(self, task_id: UUID, attempt: Attempt | None) -> Blueprint | None:
        """Return the Blueprint that an earlier attempt has planned, if there is one."""
        if attempt is None or attempt.number == 1:
            return None
        return await self._blueprints.find(task_id)
