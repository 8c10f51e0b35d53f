"""Clear up after a process that died."""

from application.ports.clock import Clock
from application.ports.tasks import TaskRepository
from application.ports.workspace import Workspace
from application.record import failure_of
from domain.assembly import FINAL, Assembly, Step
from domain.errors import Interrupted, TaskNotFound


class SweepLeftovers:
    """What a process was making when it died is marked as failed, and its folders are removed."""

    def __init__(self, tasks: TaskRepository, workspace: Workspace, clock: Clock) -> None:
        """Take the ports."""
        self._tasks = tasks
        self._workspace = workspace
        self._clock = clock

    async def __call__(self) -> int:
        """Return how many tasks were ended."""
        swept = 0
        for task_id in await self._workspace.sweep():
            try:
                before = await self._tasks.get(task_id)
                if before.state not in FINAL:
                    await self._tasks.update(task_id, self._interrupted)
                    swept += 1
            except TaskNotFound:
                # Work that has no task of its own, such as the filming of the demo library.
                continue
        return swept

    def _interrupted(self, found: Assembly) -> Assembly:
        if found.state in FINAL:
            return found
        failure = failure_of(Interrupted(), found)
        return found.take(Step.FAIL, self._clock.now(), failure=failure)
