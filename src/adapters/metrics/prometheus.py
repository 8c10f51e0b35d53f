"""Figures in a registry of Prometheus' own client."""

from collections.abc import Iterator, Mapping
from threading import Lock
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from application.ports.metrics import Metric, MetricKind

_KINDS: Final = {
    MetricKind.COUNTER: Counter,
    MetricKind.GAUGE: Gauge,
}


class PrometheusMetrics:
    """Has a registry of its own, so that several services in one process do not share figures."""

    def __init__(self) -> None:
        """Begin without figures."""
        self._registry = CollectorRegistry()
        self._collectors: dict[str, Counter | Gauge | Histogram] = {}
        self._lock = Lock()
        """Held while a gauge is replaced, or a page is written."""

    def add(self, metric: Metric, *labels: str, amount: float = 1.0) -> None:
        """See `application.ports.metrics.Metrics`."""
        counter = self._collector(metric, MetricKind.COUNTER)
        assert isinstance(counter, Counter)  # noqa: S101 - of the kind that was asked for
        (counter.labels(*labels) if _has_labels(metric, labels) else counter).inc(amount)

    def observe(self, metric: Metric, value: float, *labels: str) -> None:
        """See `application.ports.metrics.Metrics`."""
        histogram = self._collector(metric, MetricKind.HISTOGRAM)
        assert isinstance(histogram, Histogram)  # noqa: S101 - of the kind that was asked for
        (histogram.labels(*labels) if _has_labels(metric, labels) else histogram).observe(value)

    def show(self, metric: Metric, values: Mapping[tuple[str, ...], float]) -> None:
        """See `application.ports.metrics.Metrics`."""
        gauge = self._collector(metric, MetricKind.GAUGE)
        assert isinstance(gauge, Gauge)  # noqa: S101 - of the kind that was asked for
        labelled = {labels: _has_labels(metric, labels) for labels in values}
        with self._lock:
            if metric.labels:
                gauge.clear()
            elif not values:
                self._registry.unregister(gauge)
                del self._collectors[metric.name]
            for labels, value in values.items():
                (gauge.labels(*labels) if labelled[labels] else gauge).set(value)

    def page(self) -> bytes:
        """See `application.ports.metrics.Metrics`."""
        with self._lock:
            return generate_latest(_Filled(self._registry))

    def _collector(self, metric: Metric, kind: MetricKind) -> Counter | Gauge | Histogram:
        if metric.kind is not kind:
            raise ValueError(f"{metric.name} is a {metric.kind}, not a {kind}.")
        with self._lock:
            known = self._collectors.get(metric.name)
            if known is None:
                known = self._made(metric)
                self._collectors[metric.name] = known
            return known

    def _made(self, metric: Metric) -> Counter | Gauge | Histogram:
        name, meaning, labels = metric.name, metric.meaning, metric.labels
        if metric.kind is MetricKind.HISTOGRAM:
            return Histogram(name, meaning, labels, buckets=metric.bounds, registry=self._registry)
        return _KINDS[metric.kind](name, meaning, labels, registry=self._registry)


class _Filled(CollectorRegistry):
    """The families of another registry that have figures, without their times of creation."""

    def __init__(self, registry: Collector) -> None:
        super().__init__()
        self._families = registry

    def collect(self) -> Iterator[Family]:
        for family in self._families.collect():
            family.samples = [each for each in family.samples if not each.name.endswith("_created")]
            if family.samples:
                yield family


def _has_labels(metric: Metric, labels: tuple[str, ...]) -> bool:
    if len(labels) != len(metric.labels):
        raise ValueError(f"{metric.name} has {len(metric.labels)} labels, not {len(labels)}.")
    return bool(labels)
