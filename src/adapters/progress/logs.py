"""Write progress to the log."""

import structlog

from application.ports.progress import Report
from domain.rendering.assembly import State

_REMEMBERED = 1000
"""Maximum number of remembered tasks; a failed task never reports its end."""


class LogProgress:
    """Logs a line when a task enters a stage, but no steps within a stage."""

    def __init__(self) -> None:
        self._log = structlog.stdlib.get_logger("bachata.progress")
        self._stages: dict[str, State] = {}

    async def tell(self, report: Report) -> None:
        """See `application.ports.progress.Progress`."""
        task_id = str(report.task_id)
        if self._stages.get(task_id) is report.stage:
            return
        self._stages[task_id] = report.stage
        while len(self._stages) > _REMEMBERED:
            del self._stages[next(iter(self._stages))]
        self._log.info("stage", task_id=task_id, stage=str(report.stage), progress=report.progress)
