"""Make a film as a job, and wait for it."""

import asyncio
from typing import Final
from uuid import UUID

import msgspec

from application.concurrency.shielding import finish_even_if_cancelled
from application.jobs.cancel_job import CancelJob
from application.jobs.film_request import FilmRequest
from application.jobs.request_options import NONE, RequestOptions
from application.jobs.submit_film import SubmitFilm
from application.jobs.wait_for_job import WaitForJob, answer_of
from application.ports.jobs import IdempotencyKey
from domain.jobs.errors import JobNotFound, KeyInUse
from domain.jobs.job import ENDED, Job

GRACE: Final = 5.0
"""Seconds that a job gets to record that it is over its time limit, before its caller gives up."""


class FilmAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a request for a film."""

    job: Job
    """The job; as it is now if there is no result."""
    result: str | None
    """The finished film as JSON; None if the film is still being made."""
    replayed: bool
    """True if the film was made for an earlier request with the same key."""


class MakeFilm:
    """Submits a job and waits for it; the work belongs to the job, not to the request."""

    def __init__(
        self, submit: SubmitFilm, wait: WaitForJob, cancel: CancelJob, seconds: float
    ) -> None:
        """Take the use cases, and the time limit of a film in seconds."""
        self._submit = submit
        self._wait = wait
        self._cancel = cancel
        self._seconds = seconds + GRACE

    async def __call__(
        self,
        request: FilmRequest,
        task_id: UUID,
        owner: str,
        *,
        key: IdempotencyKey | None = None,
        patience: float | None = None,
        options: RequestOptions = NONE,
    ) -> FilmAnswer:
        """Return the answer when the film is finished, or after ``patience`` seconds.

        With a ``key`` or with ``patience`` the film is finished even if the caller leaves;
        otherwise it is cancelled then. Raises as `SubmitFilm`, and as the work of the job does;
        raises `KeyInUse` if the request of this key is still being answered.
        """
        wanted = key is not None or patience is not None
        job, replayed = await self.submitted(
            request, task_id, owner, wanted=wanted, key=key, options=options
        )
        result = await self._result(job, patience)
        if result is None:
            job = await self._wait.current(job)
            if patience and job.state in ENDED:
                # It ended at the last moment.
                result = answer_of(job)
        return FilmAnswer(job=job, result=result, replayed=replayed)

    async def submitted(
        self,
        request: FilmRequest,
        task_id: UUID,
        owner: str,
        *,
        wanted: bool,
        key: IdempotencyKey | None,
        options: RequestOptions = NONE,
    ) -> tuple[Job, bool]:
        """Return the job, and True if it is that of an earlier request with the same ``key``.

        Raises as `SubmitFilm` does, and `KeyInUse`.
        """
        try:
            job, replayed = await self._submit(
                request, task_id, owner, wanted=wanted, key=key, options=options
            )
        except asyncio.CancelledError:
            # The caller left before it could wait; the job may have been recorded.
            if not wanted:
                await finish_even_if_cancelled(self._drop(task_id))
            raise
        if replayed and job.state not in ENDED:
            raise KeyInUse
        return job, replayed

    async def wait(self, job: Job) -> str:
        """Return the finished film as JSON; raises as `WaitForJob` does."""
        return await self._wait(job, self._seconds)

    async def _result(self, job: Job, patience: float | None) -> str | None:
        if patience is None or job.state in ENDED:
            return await self.wait(job)
        limit = asyncio.timeout(patience)
        try:
            async with limit:
                return await self.wait(job)
        except TimeoutError:
            if not limit.expired():
                raise
            return None

    async def _drop(self, task_id: UUID) -> None:
        try:
            await self._cancel(task_id)
        except JobNotFound:
            return
