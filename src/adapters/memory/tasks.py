"""Assemblies in memory."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from anyio.lowlevel import checkpoint

from adapters.memory.clock import MemoryClock
from application.ports.clock import Clock
from application.ports.pagination import Page
from application.ports.tasks import Change, task_key
from domain.rendering.assembly import FINAL, Assembly, State
from domain.shared.errors import TaskNotFound, TaskTaken


class MemoryTaskRepository:
    """Stores all values of every assembly as long as the process runs."""

    def __init__(self, clock: Clock | None = None) -> None:
        """Take the repository's own clock."""
        self._clock = clock or MemoryClock()
        self._write_times: dict[UUID, datetime] = {}
        self.history: dict[UUID, list[Assembly]] = {}
        """All values by task id, the latest last."""

    async def add(self, assembly: Assembly) -> None:
        """See `application.ports.tasks.TaskRepository`."""
        await checkpoint()
        if assembly.task_id in self.history:
            raise TaskTaken
        self.history[assembly.task_id] = [assembly]
        self._write_times[assembly.task_id] = self._clock.now()

    async def get(self, task_id: UUID) -> Assembly:
        """See `application.ports.tasks.TaskRepository`."""
        await checkpoint()
        return self._history_of(task_id)[-1]

    async def find_many(self, task_ids: Collection[UUID]) -> tuple[Assembly, ...]:
        """See `application.ports.tasks.TaskRepository`."""
        await checkpoint()
        return tuple(self.history[each][-1] for each in sorted(set(task_ids) & set(self.history)))

    async def update(self, task_id: UUID, change: Change) -> Assembly:
        """See `application.ports.tasks.TaskRepository`."""
        await checkpoint()
        values = self._history_of(task_id)
        values.append(change(values[-1]))
        self._write_times[task_id] = self._clock.now()
        return values[-1]

    async def unfinished(self, silent: timedelta | None = None) -> tuple[UUID, ...]:
        """See `application.ports.tasks.TaskRepository`."""
        await checkpoint()
        working = [task_id for task_id, each in self.history.items() if each[-1].state not in FINAL]
        if silent is None:
            return tuple(working)
        since = self._clock.now() - silent
        return tuple(task_id for task_id in working if self._write_times[task_id] < since)

    async def of_state(self, state: State, after: UUID | None, most: int) -> tuple[Assembly, ...]:
        """See `application.ports.tasks.TaskRepository`."""
        await checkpoint()
        latest = (values[-1] for _, values in sorted(self.history.items()))
        tasks = [each for each in latest if each.state is state]
        return tuple(each for each in tasks if after is None or each.task_id > after)[:most]

    async def page(self, owner: str, after: str | None, most: int) -> Page[Assembly]:
        """See `application.ports.tasks.TaskRepository`."""
        await checkpoint()
        latest = (values[-1] for values in self.history.values())
        tasks = sorted((each for each in latest if each.owner == owner), key=task_key, reverse=True)
        rest = [each for each in tasks if after is None or task_key(each) < after]
        last = task_key(rest[most - 1]) if len(rest) > most else None
        return Page(items=tuple(rest[:most]), last=last)

    async def remove(self, task_id: UUID) -> None:
        """See `application.ports.tasks.TaskRepository`."""
        await checkpoint()
        self.history.pop(task_id, None)
        self._write_times.pop(task_id, None)

    async def ready(self) -> str:
        """See `application.ports.tasks.TaskRepository`."""
        await checkpoint()
        return "memory"

    def _history_of(self, task_id: UUID) -> list[Assembly]:
        if task_id not in self.history:
            raise TaskNotFound
        return self.history[task_id]
