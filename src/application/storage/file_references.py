"""Find out which stored files are needed by films that exist or are being made."""

from collections.abc import Collection
from uuid import UUID

from application.ports.blueprints import BlueprintArchive
from application.ports.tasks import TaskRepository
from domain.rendering.assembly import FINAL, State
from domain.shared.errors import TaskNotFound


class FileReferences:
    """Knows the files that Blueprints name as clips or as sound."""

    def __init__(self, tasks: TaskRepository, blueprints: BlueprintArchive) -> None:
        """Take the ports."""
        self._tasks = tasks
        self._blueprints = blueprints

    async def needed(self, paths: Collection[str]) -> frozenset[str]:
        """Return those of the ``paths`` that a film needs, or may need soon.

        A film needs them while its task is unfinished, or completed and not removed. While an
        unfinished task has no Blueprint yet, every path is needed: it may have chosen any of them.
        """
        if not paths:
            return frozenset()
        # In this order: a task that records its Blueprint in between is seen by the second look.
        if await self._is_choosing():
            return frozenset(paths)
        users = await self._blueprints.users_of(paths)
        ended: dict[UUID, bool] = {}
        for task_id in {each for task_ids in users.values() for each in task_ids}:
            ended[task_id] = await self._ended_in_vain(task_id)
        return frozenset(
            path for path, task_ids in users.items() if not all(ended[each] for each in task_ids)
        )

    async def _is_choosing(self) -> bool:
        """Return True if an unfinished task has no Blueprint yet."""
        for task_id in await self._tasks.unfinished():
            if await self._blueprints.find(task_id) is None:
                return True
        return False

    async def _ended_in_vain(self, task_id: UUID) -> bool:
        """Return True if a task will never need its files again; an unknown one may."""
        try:
            task = await self._tasks.get(task_id)
        except TaskNotFound:
            return False
        return task.state in FINAL and (task.removed or task.state is not State.COMPLETED)
