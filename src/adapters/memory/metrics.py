"""Figures in memory."""

from collections.abc import Mapping
from threading import Lock

from application.ports.metrics import Metric, MetricKind

Labels = tuple[str, ...]


class MemoryMetrics:
    """Keeps every figure, and every single value of the histograms, as long as the process runs."""

    def __init__(self) -> None:
        """Begin without figures."""
        self._lock = Lock()
        self._metrics: dict[str, Metric] = {}
        self._figures: dict[str, dict[Labels, float]] = {}
        self._observed: dict[str, dict[Labels, list[float]]] = {}

    def add(self, metric: Metric, *labels: str, amount: float = 1.0) -> None:
        """See `application.ports.metrics.Metrics`."""
        _check(metric, MetricKind.COUNTER, labels)
        if amount < 0:
            raise ValueError("A counter only grows.")
        with self._lock:
            self._metrics[metric.name] = metric
            figures = self._figures.setdefault(metric.name, {})
            figures[labels] = figures.get(labels, 0.0) + amount

    def observe(self, metric: Metric, value: float, *labels: str) -> None:
        """See `application.ports.metrics.Metrics`."""
        _check(metric, MetricKind.HISTOGRAM, labels)
        with self._lock:
            self._metrics[metric.name] = metric
            self._observed.setdefault(metric.name, {}).setdefault(labels, []).append(value)

    def show(self, metric: Metric, values: Mapping[Labels, float]) -> None:
        """See `application.ports.metrics.Metrics`."""
        for labels in values:
            _check(metric, MetricKind.GAUGE, labels)
        with self._lock:
            self._metrics[metric.name] = metric
            self._figures[metric.name] = dict(values)

    def page(self) -> bytes:
        """See `application.ports.metrics.Metrics`."""
        lines: list[str] = []
        with self._lock:
            for name, metric in self._metrics.items():
                samples = [*self._samples(metric)]
                if samples:
                    lines += [f"# HELP {name} {metric.meaning}", f"# TYPE {name} {metric.kind}"]
                    lines += samples
        return "".join(f"{line}\n" for line in lines).encode()

    def figure(self, metric: Metric, *labels: str) -> float:
        """Return a figure, 0 for one that is not there; for a histogram the number of values."""
        with self._lock:
            if metric.kind is MetricKind.HISTOGRAM:
                return float(len(self._observed.get(metric.name, {}).get(labels, [])))
            return self._figures.get(metric.name, {}).get(labels, 0.0)

    def _samples(self, metric: Metric) -> list[str]:
        name, labels_of = metric.name, metric.labels
        if metric.kind is not MetricKind.HISTOGRAM:
            figures = self._figures.get(name, {})
            return [f"{name}{_text(labels_of, each)} {figures[each]}" for each in figures]
        samples: list[str] = []
        for each, values in self._observed.get(name, {}).items():
            for bound in (*metric.bounds, float("inf")):
                count = sum(value <= bound for value in values)
                le = "+Inf" if bound == float("inf") else repr(bound)
                text = _text((*labels_of, "le"), (*each, le))
                samples.append(f"{name}_bucket{text} {count}")
            text = _text(labels_of, each)
            samples += [f"{name}_count{text} {len(values)}", f"{name}_sum{text} {sum(values)}"]
        return samples


def _check(metric: Metric, kind: MetricKind, labels: Labels) -> None:
    if metric.kind is not kind:
        raise ValueError(f"{metric.name} is a {metric.kind}, not a {kind}.")
    if len(labels) != len(metric.labels):
        raise ValueError(f"{metric.name} has {len(metric.labels)} labels, not {len(labels)}.")


def _text(names: Labels, values: Labels) -> str:
    if not names:
        return ""
    pairs = zip(names, values, strict=True)
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in pairs) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
