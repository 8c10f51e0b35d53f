"""Recover tasks after a process died."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from application.concurrency.shielding import finish_even_if_cancelled
from application.media.item_attempts import ItemAttempts
from application.ports.blueprints import BlueprintArchive
from application.ports.clock import Clock
from application.ports.jobs import JobRepository
from application.ports.storage import Storage
from application.ports.tasks import TaskRepository
from application.ports.workspace import Workspace
from application.rendering.failures import failure_of
from domain.blueprint.timeline import laid_out
from domain.jobs.errors import JobNotFound
from domain.jobs.job import ENDED
from domain.rendering.assembly import FINAL, Assembly, State, Step
from domain.shared import paths
from domain.shared.errors import Interrupted, MediaNotFound, TaskNotFound

_GRACE: Final = timedelta(seconds=60)
"""Time after its limit when no process can be working on a task any more."""


class RecoverInterrupted:
    """Ends the tasks of a process that died, and deletes its folders.

    A task whose film was published is completed; every other task fails. After their time limit,
    this also ends the tasks of a lost machine, and tasks whose end could not be written because the
    database was unavailable.
    """

    def __init__(
        self,
        tasks: TaskRepository,
        jobs: JobRepository,
        blueprints: BlueprintArchive,
        storage: Storage,
        workspace: Workspace,
        clock: Clock,
        limit: float,
    ) -> None:
        """Take the ports, and the time limit of a film in seconds."""
        self._tasks = tasks
        self._jobs = jobs
        self._blueprints = blueprints
        self._storage = storage
        self._workspace = workspace
        self._clock = clock
        self._over = timedelta(seconds=limit) + _GRACE

    async def __call__(self) -> int:
        """Return how many tasks were ended; one that cannot be ended keeps no other from it.

        It is logged, and ended by a later call, once it is over its time. Raises `NotReady` where
        the database is away.
        """
        return await finish_even_if_cancelled(self._recover())

    async def _recover(self) -> int:
        attempts = ItemAttempts("ending the interrupted task")
        recovered = 0

        async def end(task_id: UUID) -> None:
            nonlocal recovered
            try:
                assembly = await self._tasks.get(task_id)
            except TaskNotFound:
                # It was never added, or is work without a task, such as filming the demo library.
                return
            if assembly.state not in FINAL and not await self._has_job(task_id):
                await self._end(assembly)
                recovered += 1

        over = await self._tasks.unfinished(self._over)
        for task_id in dict.fromkeys((*await self._workspace.remove_leftovers(), *over)):
            await attempts(str(task_id), end(task_id))
        return recovered

    async def _has_job(self, task_id: UUID) -> bool:
        """Return True if a job makes the film, whose own recovery decides about the task."""
        try:
            return (await self._jobs.get(task_id)).state not in ENDED
        except JobNotFound:
            return False

    async def _end(self, assembly: Assembly) -> None:
        if assembly.state is State.CLEANUP and await self._completed(assembly):
            return
        now = self._clock.now()

        def interrupted(task: Assembly) -> Assembly:
            if task.state in FINAL:
                return task
            return task.take(Step.FAIL, now, failure=failure_of(Interrupted(), task))

        await self._tasks.update(assembly.task_id, interrupted)

    async def _completed(self, assembly: Assembly) -> bool:
        """Complete a task whose checked film is in the storage; return False if it is not."""
        blueprint = await self._blueprints.get(assembly.task_id)
        path = paths.of_attempt(blueprint.output_config.output_path, assembly.attempt)
        try:
            await self._storage.describe(path)
        except MediaNotFound:
            return False
        now = self._clock.now()
        seconds = float(laid_out(blueprint).soundtrack.seconds)

        def complete(task: Assembly) -> Assembly:
            if task.state in FINAL or task.attempt != assembly.attempt:
                return task
            return task.take(Step.COMPLETE, now, output_path=path, seconds=seconds)

        await self._tasks.update(assembly.task_id, complete)
        return True
