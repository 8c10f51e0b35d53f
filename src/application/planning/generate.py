"""Make a choreography film for a song of the library."""

from uuid import UUID

from application.media.library_failures import of_the_library
from application.planning.plan import ChoreographyRequest, Description, PlanChoreography
from application.ports.blueprints import BlueprintArchive
from application.rendering.film_pipeline import FilmPipeline
from application.rendering.finished_film import FinishedFilm
from application.rendering.task_tracking import TrackedTasks
from domain.blueprint import rules
from domain.rendering.assembly import Step


class GenerateChoreography:
    """Plan a dance to a song and make its film, in one go: the answer is the finished film."""

    def __init__(
        self,
        on_record: TrackedTasks,
        blueprints: BlueprintArchive,
        plan: PlanChoreography,
        film: FilmPipeline,
    ) -> None:
        """Take what records the work, where Blueprints are kept, and the two halves of it."""
        self._on_record = on_record
        self._blueprints = blueprints
        self._plan = plan
        self._film = film

    async def __call__(
        self,
        request: ChoreographyRequest,
        task_id: UUID,
        owner: str,
        described: Description | None = None,
    ) -> FinishedFilm:
        """Return once the film is published; raises as `PlanChoreography` and `AssembleVideo`.

        Where it is for a file of the library that there is no film, raises `LibraryFailed`.

        ``described`` are the words that the request was understood from, if there are any.
        """
        async with self._on_record(task_id, owner, request.song_id) as record:
            await record.take(Step.PLAN, "Planning the dance")
            dance = await self._plan(request, task_id, owner, described)
            with of_the_library():
                rules.check(dance.blueprint, owner)
            # A film that takes too much work is the caller's to shorten.
            await self._film.check(dance.blueprint)
            if dance.degradations:
                await record.note(dance.degradations)
            await self._blueprints.keep(dance.blueprint)
            assembly = await self._film(dance.blueprint, record, planned=True)
            return await self._film.finished(assembly)
