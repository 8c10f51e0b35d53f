"""The record of one assembly: its steps, its progress and its end."""

import asyncio

from application.concurrency.resource_meter import ResourceMeter
from application.concurrency.retries import Retries
from application.concurrency.shielding import finish_even_if_cancelled
from application.ports.clock import Clock
from application.ports.progress import Progress, Report
from application.ports.tasks import TaskRepository
from application.rendering.attempt import Attempt
from application.rendering.failures import failure_of
from domain.jobs.errors import LeaseLost
from domain.rendering.assembly import FINAL, Assembly, State, Step
from domain.rendering.used_resources import UsedResources
from domain.shared.errors import AssemblyTimedOut, BachataError, TaskNotFound
from domain.shared.result_warnings import ResultWarning

HEARING = 5.0
"""Maximum seconds to report an end; no other time limit applies by then."""


class Record:
    """One assembly in progress."""

    def __init__(
        self,
        assembly: Assembly,
        tasks: TaskRepository,
        progress: Progress,
        clock: Clock,
        deadline: asyncio.Timeout,
        retries: Retries,
        attempt: Attempt | None = None,
        meter: ResourceMeter | None = None,
    ) -> None:
        """Take an assembly that is recorded already, or will be, the attempt of its job, and the
        meter of its work.
        """
        self.assembly = assembly
        self._meter = meter or ResourceMeter()
        self._used_before = assembly.used
        self._tasks = tasks
        self._progress = progress
        self._clock = clock
        self._deadline = deadline
        self._retries = retries
        self._attempt = attempt or Attempt(1, 0.0)

    @property
    def abandoned(self) -> bool:
        """True if another attempt makes the film, so that this one must leave nothing behind."""
        return self._attempt.abandoned

    async def begin(self, song_id: str | None) -> None:
        """Begin an attempt of a task that is on record; raises `LeaseLost`, `TaskNotFound`."""
        now, attempt = self._clock.now(), self._attempt.number
        assembly = await self._tasks.get(self.assembly.task_id)
        self._used_before = assembly.used
        if assembly.state is State.PENDING and assembly.attempt == attempt:
            # It is as it was submitted, and the next step checks the attempt again.
            self.assembly = assembly
            return

        async def write() -> None:
            self.assembly = await self._tasks.update(
                self.assembly.task_id, lambda task: task.begun(attempt, now, song_id)
            )

        await finish_even_if_cancelled(write())

    async def take(
        self,
        step: Step,
        message: str,
        *,
        output_path: str | None = None,
        seconds: float | None = None,
    ) -> None:
        """Record a step and report it; its work begins after that."""
        now, used = self._clock.now(), self._used

        async def write() -> None:
            self.assembly = await self._tasks.update(
                self.assembly.task_id,
                lambda assembly: self._mine(assembly).take(
                    step, now, output_path=output_path, seconds=seconds, used=used
                ),
            )

        await finish_even_if_cancelled(write())
        await self.tell(message)

    async def tell(self, message: str, done: int = 0, of: int = 0) -> None:
        """Report the progress within the stage."""
        await self._progress.tell(
            Report(
                task_id=self.assembly.task_id,
                stage=self.assembly.state,
                progress=self.assembly.progress,
                message=message,
                done=done,
                of=of,
                kind=self.assembly.kind,
                attempt=self.assembly.attempt,
            )
        )

    async def note(self, warnings: tuple[ResultWarning, ...]) -> None:
        """Record warnings."""

        def with_warnings(assembly: Assembly) -> Assembly:
            return self._mine(assembly).warned(warnings)

        self.assembly = await self._tasks.update(self.assembly.task_id, with_warnings)

    def error_of(self, error: BaseException) -> BaseException:
        """Return the error for the caller: a cancellation by the time limit becomes
        `AssemblyTimedOut`.
        """
        if isinstance(error, asyncio.CancelledError) and self._deadline.expired():
            return AssemblyTimedOut()
        return error

    async def end(self, error: BaseException) -> Assembly:
        """Record the end and return the recorded assembly; a final state stays unchanged.

        The result is final only if it was read back: without a database, the end is unknown. The
        end of an abandoned attempt is not recorded.
        """
        self._attempt.ends_with(error)
        if isinstance(error, LeaseLost):
            self._attempt.abandoned = True
        if self.abandoned:
            await finish_even_if_cancelled(self._look(error))
        elif self.assembly.state not in FINAL:
            if isinstance(error, BachataError):
                error.stage = self.assembly.state
            await finish_even_if_cancelled(self._end(self.error_of(error)))
        return self.assembly

    async def _look(self, error: BaseException) -> None:
        """Read what is on record at the end of an abandoned attempt."""
        try:
            self.assembly = await self._tasks.get(self.assembly.task_id)
        except BachataError as second:
            error.add_note(f"The record could not be read: {second}")

    @property
    def _used(self) -> UsedResources:
        """The resources of this attempt and of those before."""
        return self._used_before.plus(self._meter.used)

    def _is_mine(self, assembly: Assembly) -> bool:
        mine = (self.assembly.created_at, self._attempt.number)
        return (assembly.created_at, assembly.attempt) == mine

    def _mine(self, assembly: Assembly) -> Assembly:
        return assembly.of_attempt(self._attempt.number)

    async def _end(self, error: BaseException) -> None:
        now, used = self._clock.now(), self._used

        def ended(assembly: Assembly) -> Assembly:
            if assembly.state in FINAL or not self._is_mine(assembly):
                return assembly
            if isinstance(error, asyncio.CancelledError):
                return assembly.take(Step.CANCEL, now, used=used)
            return assembly.take(Step.FAIL, now, failure=failure_of(error, assembly), used=used)

        try:
            self.assembly = await self._retries(
                lambda: self._tasks.update(self.assembly.task_id, ended),
                is_final=lambda failure: isinstance(failure, TaskNotFound),
            )
        except TaskNotFound:
            return
        except Exception as second:
            # Recovery will find the task by its folder or by its age.
            error.add_note(f"Its final state could not be saved: {second}")
        try:
            async with asyncio.timeout(HEARING):
                await self.tell(str(error) or "Cancelled")
        except Exception as untold:
            error.add_note(f"Its final state could not be reported: {untold}")
