"""Find out which stored files are needed by films that exist or are being made."""

from collections.abc import Collection

from application.ports.blueprints import BlueprintArchive
from application.ports.tasks import TaskRepository
from domain.rendering.assembly import FINAL, Assembly, State


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
        task_ids = {each for ids in users.values() for each in ids}
        # A Blueprint whose task is unknown may be of one that is not recorded yet.
        tasks = await self._tasks.find_many(task_ids)
        in_vain = {each.task_id for each in tasks if _ended_in_vain(each)}
        return frozenset(path for path, ids in users.items() if not in_vain.issuperset(ids))

    async def _is_choosing(self) -> bool:
        """Return True if an unfinished task has no Blueprint yet."""
        unfinished = frozenset(await self._tasks.unfinished())
        return unfinished != await self._blueprints.kept(unfinished)


def _ended_in_vain(task: Assembly) -> bool:
    """Return True if a task will never need its files again."""
    return task.state in FINAL and (task.removed or task.state is not State.COMPLETED)
