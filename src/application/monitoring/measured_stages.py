"""Measure how long the stages of films take."""

import time
from collections.abc import Callable
from typing import Final
from uuid import UUID

from application.monitoring.catalogue import STAGE_SECONDS
from application.ports.metrics import Metrics
from application.ports.progress import Report
from domain.rendering.assembly import FINAL, State

_REMEMBERED: Final = 1_000
"""Maximum number of remembered attempts; one that is abandoned never reports its end."""


class MeasuredStages:
    """A `Progress` that measures each stage from its first report to that of the next."""

    def __init__(self, metrics: Metrics, now: Callable[[], float] = time.monotonic) -> None:
        """Take the metrics, and a function that returns the time in seconds."""
        self._metrics = metrics
        self._now = now
        self._stages: dict[tuple[UUID, int], tuple[State, float]] = {}

    async def tell(self, report: Report) -> None:
        """See `application.ports.progress.Progress`."""
        key, now = (report.task_id, report.attempt), self._now()
        stage, began = self._stages.get(key, (None, now))
        if stage is report.stage:
            return
        if stage is not None:
            del self._stages[key]
            self._metrics.observe(STAGE_SECONDS, now - began, str(report.kind), str(stage))
        if report.stage in FINAL:
            return
        self._stages[key] = report.stage, now
        while len(self._stages) > _REMEMBERED:
            del self._stages[next(iter(self._stages))]
