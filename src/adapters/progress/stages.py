"""Spans of the stages of tasks."""

from typing import Final
from uuid import UUID

from application.operations.tracing import Tracing
from application.ports.progress import Report
from application.ports.spans import Span
from domain.rendering.assembly import FINAL, State

_REMEMBERED: Final = 1000
"""Maximum number of remembered tasks; an abandoned attempt never reports its end."""


class TracedStages:
    """Makes each stage of a task a span within the current one, from its report to the next."""

    def __init__(self, tracing: Tracing) -> None:
        """Take the spans."""
        self._tracing = tracing
        self._stages: dict[tuple[UUID, int], tuple[State, Span]] = {}

    async def tell(self, report: Report) -> None:
        """See `application.ports.progress.Progress`."""
        key = (report.task_id, report.attempt)
        stage, span = self._stages.get(key, (None, None))
        if stage is report.stage:
            return
        if span is not None:
            span.end()
            del self._stages[key]
        if report.stage in FINAL:
            return
        self._stages[key] = report.stage, self._tracing.within(str(report.stage))
        while len(self._stages) > _REMEMBERED:
            del self._stages[next(iter(self._stages))]
