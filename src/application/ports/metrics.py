"""Port for the figures that a monitoring system collects."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol

import msgspec


class MetricKind(StrEnum):
    """The way in which the figures of a metric change."""

    COUNTER = "counter"
    """Only grows, and begins at 0 with the process."""
    GAUGE = "gauge"
    HISTOGRAM = "histogram"
    """Counts values by size, and sums them."""


class Metric(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of figures, with a figure for each combination of its labels' values."""

    name: str
    """Ends with the unit, and for counters with `_total`, as Prometheus recommends."""
    kind: MetricKind
    meaning: str
    labels: tuple[str, ...] = ()
    """Names of the labels. Their values come from small fixed sets, never from a request's text."""
    bounds: tuple[float, ...] = ()
    """Upper bounds of the sizes of a histogram, rising; larger values are counted, too."""


class Metrics(Protocol):
    """Figures of one process. No method waits, and any thread may call each of them.

    Values of labels come in the order of the metric's ``labels``; another number of them, a metric
    of another kind, and a negative amount raise ValueError.
    """

    def add(self, metric: Metric, *labels: str, amount: float = 1.0) -> None:
        """Increase a counter."""
        ...

    def observe(self, metric: Metric, value: float, *labels: str) -> None:
        """Count a value in a histogram."""
        ...

    def show(self, metric: Metric, values: Mapping[tuple[str, ...], float]) -> None:
        """Replace all figures of a gauge by ``values``, by the values of its labels."""
        ...

    def page(self) -> bytes:
        """Return all figures in Prometheus' text format 0.0.4; a metric without any is omitted."""
        ...
