"""Progress as lines of the log."""

import structlog

from application.ports.progress import Report
from domain.rendering.assembly import State

_REMEMBERED = 1000
"""Tasks whose stage is known; one that fails never says that it has ended."""


class LogProgress:
    """Writes a line when a task enters a stage; the steps within a stage are not logged."""

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
