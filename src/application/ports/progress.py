"""Who is told how far the work is."""

from typing import Protocol
from uuid import UUID

import msgspec

from domain.rendering.assembly import State


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """How far a task is."""

    task_id: UUID
    stage: State
    progress: int
    """Per cent of the whole."""
    message: str
    done: int = 0
    of: int = 0
    """Pieces done of pieces to do in this stage; 0 of 0 where they are not counted."""


class Progress(Protocol):
    """Hears of every stage before its work begins."""

    async def tell(self, report: Report) -> None:
        """Pass a report on; never fails for want of a listener."""
        ...
