"""Of many records of the earlier system those that fail keep none of the others out."""

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from application.migration.report import Came, MigrationReport
from domain.legacy.seeds import Model
from tests.cases.test_item_failures import ANY_ERROR, OF_ONE, Error, name
from tests.world.earlier import Earlier, document, outcomes, task_key
from tests.world.failing import failing
from tests.world.trouble import Trouble

P = TypeVar("P")

FEW = 4
SOME = st.sets(st.integers(1, FEW), min_size=1, max_size=FEW - 1)
NOT_CANCELLED = st.sampled_from(sorted({*OF_ONE} - {"cancelled inside"})).map(OF_ONE.__getitem__)


class Faulty(Trouble):
    """One call of one port fails for some items."""

    def __init__(self, port: str, call: str, items: set[str], error: Error) -> None:
        super().__init__()
        self._port = port
        self._fault = (call, items, error)

    def around(self, port: P, name: str) -> P:
        return super().around(failing(port, *self._fault) if name == self._port else port, name)


def title(number: int) -> str:
    return name(number).replace("-", "_")


def fill(earlier: Earlier) -> None:
    """As many songs, moves, failed tasks and Blueprints; Blueprints have a song of their own."""
    clips = [earlier.move(str(number), title(number)) for number in range(1, FEW + 1)]
    earlier.song("0", "common")
    for number in range(1, FEW + 1):
        earlier.song(str(number), title(number), seconds=40 + number)
        earlier.task(number, "failed", error="FFmpeg broke.", stage="fetching")
        earlier.blueprint(number, document(number, clips, "songs/common.mp3"))


def migrated(
    trouble: Trouble | None, spoil: Callable[[Earlier], None] | None = None
) -> MigrationReport:
    with tempfile.TemporaryDirectory() as root:
        earlier = Earlier(Path(root), trouble)
        fill(earlier)
        if spoil is not None:
            spoil(earlier)
        return asyncio.run(earlier())


def left_out(report: MigrationReport, model: Model) -> set[str]:
    return {key for key, came in outcomes(report, model).items() if came == Came.LEFT_OUT}


def keys(numbers: set[int]) -> set[str]:
    return {str(number) for number in numbers}


def titles(numbers: set[int]) -> set[str]:
    return {title(number) for number in numbers}


def tasks(numbers: set[int]) -> set[str]:
    return {task_key(number) for number in numbers}


@settings(deadline=None)
@given(SOME, ANY_ERROR)
def test_the_other_songs_are_brought_over(bad: set[int], error: Error) -> None:
    report = migrated(Faulty("songs", "add", titles(bad), error))
    assert left_out(report, Model.SONG) == keys(bad)
    assert left_out(report, Model.MOVE) == left_out(report, Model.TASK) == set()


@settings(deadline=None)
@given(SOME, ANY_ERROR)
def test_the_other_moves_are_brought_over(bad: set[int], error: Error) -> None:
    report = migrated(Faulty("moves", "add", titles(bad), error))
    assert left_out(report, Model.MOVE) == titles(bad)
    assert left_out(report, Model.SONG) == left_out(report, Model.TASK) == set()


@settings(deadline=None)
@given(SOME, ANY_ERROR)
def test_the_other_tasks_are_brought_over(bad: set[int], error: Error) -> None:
    report = migrated(Faulty("tasks", "add", tasks(bad), error))
    assert left_out(report, Model.TASK) == tasks(bad)
    assert left_out(report, Model.BLUEPRINT) == set()


@settings(deadline=None)
@given(SOME, ANY_ERROR)
def test_the_other_blueprints_are_brought_over(bad: set[int], error: Error) -> None:
    report = migrated(Faulty("archive", "keep", tasks(bad), error))
    assert left_out(report, Model.BLUEPRINT) == tasks(bad)


@settings(deadline=None)
@given(SOME, NOT_CANCELLED)
def test_the_other_records_are_read(bad: set[int], error: Error) -> None:
    class Wrong(dict[str, Any]):
        """Fields that cannot be read."""

        def __iter__(self) -> Iterator[str]:
            raise error()

        def __getitem__(self, key: str) -> Any:
            raise error()

        def get(self, *_: Any) -> Any:
            raise error()

    def spoil(earlier: Earlier) -> None:
        for model in (Model.SONG, Model.TASK):
            earlier.records[model] = [
                msgspec.structs.replace(each, fields=Wrong())
                if each.key in keys(bad) | tasks(bad)
                else each
                for each in earlier.records[model]
            ]

    report = migrated(None, spoil)
    assert left_out(report, Model.SONG) == keys(bad)
    assert left_out(report, Model.TASK) == tasks(bad)
    assert left_out(report, Model.MOVE) == set()


@settings(deadline=None)
@given(
    SOME,
    NOT_CANCELLED,
    st.sampled_from([("songs", "get"), ("embeddings", "find"), ("storage", "describe")]),
)
def test_the_others_are_read_back(bad: set[int], error: Error, call: tuple[str, str]) -> None:
    report = migrated(Faulty(*call, titles(bad), error))
    assert left_out(report, Model.SONG) == set()
    assert report.verified is not None
    counts = {each.model: (each.found, each.expected) for each in report.verified.counts}
    lost = len(bad) if call[0] == "songs" else 0
    assert counts[Model.SONG] == (FEW + 1 - lost, FEW + 1)
    assert counts[Model.TASK] == (FEW, FEW)
    faulty = {each for each in titles(bad) if any(each in f for f in report.verified.faults)}
    assert faulty == titles(bad)
    whole = titles(set(range(1, FEW + 1)) - bad)
    assert not any(each in fault for fault in report.verified.faults for each in whole)
