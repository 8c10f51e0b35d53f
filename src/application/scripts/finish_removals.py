"""Finish the removal of videos that a failure has interrupted."""

from typing import Final
from uuid import UUID

from application.media.item_attempts import ItemAttempts
from application.ports.blueprints import BlueprintArchive
from application.ports.scripts import ScriptRepository
from application.ports.storage import Storage
from application.ports.tasks import TaskRepository
from domain.rendering.assembly import Assembly, State
from domain.shared.errors import MediaNotFound

_PAGE: Final = 500
_ENDS: Final = (State.COMPLETED, State.FAILED, State.CANCELLED)


class FinishRemovals:
    """Forgets the records of removed videos once their files are gone.

    The recovery of the storage deletes such a file, for which it needs the records.
    """

    def __init__(
        self,
        tasks: TaskRepository,
        scripts: ScriptRepository,
        blueprints: BlueprintArchive,
        storage: Storage,
    ) -> None:
        """Take the ports."""
        self._tasks = tasks
        self._scripts = scripts
        self._blueprints = blueprints
        self._storage = storage

    async def __call__(self) -> int:
        """Return the number of videos that are forgotten; one that fails keeps no other."""
        attempts = ItemAttempts("forgetting the video")
        count = 0

        async def forget(task: Assembly) -> None:
            nonlocal count
            if not await self._has_film(task):
                await self._forget(task)
                count += 1

        for state in _ENDS:
            after: UUID | None = None
            while page := await self._tasks.of_state(state, after, _PAGE):
                for task in page:
                    if task.removed:
                        await attempts(str(task.task_id), forget(task))
                after = page[-1].task_id
        return count

    async def _has_film(self, task: Assembly) -> bool:
        blueprint = await self._blueprints.find(task.task_id)
        if blueprint is None:
            return False
        try:
            await self._storage.describe(blueprint.output_config.output_path)
        except MediaNotFound:
            return False
        return True

    async def _forget(self, task: Assembly) -> None:
        await self._scripts.remove_video(task.task_id)
        await self._blueprints.remove(task.task_id)
        await self._tasks.remove(task.task_id)
