"""Tell the progress of films as events of their jobs."""

import time
from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID

from application.ports.job_events import JobEvent, JobEvents
from application.ports.progress import Report
from domain.jobs.progress import JobProgress, Stage
from domain.rendering.assembly import FINAL, PROGRESS, State

_WEIGHTS: Final[Mapping[State, float]] = {
    State.PLANNING: 2,
    State.FETCHING: 1,
    State.CONCATENATING: 20,
    State.ADDING_AUDIO: 2,
    State.UPLOADING: 1,
}
"""Typical durations of the stages of a film whose clips are encoded first, in shares of 26."""
STAGES: Final = tuple(
    Stage(name=state, progress=progress, weight=_WEIGHTS.get(state, 0))
    for state, progress in PROGRESS.items()
    if state not in FINAL
)
_REMEMBERED: Final = 1_000
"""Maximum number of remembered jobs; one whose worker died never reports its end."""


class JobProgressEvents:
    """Publishes the reports that are worth an event, for each stage at least one.

    The end is not published here, because the job ends after its last report.
    """

    def __init__(self, events: JobEvents, now: Callable[[], float] = time.monotonic) -> None:
        """Take the events, and a function that returns the time in seconds."""
        self._events = events
        self._now = now
        self._progress: dict[UUID, JobProgress] = {}

    async def tell(self, report: Report) -> None:
        """See `application.ports.progress.Progress`."""
        if report.stage in FINAL:
            self._progress.pop(report.task_id, None)
            return
        before = self._progress.get(report.task_id)
        if before is None or before.attempt < report.attempt:
            before = JobProgress(stages=STAGES, attempt=report.attempt, progress=report.progress)
        elif before.attempt > report.attempt:
            return
        after = before.reported(report.stage, report.done, report.of, self._now())
        self._progress[report.task_id] = after
        while len(self._progress) > _REMEMBERED:
            del self._progress[next(iter(self._progress))]
        if after is not before:
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
