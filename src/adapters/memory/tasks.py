"""Assemblies in memory."""

from datetime import datetime
from uuid import UUID

from anyio.lowlevel import checkpoint

from application.ports.tasks import Change
from domain.assembly import FINAL, Assembly
from domain.errors import TaskNotFound, TaskTaken


class MemoryTaskRepository:
    """Remembers every value an assembly ever had, for as long as the process runs."""

    def __init__(self) -> None:
        self.history: dict[UUID, list[Assembly]] = {}
        """All values by task id, the latest last."""

    async def add(self, assembly: Assembly) -> None:
        """See `application.ports.tasks.TaskRepository`."""
        await checkpoint()
        if assembly.task_id in self.history:
            raise TaskTaken
        self.history[assembly.task_id] = [assembly]

    async def get(self, task_id: UUID) -> Assembly:
        """See `application.ports.tasks.TaskRepository`."""
        await checkpoint()
        return self._known(task_id)[-1]

    async def update(self, task_id: UUID, change: Change) -> Assembly:
        """See `application.ports.tasks.TaskRepository`."""
        await checkpoint()
        values = self._known(task_id)
        values.append(change(values[-1]))
        return values[-1]

    async def unfinished(self, before: datetime) -> tuple[UUID, ...]:
        """See `application.ports.tasks.TaskRepository`."""
        await checkpoint()
        latest = [values[-1] for values in self.history.values()]
        return tuple(
            each.task_id for each in latest if each.state not in FINAL and each.created_at < before
        )

    async def ready(self) -> str:
        """See `application.ports.tasks.TaskRepository`."""
        await checkpoint()
        return "memory"

    def _known(self, task_id: UUID) -> list[Assembly]:
        if task_id not in self.history:
            raise TaskNotFound
        return self.history[task_id]
