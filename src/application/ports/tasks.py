"""Port for the records of assemblies."""

from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from application.ports.pagination import Page, time_key
from domain.rendering.assembly import Assembly, State

Change = Callable[[Assembly], Assembly]


def task_key(task: Assembly) -> str:
    """Return the place of a task in the order of time: its creation in UTC, and its id."""
    return time_key(task.created_at, task.task_id)


class TaskRepository(Protocol):
    """Stores assemblies by task id. After a method returns, its change survives any failure.

    In a power failure, only final states are guaranteed to survive.
    """

    async def add(self, assembly: Assembly) -> None:
        """Store a new assembly; raises `TaskTaken`."""
        ...

    async def get(self, task_id: UUID) -> Assembly:
        """Return the assembly; raises `TaskNotFound`."""
        ...

    async def find_many(self, task_ids: Collection[UUID]) -> tuple[Assembly, ...]:
        """Return the existing assemblies of these ids, by task id, each once."""
        ...

    async def update(self, task_id: UUID, change: Change) -> Assembly:
        """Apply a pure ``change`` to the stored assembly atomically, and return the result.

        Of several concurrent calls each sees the result of the previous one, so ``change`` may be
        called more than once; an error of it is raised here and nothing changes. Raises
        `TaskNotFound`.
        """
        ...

    async def unfinished(self, silent: timedelta | None = None) -> tuple[UUID, ...]:
        """Return the ids of unfinished assemblies; optionally of those not written for ``silent``.

        The time is by the clock of the store, because the clocks of the machines may differ.
        """
        ...

    async def of_state(self, state: State, after: UUID | None, most: int) -> tuple[Assembly, ...]:
        """Return up to ``most`` assemblies in a state, by task id, whose ids
        come after ``after``.
        """
        ...

    async def page(self, owner: str, after: str | None, most: int) -> Page[Assembly]:
        """Return up to ``most`` assemblies of an owner, the newest first, after a page's `last`."""
        ...

    async def remove(self, task_id: UUID) -> None:
        """Forget an assembly; one that is unknown is no error."""
        ...

    async def ready(self) -> str:
        """Return a description of the store; raises if it is unavailable."""
        ...
