"""Do the work of a job that makes a film."""

import msgspec

from application.planning.choreography_request import ChoreographyRequest
from application.planning.generate import GenerateChoreography
from application.planning.generate_from_text import DescribedRequest, GenerateFromText
from application.rendering.assemble import AssembleVideo
from application.rendering.attempt import Attempt
from application.rendering.finished_film import FinishedFilm
from application.rendering.task_tracking import TrackedTasks
from application.scripts.compose_video import ComposeVideo
from domain.blueprint.model import Blueprint
from domain.jobs.job import Job, JobKind
from domain.scripts.composition import VideoRequest


class PerformFilm:
    """Makes the film of a job."""

    def __init__(
        self,
        on_record: TrackedTasks,
        generate: GenerateChoreography,
        generate_from_text: GenerateFromText,
        assemble: AssembleVideo,
        compose: ComposeVideo,
    ) -> None:
        """Take the tracking of tasks, and the use cases that make films."""
        self._on_record = on_record
        self._generate = generate
        self._generate_from_text = generate_from_text
        self._assemble = assemble
        self._compose = compose

    async def __call__(self, job: Job, payload: str, attempt: Attempt) -> str:
        """Return the answer to the caller as JSON; raises as the use cases do.

        When this raises, the task has ended, unless the attempt is abandoned.
        """
        try:
            film = await self._made(job, payload, attempt)
        except BaseException as error:
            await self._on_record.end(job.job_id, attempt, error)
            raise
        return msgspec.json.encode(film).decode()

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
            case JobKind.COMPOSE_SCRIPT:
                video = msgspec.json.decode(payload, type=VideoRequest)
                return await self._compose(video, job.job_id, job.owner, attempt)
            case _:
                raise ValueError(f"A job of the kind {job.kind} makes no film.")
