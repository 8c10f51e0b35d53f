"""Submit the job that makes a film."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from application.concurrency.shielding import finish_even_if_cancelled
from application.concurrency.threads import PLANNING
from application.jobs.film_request import FilmRequest, kind_of, payload_of, song_of
from application.jobs.request_options import NONE, RequestOptions
from application.ports.clock import Clock
from application.ports.job_queue import JobQueue
from application.ports.jobs import IdempotencyKey, JobRepository, Submission
from application.rendering.film_pipeline import FilmPipeline
from application.webhooks.manage_webhooks import PrepareCallback
from domain.blueprint import rules
from domain.blueprint.model import Blueprint
from domain.jobs.admission import Admission
from domain.jobs.job import Job
from domain.rendering.assembly import Assembly
from domain.shared.errors import BachataError


class SubmitFilm:
    """Records a job with its task, and tells the workers."""

    def __init__(
        self,
        jobs: JobRepository,
        queue: JobQueue,
        clock: Clock,
        film: FilmPipeline,
        admission: Admission,
        refusal: Callable[[str], Awaitable[BachataError | None]],
        prepare_callback: PrepareCallback,
        request_id: Callable[[], str | None] = lambda: None,
        traceparent: Callable[[], str | None] = lambda: None,
    ) -> None:
        """Take the ports, the pipeline, which checks the workload, the limits of jobs, the
        check of the quotas, and the preparation of callbacks.

        ``request_id`` returns the id under which the log knows the current request, and
        ``traceparent`` its span.
        """
        self._jobs = jobs
        self._queue = queue
        self._clock = clock
        self._film = film
        self._admission = admission
        self._refusal = refusal
        self._prepare_callback = prepare_callback
        self._request_id = request_id
        self._traceparent = traceparent

    async def __call__(
        self,
        request: FilmRequest,
        task_id: UUID,
        owner: str,
        *,
        wanted: bool = False,
        key: IdempotencyKey | None = None,
        options: RequestOptions = NONE,
    ) -> tuple[Job, bool]:
        """Return the job, and True if it is that of an earlier request with the same ``key``.

        A job that is not ``wanted`` is cancelled when nobody waits for it any more. Raises
        `BlueprintRejected`, `QuotaExceeded`, `CallerBusy`, `ServiceFull`, `KeyReused`, `TaskTaken`,
        and `InvalidRequest` for a callback URL that nobody else could reach.
        """
        if options.callback_url is not None:
            await self._prepare_callback(options.callback_url, owner)
        if isinstance(request, Blueprint):
            # Checking a Blueprint of 8 MB takes half a second.
            await PLANNING.run(lambda: rules.check(request, owner))
            await self._film.check(request, owner)
        now = self._clock.now()
        job = Job(
            job_id=task_id,
            kind=kind_of(request),
            owner=owner,
            created_at=now,
            request_id=self._request_id(),
            traceparent=self._traceparent(),
            wanted=wanted or key is not None,
            metadata=options.metadata,
            callback_url=options.callback_url,
        )
        task = Assembly(
            task_id=task_id,
            owner=owner,
            created_at=now,
            updated_at=now,
            song_id=song_of(request),
            metadata=options.metadata,
        )
        submission = Submission(
            job=job,
            payload=payload_of(request),
            task=task,
            key=key,
            admission=self._admission,
            refusal=await self._refusal(owner),
        )

        async def submit() -> tuple[Job, bool]:
            recorded = await self._jobs.submit(submission)
            # A repeated Blueprint names the same task, so the ids are equal.
            replayed = recorded != job
            if not replayed:
                await self._queue.announce(task_id)
            return recorded, replayed

        return await finish_even_if_cancelled(submit())
