"""Read the Blueprint of a task."""

from uuid import UUID

from application.ports.blueprints import BlueprintArchive
from application.ports.tasks import TaskRepository
from domain.blueprint.model import Blueprint
from domain.shared.errors import TaskNotFound


class ReadBlueprint:
    """Returns the Blueprint of a task, to view, edit and assemble again."""

    def __init__(self, tasks: TaskRepository, blueprints: BlueprintArchive) -> None:
        """Take the ports."""
        self._tasks = tasks
        self._blueprints = blueprints

    async def __call__(self, task_id: UUID, owner: str) -> Blueprint:
        """Return it; raises `TaskNotFound`, also for another owner's task, or
        `BlueprintNotFound`.
        """
        assembly = await self._tasks.get(task_id)
        if assembly.owner != owner:
            raise TaskNotFound
        return await self._blueprints.get(task_id)
