"""Find the outcome of a job whose task has ended, although its worker could not record it."""

from collections.abc import Awaitable, Callable

import msgspec

from application.planning.generate_from_text import (
    DescribedFilm,
    DescribedRequest,
    UnderstandDescription,
)
from application.ports.jobs import Change, JobRepository
from application.ports.tasks import TaskRepository
from application.rendering.finished_film import FinishedFilm
from domain.jobs.job import Job, JobKind
from domain.jobs.outcome import JobFailure
from domain.rendering.assembly import FINAL, Assembly, State
from domain.shared.errors import TaskNotFound


class SettledOutcome:
    """Derives the end of a job from the end of its task, which is recorded first."""

    def __init__(
        self,
        jobs: JobRepository,
        tasks: TaskRepository,
        finished: Callable[[Assembly], Awaitable[FinishedFilm]],
        understand: UnderstandDescription,
    ) -> None:
        """Take the records, a function that returns the answer about a completed task, and the
        interpretation of descriptions, which is part of some answers.
        """
        self._jobs = jobs
        self._tasks = tasks
        self._finished = finished
        self._understand = understand

    async def __call__(self, job: Job) -> Change | None:
        """Return the change of the job that its ended task implies; None if it has not ended."""
        try:
            task = await self._tasks.get(job.job_id)
        except TaskNotFound:
            return None
        if task.state not in FINAL:
            return None
        if task.state is State.COMPLETED:
            answer = await self._answer(job, task)
            return lambda each: each.completed(answer)
        failure = failure_on_record(task)
        return Job.cancelled if failure is None else lambda each: each.failed(failure)

    async def _answer(self, job: Job, task: Assembly) -> str:
        film = await self._finished(task)
        if job.kind is JobKind.GENERATE_FROM_TEXT:
            payload = await self._jobs.payload(job.job_id)
            described = msgspec.json.decode(payload, type=DescribedRequest)
            understood = await self._understand(described)
            film = DescribedFilm(**msgspec.structs.asdict(film), parameters=understood)
        return msgspec.json.encode(film).decode()


def failure_on_record(task: Assembly) -> JobFailure | None:
    """Return the failure of a task as that of a job; None if the task has not failed."""
    if task.failure is None:
        return None
    return JobFailure(
        code=task.failure.code,
        message=task.failure.message,
        details=task.failure.details,
        stage=task.failure.stage,
    )
