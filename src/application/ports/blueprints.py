"""Where Blueprints are kept."""

from typing import Protocol
from uuid import UUID

from domain.blueprint.model import Blueprint


class BlueprintArchive(Protocol):
    """Blueprints, one to a task."""

    async def keep(self, blueprint: Blueprint) -> None:
        """Keep it under its task id, or raise `TaskTaken`.

        From the end of the task on it is there for good, whatever happens to the machine.
        """
        ...

    async def get(self, task_id: UUID) -> Blueprint:
        """Return an equal one, or raise `BlueprintNotFound`."""
        ...

    async def tasks_of(self, output_path: str) -> tuple[UUID, ...]:
        """Name the tasks whose Blueprints have their film at a storage path, by id."""
        ...
