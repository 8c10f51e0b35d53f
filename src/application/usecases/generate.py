"""Make a choreography film for a song of the library."""

from uuid import UUID

from application.filming import Filming
from application.ports.blueprints import BlueprintArchive
from application.ports.clock import Clock
from application.ports.progress import Progress
from application.ports.tasks import TaskRepository
from application.ports.workspace import Workspace
from application.record import on_record
from application.usecases.assemble import FinishedFilm, finished
from application.usecases.plan import ChoreographyRequest, PlanChoreography
from domain import rules
from domain.assembly import Assembly, Step
from domain.words import Asked


class GenerateChoreography:
    """Plan a dance to a song and make its film, in one go: the answer is the finished film."""

    def __init__(
        self,
        tasks: TaskRepository,
        blueprints: BlueprintArchive,
        progress: Progress,
        clock: Clock,
        workspace: Workspace,
        plan: PlanChoreography,
        film: Filming,
        limit: float,
    ) -> None:
        """Take the ports, the two halves of the work, and the seconds both may take."""
        self._tasks = tasks
        self._blueprints = blueprints
        self._progress = progress
        self._clock = clock
        self._workspace = workspace
        self._plan = plan
        self._film = film
        self._limit = limit

    async def __call__(
        self,
        request: ChoreographyRequest,
        task_id: UUID,
        owner: str,
        asked: Asked | None = None,
        degradations: tuple[str, ...] = (),
    ) -> FinishedFilm:
        """Return once the film is published; raises as `PlanChoreography` and `AssembleVideo`.

        ``asked`` is what a description says beside the request, ``degradations`` what of it was
        not understood as it should have been.
        """
        now = self._clock.now()
        assembly = Assembly(
            task_id=task_id,
            owner=owner,
            created_at=now,
            updated_at=now,
            song_id=request.song_id,
        )
        async with on_record(
            assembly, self._tasks, self._progress, self._clock, self._workspace, self._limit
        ) as record:
            await record.take(Step.PLAN, "Planning the dance")
            dance = await self._plan(request, task_id, owner, asked)
            rules.check(dance.blueprint, owner)
            if degraded := (*degradations, *dance.degradations):
                await record.note(degraded)
            await self._blueprints.keep(dance.blueprint)
            return finished(await self._film(dance.blueprint, record))
