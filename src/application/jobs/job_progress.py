"""Tell the progress of films as events of their jobs."""

import logging
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID

from application.ports.clock import Clock
from application.ports.job_events import JobEvent, JobEvents
from application.ports.progress import Report
from application.ports.tasks import TaskRepository
from domain.jobs.progress import INTERVAL, JobProgress, Stage
from domain.rendering.assembly import FINAL, Assembly, FilmKind, State, progress_of
from domain.shared.errors import BachataError

_log = logging.getLogger("bachata.progress")

_WEIGHTS: Final[Mapping[FilmKind, Mapping[State, float]]] = {
    FilmKind.CHOREOGRAPHY: {
        State.PLANNING: 2,
        State.FETCHING: 1,
        State.CONCATENATING: 20,
        State.ADDING_AUDIO: 2,
        State.UPLOADING: 1,
    },
    FilmKind.SCRIPT: {
        State.PLANNING: 20,
        State.FETCHING: 1,
        State.CONCATENATING: 1,
        State.ADDING_AUDIO: 3,
        State.UPLOADING: 1,
    },
}
"""Typical durations of the stages of a film whose clips are encoded first, in shares of 26."""
STAGES: Final = {
    kind: tuple(
        Stage(name=state, progress=progress, weight=weights.get(state, 0))
        for state, progress in progress_of(kind).items()
        if state not in FINAL
    )
    for kind, weights in _WEIGHTS.items()
}
_REMEMBERED: Final = 1_000
"""Maximum number of remembered jobs; one whose worker died never reports its end."""


class JobProgressEvents:
    """Publishes the reports that are worth an event, for each stage at least one.

    The record of the task gets the same progress, at most once a second within a stage. The end is
    not published here, because the job ends after its last report.
    """

    def __init__(
        self,
        events: JobEvents,
        tasks: TaskRepository,
        clock: Clock,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the ports, and a function that returns the time in seconds."""
        self._events = events
        self._tasks = tasks
        self._clock = clock
        self._now = now
        self._progress: dict[UUID, JobProgress] = {}
        self._recorded: dict[UUID, float] = {}
        """Time at which a stage began, or progress within it was recorded."""

    async def tell(self, report: Report) -> None:
        """See `application.ports.progress.Progress`."""
        if report.stage in FINAL:
            self._progress.pop(report.task_id, None)
            self._recorded.pop(report.task_id, None)
            return
        before = self._progress.get(report.task_id)
        if before is None or before.attempt < report.attempt:
            before = JobProgress(
                stages=STAGES[report.kind], attempt=report.attempt, progress=report.progress
            )
        elif before.attempt > report.attempt:
            return
        at = self._now()
        after = before.reported(report.stage, report.done, report.of, at)
        self._progress[report.task_id] = after
        while len(self._progress) > _REMEMBERED:
            oldest = next(iter(self._progress))
            del self._progress[oldest]
            self._recorded.pop(oldest, None)
        if after is before:
            return
        await self._events.publish(
            JobEvent(
                job_id=report.task_id,
                id=after.event_id,
                stage=report.stage,
                progress=after.progress,
                message=report.message,
                eta_seconds=after.eta_seconds,
            )
        )
        if after.stage != before.stage:
            self._recorded[report.task_id] = at
        elif at >= self._recorded.get(report.task_id, 0.0) + INTERVAL:
            self._recorded[report.task_id] = at
            await self._record(report, after)

    async def _record(self, report: Report, progress: JobProgress) -> None:
        seconds = progress.eta_seconds
        ends = None if seconds is None else self._clock.now() + timedelta(seconds=seconds)

        def reached(task: Assembly) -> Assembly:
            return task.reached(report.stage, report.attempt, progress.progress, ends)

        try:
            await self._tasks.update(report.task_id, reached)
        except BachataError as error:
            # The next stage is recorded by the pipeline, which decides if that may fail.
            _log.warning("progress is not recorded: %s", error)
