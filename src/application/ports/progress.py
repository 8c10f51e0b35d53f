"""Port for reports of progress."""

from typing import Protocol
from uuid import UUID

import msgspec

from domain.rendering.assembly import FilmKind, State


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The progress of a task."""

    task_id: UUID
    stage: State
    progress: int
    """Progress of the whole task in per cent."""
    message: str
    done: int = 0
    of: int = 0
    """Number of finished and of all pieces of this stage; 0 of 0 if they are not counted."""
    kind: FilmKind = FilmKind.CHOREOGRAPHY
    attempt: int = 1
    """Number of the start of the job that makes the film."""


class Progress(Protocol):
    """Receives a report for every stage before its work begins."""

    async def tell(self, report: Report) -> None:
        """Pass on a report; never fails if nobody listens."""
        ...
