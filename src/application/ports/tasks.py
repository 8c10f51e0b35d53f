"""Where assemblies are remembered."""

from collections.abc import Callable
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from domain.rendering.assembly import Assembly, State

Change = Callable[[Assembly], Assembly]


class TaskRepository(Protocol):
    """Assemblies by task id. What a method returned for is on record, whatever happens next.

    When the machine loses its power, that holds for the ends only.
    """

    async def add(self, assembly: Assembly) -> None:
        """Remember a new one, or raise `TaskTaken`."""
        ...

    async def get(self, task_id: UUID) -> Assembly:
        """Return it, or raise `TaskNotFound`."""
        ...

    async def update(self, task_id: UUID, change: Change) -> Assembly:
        """Apply a pure ``change`` to what is on record, all or nothing, and return the result.

        Of several at once each sees the result of the one before, so ``change`` may be called
        more than once; what it raises is raised here and nothing is changed. Raises
        `TaskNotFound`.
        """
        ...

    async def unfinished(self, silent: timedelta) -> tuple[UUID, ...]:
        """Name those that have not ended and of which nothing was written for so long.

        By the clock of whatever keeps the tasks: the clocks of the machines may differ.
        """
        ...

    async def of_state(self, state: State, after: UUID | None, most: int) -> tuple[Assembly, ...]:
        """Return up to ``most`` that are in a state, by task id, whose ids come after ``after``."""
        ...

    async def ready(self) -> str:
        """Say what keeps the tasks, or raise."""
        ...
