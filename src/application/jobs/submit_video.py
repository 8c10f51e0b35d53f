"""Submit the job that makes the video of a script."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import msgspec

from application.concurrency.shielding import finish_even_if_cancelled
from application.jobs.request_options import NONE, RequestOptions
from application.ports.clock import Clock
from application.ports.job_queue import JobQueue
from application.ports.jobs import IdempotencyKey, JobRepository, Submission
from application.ports.scripts import ScriptRepository
from application.webhooks.manage_webhooks import PrepareCallback
from domain.jobs.admission import Admission
from domain.jobs.errors import KeyReused, ServiceFull
from domain.jobs.job import Job, JobKind, Priority
from domain.rendering.assembly import Assembly, FilmKind
from domain.scripts.composition import VideoRequest
from domain.scripts.errors import ScriptNotFound
from domain.scripts.narrated_video import NarratedVideo
from domain.shared.errors import BachataError, CallerBusy, TaskTaken
from domain.storage.quota import QuotaExceeded


class SubmitVideo:
    """Records a job with its task, and tells the workers."""

    def __init__(
        self,
        jobs: JobRepository,
        queue: JobQueue,
        scripts: ScriptRepository,
        clock: Clock,
        admission: Admission,
        refusal: Callable[[str], Awaitable[BachataError | None]],
        prepare_callback: PrepareCallback,
        request_id: Callable[[], str | None] = lambda: None,
        traceparent: Callable[[], str | None] = lambda: None,
    ) -> None:
        """Take the ports, the limits of jobs, the check of the quotas, the preparation of
        callbacks, and functions that return the id of the current request for the log, and its
        span.
        """
        self._jobs = jobs
        self._queue = queue
        self._scripts = scripts
        self._clock = clock
        self._admission = admission
        self._refusal = refusal
        self._prepare_callback = prepare_callback
        self._request_id = request_id
        self._traceparent = traceparent

    async def __call__(
        self,
        request: VideoRequest,
        video_id: UUID,
        owner: str,
        key: IdempotencyKey | None = None,
        options: RequestOptions = NONE,
    ) -> tuple[Job, bool]:
        """Return the job, and True if it is that of an earlier request with the same ``key``.

        Raises `ScriptNotFound`, also for the script of another owner, `QuotaExceeded`,
        `CallerBusy`, `ServiceFull` and `KeyReused`, and `InvalidRequest` for a callback URL that
        nobody else could reach.
        """
        script = await self._scripts.get(request.script_id)
        if script.owner != owner:
            raise ScriptNotFound
        if options.callback_url is not None:
            await self._prepare_callback(options.callback_url, owner)
        now = self._clock.now()
        job = Job(
            job_id=video_id,
            kind=JobKind.COMPOSE_SCRIPT,
            priority=Priority.SCRIPT,
            owner=owner,
            created_at=now,
            request_id=self._request_id(),
            traceparent=self._traceparent(),
            wanted=True,
            metadata=options.metadata,
            callback_url=options.callback_url,
        )
        task = Assembly(
            task_id=video_id,
            owner=owner,
            created_at=now,
            updated_at=now,
            kind=FilmKind.SCRIPT,
            metadata=options.metadata,
        )
        submission = Submission(
            job=job,
            payload=msgspec.json.encode(request).decode(),
            task=task,
            key=key,
            admission=self._admission,
            refusal=await self._refusal(owner),
        )
        video = NarratedVideo(
            video_id=video_id,
            owner=owner,
            script_id=script.script_id,
            title=script.title,
            settings=request.settings,
        )

        async def submit() -> tuple[Job, bool]:
            # A worker may begin as soon as the job is recorded, and writes the captions here.
            await self._scripts.keep_video(video)
            try:
                recorded = await self._jobs.submit(submission)
            except (CallerBusy, ServiceFull, KeyReused, TaskTaken, QuotaExceeded):
                # After any other error the job may have been recorded.
                await self._scripts.remove_video(video_id)
                raise
            replayed = recorded.job_id != video_id
            if replayed:
                await self._scripts.remove_video(video_id)
            else:
                await self._queue.announce(video_id, job.priority)
            return recorded, replayed

        return await finish_even_if_cancelled(submit())
