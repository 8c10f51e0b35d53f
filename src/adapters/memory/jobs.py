"""Jobs in memory."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from anyio.lowlevel import checkpoint

from adapters.memory.clock import MemoryClock
from application.ports.clock import Clock
from application.ports.jobs import (
    Change,
    Child,
    IdempotencyKey,
    JobFilter,
    SameWork,
    Submission,
)
from application.ports.pagination import Page, time_key
from application.ports.tasks import TaskRepository
from domain.jobs import fan_out
from domain.jobs.errors import JobNotFound, KeyReused
from domain.jobs.job import ENDED, Job, JobState, Lane
from domain.shared.errors import TaskTaken

_KEPT = timedelta(hours=24)


class _Entry:
    """A job with the times that the store writes."""

    def __init__(self, job: Job, payload: str, now: datetime, name: str | None = None) -> None:
        self.job = job
        self.payload = payload
        self.name = name
        self.created = self.renewed = self.attended = self.changed = now


class MemoryJobRepository:
    """Stores jobs as long as the process runs; the tasks of films go to ``tasks``."""

    def __init__(
        self,
        tasks: TaskRepository,
        clock: Clock | None = None,
        outbox: Callable[[Job], None] | None = None,
    ) -> None:
        """Take the records of tasks, the repository's own clock, and the function that records who
        is told of the end of a job.
        """
        self._tasks = tasks
        self._outbox = outbox
        self._clock = clock or MemoryClock()
        self._entries: dict[UUID, _Entry] = {}
        self._keys: dict[tuple[str, str], tuple[IdempotencyKey, UUID, datetime]] = {}

    async def submit(self, submission: Submission) -> Job:
        """See `application.ports.jobs.JobRepository`."""
        await checkpoint()
        job, now = submission.job, self._clock.now()
        if submission.key is not None:
            used = self._keys.get((job.owner, submission.key.key))
            if used is not None and used[2] >= now - _KEPT:
                if used[0].fingerprint != submission.key.fingerprint:
                    raise KeyReused
                return self._entry(used[1]).job
        if submission.same is not None and (found := self._same(submission.same)) is not None:
            return found
        if submission.refusal is not None:
            raise submission.refusal
        unfinished = [each.job for each in self._entries.values() if _counts(each.job, job)]
        of_caller = sum(each.owner == job.owner for each in unfinished)
        queued = sum(each.state is JobState.QUEUED for each in unfinished)
        submission.admission.check(queued, len(unfinished) - queued, of_caller)
        if job.job_id in self._entries:
            raise TaskTaken
        name = submission.same and submission.same.name
        self._entries[job.job_id] = _Entry(job, submission.payload, now, name)
        if submission.key is not None:
            self._keys[job.owner, submission.key.key] = (submission.key, job.job_id, now)
        if submission.task is not None:
            try:
                await self._tasks.add(submission.task)
            except BaseException:
                del self._entries[job.job_id]
                if submission.key is not None:
                    del self._keys[job.owner, submission.key.key]
                raise
        return job

    async def get(self, job_id: UUID) -> Job:
        """See `application.ports.jobs.JobRepository`."""
        await checkpoint()
        return self._entry(job_id).job

    async def page(self, filters: JobFilter, after: str | None, most: int) -> Page[Job]:
        """See `application.ports.jobs.JobRepository`."""
        await checkpoint()
        entries = {
            time_key(each.created, each.job.job_id): each.job
            for each in self._entries.values()
            if _is_listed(each.job, filters)
        }
        keys = [key for key in sorted(entries, reverse=True) if after is None or key < after]
        last = keys[most - 1] if len(keys) > most else None
        return Page(items=tuple(entries[key] for key in keys[:most]), last=last)

    async def payload(self, job_id: UUID) -> str:
        """See `application.ports.jobs.JobRepository`."""
        await checkpoint()
        return self._entry(job_id).payload

    async def claim(self, job_id: UUID | None = None, lane: Lane | None = None) -> Job | None:
        """See `application.ports.jobs.JobRepository`."""
        await checkpoint()
        queued = [
            each
            for each in self._entries.values()
            if each.job.state is JobState.QUEUED and job_id in (None, each.job.job_id)
        ]
        if not queued:
            return None
        first = min(queued, key=lambda each: (each.job.priority, each.created, each.job.job_id))
        if lane not in (None, first.job.priority.lane):
            return None
        first.job = first.job.started()
        first.renewed = first.changed = self._clock.now()
        return first.job

    async def divide(self, job_id: UUID, attempt: int, children: Sequence[Child]) -> Job:
        """See `application.ports.jobs.JobRepository`."""
        await checkpoint()
        after, join = fan_out.divided(self._entry(job_id).job.of_attempt(attempt), len(children))
        self._put(self._entry(job_id), after)
        for child in children if after.state is JobState.DIVIDED else ():
            self._entries[child.job.job_id] = _Entry(child.job, child.payload, self._clock.now())
        self._add_join(join)
        return after

    async def children(self, job_id: UUID) -> tuple[Job, ...]:
        """See `application.ports.jobs.JobRepository`."""
        await checkpoint()
        return self._those(lambda each: each.job.parent == job_id)

    async def update(self, job_id: UUID, attempt: int, change: Change) -> Job:
        """See `application.ports.jobs.JobRepository`."""
        await checkpoint()
        return self._change(job_id, lambda job: change(job.of_attempt(attempt)))

    async def renew(self, job_id: UUID, attempt: int) -> Job:
        """See `application.ports.jobs.JobRepository`."""
        await checkpoint()
        entry = self._entry(job_id)
        job = entry.job.of_attempt(attempt)
        entry.renewed = self._clock.now()
        return job

    async def request_cancel(self, job_id: UUID) -> Job:
        """See `application.ports.jobs.JobRepository`."""
        await checkpoint()
        after = self._change(job_id, Job.asked_to_stop)
        if after.state is JobState.DIVIDED:
            for child in self._those(lambda each: each.job.parent == job_id):
                self._change(child.job_id, Job.asked_to_stop)
        return self._entry(job_id).job

    async def attend(self, job_ids: Iterable[UUID]) -> None:
        """See `application.ports.jobs.JobRepository`."""
        await checkpoint()
        for job_id in job_ids:
            if job_id in self._entries:
                self._entries[job_id].attended = self._clock.now()

    async def lost(self, silent: timedelta) -> tuple[Job, ...]:
        """See `application.ports.jobs.JobRepository`."""
        await checkpoint()
        since = self._clock.now() - silent
        return self._those(lambda each: each.job.state is JobState.RUNNING and each.renewed < since)

    async def unattended(self, silent: timedelta) -> tuple[Job, ...]:
        """See `application.ports.jobs.JobRepository`."""
        await checkpoint()
        since = self._clock.now() - silent
        return self._those(
            lambda each: (
                each.job.state not in ENDED and not each.job.wanted and each.attended < since
            )
        )

    async def purge(self, older: timedelta) -> int:
        """See `application.ports.jobs.JobRepository`."""
        await checkpoint()
        now = self._clock.now()
        self._keys = {key: used for key, used in self._keys.items() if used[2] >= now - _KEPT}
        old = self._those(
            lambda each: (
                each.job.state in ENDED
                and each.changed < now - older
                and self._may_be_purged(each.job.parent)
            )
        )
        for job in old:
            del self._entries[job.job_id]
        return len(old)

    async def counts(self) -> Mapping[tuple[Lane, JobState], int]:
        """See `application.ports.jobs.JobRepository`."""
        await checkpoint()
        jobs = (entry.job for entry in self._entries.values())
        return Counter(
            (job.priority.lane, job.state)
            for job in jobs
            if job.state in (JobState.QUEUED, JobState.RUNNING)
        )

    async def ready(self) -> str:
        """See `application.ports.jobs.JobRepository`."""
        await checkpoint()
        return "memory"

    def _entry(self, job_id: UUID) -> _Entry:
        if job_id not in self._entries:
            raise JobNotFound
        return self._entries[job_id]

    def _change(self, job_id: UUID, change: Callable[[Job], Job]) -> Job:
        entry = self._entry(job_id)
        before, after = entry.job, change(entry.job)
        if self._outbox is not None and after != before:
            self._outbox(after)
        self._put(entry, after)
        if after.parent is not None and after.state in ENDED and before.state not in ENDED:
            parent = self._entry(after.parent)
            changed, join = fan_out.child_ended(parent.job, after)
            self._put(parent, changed)
            self._add_join(join)
        return after

    def _put(self, entry: _Entry, job: Job) -> None:
        entry.job = job
        entry.changed = self._clock.now()

    def _add_join(self, join: Job | None) -> None:
        if join is not None:
            self._entries.setdefault(join.job_id, _Entry(join, "null", self._clock.now()))

    def _same(self, work: SameWork) -> Job | None:
        found = (each.job for each in self._entries.values() if each.name == work.name)
        return next((job for job in found if job.state in work.states), None)

    def _may_be_purged(self, parent: UUID | None) -> bool:
        found = None if parent is None else self._entries.get(parent)
        return found is None or found.job.state in ENDED

    def _those(self, matches: Callable[[_Entry], bool]) -> tuple[Job, ...]:
        found = (each.job for each in self._entries.values() if matches(each))
        return tuple(sorted(found, key=lambda job: job.job_id))


def _is_listed(job: Job, filters: JobFilter) -> bool:
    return (
        (not filters.states or job.state in filters.states)
        and (not filters.kinds or job.kind in filters.kinds)
        and filters.owner in (None, job.owner)
        and (filters.parts or job.parent is None)
    )


def _counts(each: Job, new: Job) -> bool:
    """Return True if an unfinished job is counted for the admission of a new one."""
    if each.state in ENDED or each.parent is not None:
        return False
    if new.priority.lane is Lane.FILMS:
        return each.priority.lane is Lane.FILMS
    return each.kind is new.kind
