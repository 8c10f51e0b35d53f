"""Track an assembly: record every step before its work begins, and every end once."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import UUID

from application.concurrency.resource_meter import ResourceMeter, measured_by
from application.concurrency.retries import Retries
from application.concurrency.shielding import finish_even_if_cancelled
from application.media.disk_errors import disk_errors
from application.ports.clock import Clock
from application.ports.progress import Progress
from application.ports.tasks import TaskRepository
from application.ports.workspace import Workspace
from application.rendering.attempt import Attempt
from application.rendering.failures import failure_of
from application.rendering.record import Record
from domain.rendering.assembly import FINAL, Assembly, FilmKind, Step
from domain.shared.errors import AssemblyTimedOut, BachataError, Conflict


class TrackedTasks:
    """Records assemblies, and ensures that each ends in one final state."""

    def __init__(
        self,
        tasks: TaskRepository,
        progress: Progress,
        clock: Clock,
        workspace: Workspace,
        limit: float,
        retries: Retries | None = None,
    ) -> None:
        """Take the ports, the time limit of an assembly in seconds, and the retries for recording
        its end.
        """
        self._tasks = tasks
        self._progress = progress
        self._clock = clock
        self._workspace = workspace
        self._limit = limit
        self._retries = retries or Retries()

    @asynccontextmanager
    async def __call__(
        self,
        task_id: UUID,
        owner: str,
        song_id: str | None = None,
        attempt: Attempt | None = None,
        kind: FilmKind = FilmKind.CHOREOGRAPHY,
    ) -> AsyncGenerator[Record]:
        """Begin an assembly; its work runs inside the context.

        Without an ``attempt`` the task is added; otherwise it is on record, and `LeaseLost` is
        raised if a later attempt has begun.

        An error from inside is recorded and raised again. Work over the time limit is cancelled and
        `AssemblyTimedOut` is raised instead. A folder of the workspace is held from before the
        first record until after the last, so that recovery finds the task if the process dies at
        any moment in between.
        """
        now = self._clock.now()
        assembly = Assembly(
            task_id=task_id, owner=owner, created_at=now, updated_at=now, song_id=song_id, kind=kind
        )
        deadline = asyncio.timeout(self._limit if attempt is None else attempt.seconds)
        meter = ResourceMeter()
        record = Record(
            assembly,
            self._tasks,
            self._progress,
            self._clock,
            deadline,
            self._retries,
            attempt,
            meter,
        )
        try:
            async with deadline, self._workspace.take(task_id):
                if attempt is None:
                    await _add(record, self._tasks)
                else:
                    await record.begin(song_id)
                try:
                    with disk_errors(), measured_by(meter):
                        yield record
                except BaseException as error:
                    await record.end(error)
                    raise
        except TimeoutError as error:
            if not deadline.expired():
                raise
            timed_out = AssemblyTimedOut()
            timed_out.stage = record.assembly.failure and record.assembly.failure.stage
            raise timed_out from error

    async def end(self, task_id: UUID, attempt: Attempt, error: BaseException) -> None:
        """Record the end of an attempt that may not have begun; a final state stays unchanged.

        If the database is unavailable, recovery ends the task later.
        """
        attempt.ends_with(error)
        try:
            assembly = await self._tasks.get(task_id)
        except BachataError as second:
            error.add_note(f"Its task could not be read: {second}")
            return
        if assembly.state in FINAL or attempt.abandoned:
            return
        record = Record(
            assembly,
            self._tasks,
            self._progress,
            self._clock,
            asyncio.timeout(None),
            self._retries,
            attempt,
        )
        if assembly.attempt < attempt.number:
            await record.begin(assembly.song_id)
        await record.end(error)

    async def conclude(self, task_id: UUID, step: Step, error: BachataError | None = None) -> None:
        """Record the end of a task that nobody works on; a final state stays unchanged."""
        now = self._clock.now()

        def concluded(assembly: Assembly) -> Assembly:
            if assembly.state in FINAL:
                return assembly
            return assembly.take(step, now, failure=error and failure_of(error, assembly))

        await self._tasks.update(task_id, concluded)


async def _add(record: Record, tasks: TaskRepository) -> None:
    refused = False

    async def add() -> None:
        nonlocal refused
        try:
            await tasks.add(record.assembly)
        except Conflict:
            refused = True
            raise

    try:
        await finish_even_if_cancelled(add())
    except BaseException as error:
        # The failure may have come after the record was written, as with a lost connection.
        if not refused:
            await record.end(error)
        raise
