"""The contract of all Metrics: figures are kept, and Prometheus can read them."""

import math
from collections.abc import Callable
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from adapters.memory.metrics import MemoryMetrics
from adapters.metrics.prometheus import PrometheusMetrics
from application.monitoring.no_metrics import NO_METRICS
from application.ports.metrics import Metric, MetricKind, Metrics

COUNTER = Metric(name="c_total", kind=MetricKind.COUNTER, meaning="Counted.", labels=("a", "b"))
PLAIN = Metric(name="p_total", kind=MetricKind.COUNTER, meaning="Counted.")
GAUGE = Metric(name="g", kind=MetricKind.GAUGE, meaning="Shown.", labels=("a",))
SINGLE = Metric(name="s", kind=MetricKind.GAUGE, meaning="Shown.")
HISTOGRAM = Metric(
    name="h_seconds",
    kind=MetricKind.HISTOGRAM,
    meaning="Observed.",
    labels=("a",),
    bounds=(0.5, 2.0),
)
ADAPTERS = [MemoryMetrics, PrometheusMetrics]

Step = Callable[[Metrics], None]
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture(params=ADAPTERS)
def metrics(request: pytest.FixtureRequest) -> Metrics:
    return request.param()


def samples(metrics: Metrics) -> Samples:
    """All figures of the page, as Prometheus' own parser reads them."""
    return {
        (each.name, tuple(sorted(each.labels.items()))): each.value
        for family in text_string_to_metric_families(metrics.page().decode())
        for each in family.samples
    }


def test_without_figures_the_page_is_empty(metrics: Metrics) -> None:
    assert metrics.page() == b""


def test_a_counter_grows_for_each_combination_of_labels(metrics: Metrics) -> None:
    metrics.add(COUNTER, "x", "y")
    metrics.add(COUNTER, "x", "y", amount=2.5)
    metrics.add(COUNTER, "x", "z", amount=0)
    metrics.add(PLAIN)
    assert samples(metrics) == {
        ("c_total", (("a", "x"), ("b", "y"))): 3.5,
        ("c_total", (("a", "x"), ("b", "z"))): 0,
        ("p_total", ()): 1,
    }


def test_a_gauge_has_the_figures_that_were_shown_last_and_no_others(metrics: Metrics) -> None:
    metrics.show(GAUGE, {("x",): 1, ("y",): 2})
    metrics.show(GAUGE, {("y",): 3})
    metrics.show(SINGLE, {(): 7})
    assert samples(metrics) == {("g", (("a", "y"),)): 3, ("s", ()): 7}
    metrics.show(GAUGE, {})
    metrics.show(SINGLE, {})
    assert samples(metrics) == {}
    metrics.show(SINGLE, {(): 8})
    assert samples(metrics) == {("s", ()): 8}


def test_a_histogram_counts_values_up_to_each_bound_and_all(metrics: Metrics) -> None:
    for value in (0.5, 1.0, 3.0):
        metrics.observe(HISTOGRAM, value, "x")
    a = ("a", "x")
    assert samples(metrics) == {
        ("h_seconds_bucket", (a, ("le", "0.5"))): 1,
        ("h_seconds_bucket", (a, ("le", "2.0"))): 2,
        ("h_seconds_bucket", (a, ("le", "+Inf"))): 3,
        ("h_seconds_count", (a,)): 3,
        ("h_seconds_sum", (a,)): 4.5,
    }


def test_each_metric_says_its_kind_and_its_meaning(metrics: Metrics) -> None:
    metrics.add(COUNTER, "x", "y")
    metrics.show(SINGLE, {(): 1})
    metrics.observe(HISTOGRAM, 1, "x")
    families = text_string_to_metric_families(metrics.page().decode())
    found = {each.name: (each.type, each.documentation) for each in families}
    # The parser knows counters without their ending.
    assert found == {
        "c": ("counter", "Counted."),
        "s": ("gauge", "Shown."),
        "h_seconds": ("histogram", "Observed."),
    }


@pytest.mark.parametrize("labels", [(), ("x",), ("x", "y", "z")])
def test_another_number_of_labels_is_refused_and_changes_nothing(
    metrics: Metrics, labels: tuple[str, ...]
) -> None:
    with pytest.raises(ValueError, match="labels"):
        metrics.add(COUNTER, *labels)
    with pytest.raises(ValueError, match="labels"):
        metrics.show(GAUGE, {("x", "y", *labels): 1})
    with pytest.raises(ValueError, match="labels"):
        metrics.observe(HISTOGRAM, 1, "x", "y", *labels)
    assert samples(metrics) == {}


def test_a_metric_of_another_kind_and_a_negative_amount_are_refused(metrics: Metrics) -> None:
    with pytest.raises(ValueError, match="gauge"):
        metrics.add(GAUGE, "x")
    with pytest.raises(ValueError, match="counter"):
        metrics.show(COUNTER, {("x", "y"): 1})
    with pytest.raises(ValueError, match="gauge"):
        metrics.observe(GAUGE, 1, "x")
    with pytest.raises(ValueError):
        metrics.add(PLAIN, amount=-1)
    assert samples(metrics).get(("p_total", ()), 0) == 0


def test_threads_lose_no_figure(metrics: Metrics) -> None:
    def work() -> None:
        for _ in range(200):
            metrics.add(PLAIN)
            metrics.observe(HISTOGRAM, 1, "x")
            metrics.page()

    threads = [Thread(target=work) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    found = samples(metrics)
    assert found["p_total", ()] == found["h_seconds_count", (("a", "x"),)] == 800


def test_two_services_in_one_process_do_not_share_figures(metrics: Metrics) -> None:
    other = type(metrics)()
    metrics.add(PLAIN)
    assert samples(other) == {}


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
numbers = st.floats(0, 1e12)


def adding(a: str, b: str, amount: float) -> Step:
    return lambda metrics: metrics.add(COUNTER, a, b, amount=amount)


def observing(a: str, value: float) -> Step:
    return lambda metrics: metrics.observe(HISTOGRAM, value, a)


def showing(values: dict[tuple[str, ...], float]) -> Step:
    return lambda metrics: metrics.show(GAUGE, values)


steps = st.lists(
    st.one_of(
        st.builds(adding, texts, texts, numbers),
        st.builds(observing, texts, numbers),
        st.builds(showing, st.dictionaries(st.tuples(texts), numbers, max_size=3)),
    ),
    max_size=12,
)


@given(steps)
def test_both_adapters_show_the_same_figures(work: list[Step]) -> None:
    one, other = MemoryMetrics(), PrometheusMetrics()
    for adapter in (one, other):
        for step in work:
            step(adapter)
    left, right = samples(one), samples(other)
    assert left.keys() == right.keys()
    assert all(math.isclose(left[key], right[key], rel_tol=1e-9) for key in left)


def test_figures_that_nobody_collects_have_no_page() -> None:
    NO_METRICS.add(PLAIN)
    NO_METRICS.observe(HISTOGRAM, 1, "x")
    NO_METRICS.show(SINGLE, {(): 1})
    assert NO_METRICS.page() == b""
