"""An in-memory archive of Blueprints."""

from collections.abc import Collection, Mapping
from uuid import UUID

import msgspec
from anyio.lowlevel import checkpoint

from domain.blueprint import rules
from domain.blueprint.model import Blueprint
from domain.shared.errors import BlueprintNotFound, TaskTaken


class MemoryBlueprintArchive:
    """Stores Blueprints as JSON text, so that callers cannot change them."""

    def __init__(self) -> None:
        self.documents: dict[UUID, bytes] = {}
        """JSON text by task id."""

    async def keep(self, blueprint: Blueprint) -> None:
        """See `application.ports.blueprints.BlueprintArchive`."""
        await checkpoint()
        if blueprint.task_id in self.documents:
            raise TaskTaken
        self.documents[blueprint.task_id] = rules.serialised(blueprint)

    async def find(self, task_id: UUID) -> Blueprint | None:
        """See `application.ports.blueprints.BlueprintArchive`."""
        await checkpoint()
        document = self.documents.get(task_id)
        return None if document is None else msgspec.json.decode(document, type=Blueprint)

    async def get(self, task_id: UUID) -> Blueprint:
        """See `application.ports.blueprints.BlueprintArchive`."""
        if (blueprint := await self.find(task_id)) is None:
            raise BlueprintNotFound
        return blueprint

    async def remove(self, task_id: UUID) -> None:
        """See `application.ports.blueprints.BlueprintArchive`."""
        await checkpoint()
        self.documents.pop(task_id, None)

    async def tasks_of(self, output_path: str) -> tuple[UUID, ...]:
        """See `application.ports.blueprints.BlueprintArchive`."""
        await checkpoint()
        blueprints = (msgspec.json.decode(text, type=Blueprint) for text in self.documents.values())
        return tuple(
            sorted(b.task_id for b in blueprints if b.output_config.output_path == output_path)
        )

    async def kept(self, task_ids: Collection[UUID]) -> frozenset[UUID]:
        """See `application.ports.blueprints.BlueprintArchive`."""
        await checkpoint()
        return frozenset(self.documents).intersection(task_ids)

    async def users_of(self, paths: Collection[str]) -> Mapping[str, tuple[UUID, ...]]:
        """See `application.ports.blueprints.BlueprintArchive`."""
        await checkpoint()
        users: dict[str, list[UUID]] = {}
        for task_id, text in sorted(self.documents.items()):
            media = msgspec.json.decode(text, type=Blueprint).media
            for path in set(media).intersection(paths):
                users.setdefault(path, []).append(task_id)
        return {path: tuple(task_ids) for path, task_ids in users.items()}
