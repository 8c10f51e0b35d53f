"""The assembly of a film as a state machine: a table of steps and one pure function `take`."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

from domain.jobs.errors import LeaseLost
from domain.rendering.used_resources import UsedResources
from domain.shared.errors import IllegalStep
from domain.shared.result_warnings import ResultWarning


class State(StrEnum):
    """State of an assembly."""

    PENDING = "pending"
    PLANNING = "planning"
    FETCHING = "fetching"
    CONCATENATING = "concatenating"
    ADDING_AUDIO = "adding_audio"
    UPLOADING = "uploading"
    CLEANUP = "cleanup"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class FilmKind(StrEnum):
    """Kind of a film, by what it shows."""

    CHOREOGRAPHY = "choreography"
    SCRIPT = "script"
    """A narrated script: its voices and pictures are made in the state `planning`."""


class Step(StrEnum):
    """A transition of an assembly."""

    PLAN = "plan"
    FETCH = "fetch"
    CONCATENATE = "concatenate"
    ADD_AUDIO = "add_audio"
    UPLOAD = "upload"
    CLEAN_UP = "clean_up"
    COMPLETE = "complete"
    FAIL = "fail"
    CANCEL = "cancel"


PROGRESS: Final[Mapping[State, int]] = {
    State.PENDING: 0,
    State.PLANNING: 10,
    State.FETCHING: 20,
    State.CONCATENATING: 50,
    State.ADDING_AUDIO: 70,
    State.UPLOADING: 85,
    State.CLEANUP: 95,
    State.COMPLETED: 100,
}
"""Progress in per cent on entering a state; failed and cancelled assemblies keep
their last value.
"""

PROGRESS_OF_SCRIPT: Final[Mapping[State, int]] = {
    **PROGRESS,
    State.PLANNING: 20,
    State.FETCHING: 80,
    State.CONCATENATING: 83,
    State.ADDING_AUDIO: 86,
    State.UPLOADING: 95,
    State.CLEANUP: 98,
}
"""The same for narrated scripts, whose voices and pictures take most of the time."""

FINAL: Final = frozenset({State.COMPLETED, State.FAILED, State.CANCELLED})

FORWARD: Final[Mapping[tuple[State, Step], State]] = {
    (State.PENDING, Step.PLAN): State.PLANNING,
    (State.PENDING, Step.FETCH): State.FETCHING,
    (State.PLANNING, Step.FETCH): State.FETCHING,
    (State.FETCHING, Step.CONCATENATE): State.CONCATENATING,
    (State.CONCATENATING, Step.ADD_AUDIO): State.ADDING_AUDIO,
    (State.ADDING_AUDIO, Step.UPLOAD): State.UPLOADING,
    (State.UPLOADING, Step.CLEAN_UP): State.CLEANUP,
    (State.CLEANUP, Step.COMPLETE): State.COMPLETED,
}

STEPS: Final[Mapping[tuple[State, Step], State]] = {
    **FORWARD,
    **{(state, Step.FAIL): State.FAILED for state in State if state not in FINAL},
    **{(state, Step.CANCEL): State.CANCELLED for state in State if state not in FINAL},
}


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """The reason why an assembly ended without a film."""

    code: str
    message: str
    stage: State
    details: str | None = None


class Assembly(msgspec.Struct, frozen=True, kw_only=True):
    """The making of one film. It is immutable; each step returns a new value."""

    task_id: UUID
    owner: str
    created_at: datetime
    updated_at: datetime
    kind: FilmKind = FilmKind.CHOREOGRAPHY
    state: State = State.PENDING
    attempt: int = 1
    """Number of the attempt that may write; a worker that was taken over may not."""
    progress: int = 0
    """Progress in per cent."""
    song_id: str | None = None
    output_path: str | None = None
    """Storage path of the film; set when the film is published."""
    seconds: float | None = None
    """Duration of the film in seconds."""
    failure: Failure | None = None
    warnings: tuple[ResultWarning, ...] = ()
    """Warnings: how the result differs from the request."""
    metadata: str | None = None
    """The metadata of its request as JSON, which is passed through as it is."""
    removed: bool = False
    """True if its owner has deleted the film; what is left of it is being deleted."""
    unusable: str | None = None
    """Reason why the published film cannot be watched."""
    started_at: datetime | None = None
    """Time of the first step of the first attempt; None while the task waits."""
    estimated_end: datetime | None = None
    """Estimated time of the end, as of the latest progress within a stage; None without a basis."""
    used: UsedResources = UsedResources()
    """Resources of all attempts until the last step."""

    def take(
        self,
        step: Step,
        at: datetime,
        *,
        failure: Failure | None = None,
        output_path: str | None = None,
        seconds: float | None = None,
        used: UsedResources | None = None,
    ) -> "Assembly":
        """Return the assembly after ``step`` at time ``at``; raises `IllegalStep`.

        ``used`` are the resources so far, in all attempts.
        """
        after = STEPS.get((self.state, step))
        if after is None:
            raise IllegalStep(
                f"The step `{_words(step)}` is not possible in the state `{self.state}` of an "
                "assembly."
            )
        return msgspec.structs.replace(
            self,
            state=after,
            progress=max(self.progress, progress_of(self.kind).get(after, 0)),
            updated_at=at,
            started_at=self.started_at or (at if (self.state, step) in FORWARD else None),
            used=used or self.used,
            failure=failure or self.failure,
            output_path=output_path or self.output_path,
            seconds=self.seconds if seconds is None else seconds,
        )

    def begun(self, attempt: int, at: datetime, song_id: str | None) -> "Assembly":
        """Return the assembly at the start of an attempt, from the first stage.

        Raises `LeaseLost` if a later attempt has begun, or if the assembly has ended.
        """
        if self.state in FINAL or attempt < self.attempt:
            raise LeaseLost
        return msgspec.structs.replace(
            self,
            attempt=attempt,
            state=State.PENDING,
            updated_at=at,
            song_id=song_id,
            estimated_end=None,
        )

    def reached(
        self, stage: State, attempt: int, progress: int, estimated_end: datetime | None = None
    ) -> "Assembly":
        """Return the assembly with the progress within a stage, in per cent.

        Returns the assembly itself if it has left the stage, or if another attempt has begun.
        """
        if (self.state, self.attempt) != (stage, attempt):
            return self
        return msgspec.structs.replace(
            self, progress=max(progress, self.progress), estimated_end=estimated_end
        )

    def of_attempt(self, attempt: int) -> "Assembly":
        """Return the assembly itself; raises `LeaseLost` if another attempt has begun."""
        if self.attempt != attempt:
            raise LeaseLost
        return self

    def forgotten(self) -> "Assembly":
        """Return the ended assembly without its film, which its owner deletes."""
        return msgspec.structs.replace(self, removed=True, output_path=None)

    def warned(self, warnings: tuple[ResultWarning, ...]) -> "Assembly":
        """Return the assembly with additional warnings; those that it has are not repeated."""
        new = tuple(each for each in warnings if each not in self.warnings)
        return msgspec.structs.replace(self, warnings=(*self.warnings, *new))


def progress_of(kind: FilmKind) -> Mapping[State, int]:
    """Return the progress in per cent on entering each state."""
    return PROGRESS_OF_SCRIPT if kind is FilmKind.SCRIPT else PROGRESS


def _words(step: Step) -> str:
    return step.replace("_", " ")
