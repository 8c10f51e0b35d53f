"""Every metric is on the page for operators, with its kind and its labels."""

import re
from pathlib import Path

from application.monitoring import catalogue
from application.ports.metrics import Metric, MetricKind

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/OPERATIONS.md").read_text()


def _marked() -> str:
    found = re.search(r"<!-- metrics -->(.*?)<!-- /metrics -->", PAGE, re.DOTALL)
    assert found
    return found[1]


def test_every_metric_is_on_the_page_for_operators() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (.*?) ?\| \S", _marked(), re.MULTILINE)
    told = {name: (kind, tuple(re.findall(r"`(\w+)`", labels))) for name, kind, labels in rows}
    assert told == {each.name: (str(each.kind), each.labels) for each in catalogue.ALL}


def test_every_metric_of_the_catalogue_is_listed() -> None:
    metrics = [each for each in vars(catalogue).values() if isinstance(each, Metric)]
    assert {each.name for each in metrics} == {each.name for each in catalogue.ALL}


def test_names_follow_the_rules_of_prometheus() -> None:
    for each in catalogue.ALL:
        assert re.fullmatch(r"bachata_[a-z_]+", each.name)
        assert each.name.endswith("_total") is (each.kind is MetricKind.COUNTER), each.name
        assert bool(each.bounds) is (each.kind is MetricKind.HISTOGRAM), each.name
        assert each.bounds == tuple(sorted(each.bounds))


def test_every_metric_of_the_alarms_is_one() -> None:
    named = set(re.findall(r"\bbachata_[a-z_]+", PAGE))
    endings = ("_count", "_sum", "_bucket")
    known = {each.name for each in catalogue.ALL}
    known |= {f"{each.name}{ending}" for each in catalogue.ALL for ending in endings}
    assert named <= known
