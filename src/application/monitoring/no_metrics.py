"""Figures that nobody collects."""

from collections.abc import Mapping
from typing import Final

from application.ports.metrics import Metric


class NoMetrics:
    """Keeps no figures: for commands, and for workers, which have no page."""

    def add(self, metric: Metric, *labels: str, amount: float = 1.0) -> None:
        """See `application.ports.metrics.Metrics`."""

    def observe(self, metric: Metric, value: float, *labels: str) -> None:
        """See `application.ports.metrics.Metrics`."""

    def show(self, metric: Metric, values: Mapping[tuple[str, ...], float]) -> None:
        """See `application.ports.metrics.Metrics`."""

    def page(self) -> bytes:
        """See `application.ports.metrics.Metrics`."""
        return b""


NO_METRICS: Final = NoMetrics()
