"""A job as a state machine: a pure function for each transition."""

from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Final
from uuid import UUID

import msgspec

from domain.jobs.errors import JobEnded, LeaseLost, Poisoned
from domain.jobs.outcome import JobFailure, recorded
from domain.shared.errors import Interrupted

MAX_DEATHS: Final = 3
"""Number of workers that may die while they run a job; then it fails, because it may kill them."""

MAX_SETBACKS: Final = 5
"""Number of attempts that may end because a part of the service, such as the database, was away."""


class JobKind(StrEnum):
    """The work that a job does."""

    GENERATE = "generate"
    GENERATE_FROM_TEXT = "generate_from_text"
    ASSEMBLE = "assemble"
    COMPOSE_SCRIPT = "compose_script"
    """Make the narrated video of a script."""
    PREPARE_LIBRARY = "prepare_library"
    """Prepare every song and clip of the library: a parent, with a child for each of them."""
    PREPARE_ITEM = "prepare_item"
    """Prepare one song or one clip."""
    JOIN_LIBRARY = "join_library"
    """Sum up the results of the children of a `PREPARE_LIBRARY`."""
    SHARE_BEATS = "share_beats"
    """Give unsure clips the beats of surer ones."""
    TRY_CLIPS = "try_clips"
    """Find out which clips of a failed film are unusable."""


FILMS: Final = frozenset(
    {JobKind.GENERATE, JobKind.GENERATE_FROM_TEXT, JobKind.ASSEMBLE, JobKind.COMPOSE_SCRIPT}
)
"""Kinds of jobs that make a film; each has a task with its id."""


class JobState(StrEnum):
    """State of a job."""

    QUEUED = "queued"
    RUNNING = "running"
    DIVIDED = "divided"
    """Its children, or their join, are queued or running."""
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED: Final = frozenset({JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED})


class Lane(StrEnum):
    """A separate number of places of a worker, so that jobs of one lane wait for no other."""

    FILMS = "films"
    SCRIPTS = "scripts"
    LIBRARY = "library"


class Priority(IntEnum):
    """Order in which workers take jobs: the smallest number first."""

    INTERACTIVE = 0
    """A person waits for the result."""
    SCRIPT = 3
    """The video of a script, whose author may come back later."""
    CHANGED = 5
    """A part of the library was just changed, and may soon be needed."""
    BACKGROUND = 10

    @property
    def lane(self) -> Lane:
        """Lane in which a job of this priority runs."""
        if self is Priority.INTERACTIVE:
            return Lane.FILMS
        return Lane.SCRIPTS if self is Priority.SCRIPT else Lane.LIBRARY


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of work. It is immutable; each transition returns a new value.

    A job that makes a film has the id of its task. See `domain.jobs.fan_out` for its children.
    """

    job_id: UUID
    kind: JobKind
    owner: str
    created_at: datetime
    priority: Priority = Priority.INTERACTIVE
    state: JobState = JobState.QUEUED
    attempt: int = 0
    """Number of the latest start; 0 before the first."""
    deaths: int = 0
    """Number of attempts whose worker died; one that was handed back does not count."""
    setbacks: int = 0
    """Number of attempts that ended because a part of the service was away."""
    request_id: str | None = None
    """Id of the request that submitted it, for the log of its worker."""
    traceparent: str | None = None
    """The span of that request, as W3C Trace Context writes it, for the trace of its worker."""
    wanted: bool = False
    """True if the result is wanted even when nobody waits for it."""
    metadata: str | None = None
    """The metadata of its request as JSON, which is passed through as it is."""
    callback_url: str | None = None
    """URL that is told of its end."""
    cancelling: bool = False
    """True if the running attempt, or the children, are asked to stop."""
    parent: UUID | None = None
    """The divided job that it is a part of."""
    children: int = 0
    """Number of jobs that it was divided into, without the join."""
    remaining: int = 0
    """Number of children that have not ended."""
    item: str | None = None
    """The part of the library that it is about, such as `moves/turn` or `songs/luna`."""
    result: str | None = None
    """The answer to the caller as JSON, if the job is completed."""
    failure: JobFailure | None = None

    def started(self) -> "Job":
        """Return the job as its next attempt; raises `JobEnded` unless it is queued."""
        if self.state is not JobState.QUEUED:
            raise JobEnded(f"A job that is {self.state} cannot start.")
        return msgspec.structs.replace(self, state=JobState.RUNNING, attempt=self.attempt + 1)

    def of_attempt(self, attempt: int) -> "Job":
        """Return the job itself; raises `LeaseLost` unless this attempt is the one that runs."""
        if self.state is not JobState.RUNNING or self.attempt != attempt:
            raise LeaseLost
        return self

    def completed(self, result: str) -> "Job":
        """Return the completed job; ``result`` is the answer as JSON."""
        return msgspec.structs.replace(self, state=JobState.COMPLETED, result=result)

    def failed(self, failure: JobFailure) -> "Job":
        """Return the failed job."""
        return msgspec.structs.replace(self, state=JobState.FAILED, failure=failure)

    def cancelled(self) -> "Job":
        """Return the cancelled job."""
        return msgspec.structs.replace(self, state=JobState.CANCELLED)

    def queued_again(self) -> "Job":
        """Return the job waiting for another attempt; cancelled if it was asked to stop."""
        if self.cancelling:
            return self.cancelled()
        return msgspec.structs.replace(self, state=JobState.QUEUED)

    def set_back(self) -> "Job":
        """Return the job after an attempt that ended because a part of the service was away."""
        return msgspec.structs.replace(self, setbacks=self.setbacks + 1).queued_again()

    def taken_over(self, stage: str | None = None) -> "Job":
        """Return the job after its worker has died in ``stage``: queued again, or failed.

        It fails if it was asked to stop, or if it has lost as many workers as it may.
        """
        if self.cancelling:
            return self.failed(recorded(Interrupted()))
        deaths = self.deaths + 1
        job = msgspec.structs.replace(self, deaths=deaths)
        if deaths < MAX_DEATHS:
            return job.queued_again()
        doing = f", the last time in the stage `{stage}`" if stage else ""
        poisoned = Poisoned(
            f"The job stopped its worker {deaths} times{doing}; it is not started again."
        )
        poisoned.stage = stage
        return job.failed(recorded(poisoned))

    def asked_to_stop(self) -> "Job":
        """Return the job after a request to cancel it: a queued one ends at once.

        One that has ended stays as it is. The children of a divided one must be asked, too.
        """
        if self.state is JobState.QUEUED:
            return self.cancelled()
        if self.state in (JobState.RUNNING, JobState.DIVIDED):
            return msgspec.structs.replace(self, cancelling=True)
        return self
