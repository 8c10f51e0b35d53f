"""Do the work of a job that makes a film."""

import msgspec

from application.planning.choreography_request import ChoreographyRequest
from application.planning.generate import GenerateChoreography
from application.planning.generate_from_text import (
    DescribedFilm,
    DescribedRequest,
    GenerateFromText,
    UnderstandDescription,
)
from application.ports.tasks import TaskRepository
from application.rendering.assemble import AssembleVideo
from application.rendering.attempt import Attempt
from application.rendering.film_pipeline import FilmPipeline
from application.rendering.finished_film import FinishedFilm
from application.rendering.task_tracking import TrackedTasks
from domain.blueprint.model import Blueprint
from domain.jobs.job import Job, JobKind
from domain.rendering.assembly import State


class PerformFilm:
    """Makes the film of a job, or finds out that an earlier attempt has made it."""

    def __init__(
        self,
        tasks: TaskRepository,
        on_record: TrackedTasks,
        film: FilmPipeline,
        generate: GenerateChoreography,
        generate_from_text: GenerateFromText,
        understand: UnderstandDescription,
        assemble: AssembleVideo,
    ) -> None:
        """Take the records of tasks, their tracking, and the use cases that make films."""
        self._tasks = tasks
        self._on_record = on_record
        self._film = film
        self._generate = generate
        self._generate_from_text = generate_from_text
        self._understand = understand
        self._assemble = assemble

    async def __call__(self, job: Job, payload: str, attempt: Attempt) -> str:
        """Return the answer to the caller as JSON; raises as the use cases do.

        When this raises, the task has ended, unless the attempt is abandoned.
        """
        try:
            film = await self._made_before(job, payload) or await self._made(job, payload, attempt)
        except BaseException as error:
            await self._on_record.end(job.job_id, attempt, error)
            raise
        return msgspec.json.encode(film).decode()

    async def _made_before(self, job: Job, payload: str) -> FinishedFilm | None:
        """Return the film of an attempt whose worker died before it could record the answer."""
        if job.attempt == 1:
            return None
        task = await self._tasks.get(job.job_id)
        if task.state is not State.COMPLETED:
            return None
        film = await self._film.finished(task)
        if job.kind is not JobKind.GENERATE_FROM_TEXT:
            return film
        understood = await self._understand(msgspec.json.decode(payload, type=DescribedRequest))
        return DescribedFilm(**msgspec.structs.asdict(film), parameters=understood)

    async def _made(self, job: Job, payload: str, attempt: Attempt) -> FinishedFilm:
        match job.kind:
            case JobKind.GENERATE:
                request = msgspec.json.decode(payload, type=ChoreographyRequest)
                return await self._generate(request, job.job_id, job.owner, attempt=attempt)
            case JobKind.GENERATE_FROM_TEXT:
                described = msgspec.json.decode(payload, type=DescribedRequest)
                return await self._generate_from_text(described, job.job_id, job.owner, attempt)
            case JobKind.ASSEMBLE:
                blueprint = msgspec.json.decode(payload, type=Blueprint)
                return await self._assemble(blueprint, job.owner, attempt)
