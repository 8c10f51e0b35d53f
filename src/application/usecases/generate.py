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
from application.usecases.plan import ChoreographyRequest, Description, PlanChoreography
from domain import rules
from domain.assembly import Assembly, Step


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
        described: Description | None = None,
    ) -> FinishedFilm:
        """Return once the film is published; raises as `PlanChoreography` and `AssembleVideo`.

        ``described`` are the words that the request was understood from, if there are any.
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
            dance = await self._plan(request, task_id, owner, described)
            rules.check(dance.blueprint, owner)
            if dance.degradations:
                await record.note(dance.degradations)
            await self._blueprints.keep(dance.blueprint)
            assembly = await self._film(dance.blueprint, record)
            return finished(assembly, await self._film.address(assembly))
