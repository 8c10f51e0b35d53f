"""Write progress to the log."""

import time

import structlog

from application.ports.progress import Report
from domain.rendering.assembly import State

_REMEMBERED = 1000
"""Maximum number of remembered tasks; a failed task never reports its end."""


class LogProgress:
    """Logs a line when a task enters a stage, with the duration of the previous stage in
    milliseconds, but no steps within a stage.
    """

    def __init__(self) -> None:
        self._log = structlog.stdlib.get_logger("bachata.progress")
        self._stages: dict[str, tuple[State, float]] = {}

    async def tell(self, report: Report) -> None:
        """See `application.ports.progress.Progress`."""
        task_id = str(report.task_id)
        now = time.monotonic()
        previous, began = self._stages.get(task_id, (None, now))
        if previous is report.stage:
            return
        self._stages[task_id] = report.stage, now
        while len(self._stages) > _REMEMBERED:
            del self._stages[next(iter(self._stages))]
        facts: dict[str, object] = {"stage": str(report.stage), "progress": report.progress}
        if previous is not None:
            facts |= {"previous": str(previous), "previous_ms": round(1000 * (now - began), 1)}
        self._log.info("stage", task_id=task_id, **facts)
