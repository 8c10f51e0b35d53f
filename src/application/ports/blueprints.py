"""Port for the archive of Blueprints."""

from collections.abc import Collection, Mapping
from typing import Protocol
from uuid import UUID

from domain.blueprint.model import Blueprint


class BlueprintArchive(Protocol):
    """Stores one Blueprint for each task."""

    async def keep(self, blueprint: Blueprint) -> None:
        """Store a Blueprint under its task id; raises `TaskTaken`.

        Once the task has ended, the Blueprint survives any failure of the machine.
        """
        ...

    async def find(self, task_id: UUID) -> Blueprint | None:
        """Return an equal Blueprint, or None."""
        ...

    async def get(self, task_id: UUID) -> Blueprint:
        """Return an equal Blueprint; raises `BlueprintNotFound`."""
        ...

    async def remove(self, task_id: UUID) -> None:
        """Forget a Blueprint; one that is unknown is no error."""
        ...

    async def tasks_of(self, output_path: str) -> tuple[UUID, ...]:
        """Return the ids, in order, of the tasks whose Blueprints have this path for their film."""
        ...

    async def kept(self, task_ids: Collection[UUID]) -> frozenset[UUID]:
        """Return those of the tasks that have a Blueprint."""
        ...

    async def users_of(self, paths: Collection[str]) -> Mapping[str, tuple[UUID, ...]]:
        """Return by path the ids, in order, of the tasks whose Blueprints need it.

        A Blueprint needs the clips of its moves and its sound; paths that none needs are left out.
        """
        ...
