"""Tests of the fast lane, `pytest -m fast`: rules, use cases and the API over memory."""

import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent

FOLDERS = (
    *("rules", "golden", "api", "cases"),
    *("cases/embedding", "cases/index", "cases/jobs"),
)
"""Folders whose tests are fast unless something below says otherwise; folders in them are not."""

SLOW_FIXTURES = frozenset({"s3_server", "postgres_server", "disk"})
"""Fixtures that start a server or mount a disk."""

EXAMPLES = 20
"""Examples of a property test in a run of the fast lane alone; the whole suite tries all."""


def is_fast(item: pytest.Item) -> bool:
    """True for a test that needs no server, no database server, no FFmpeg and no browser."""
    folder = item.path.parent.relative_to(ROOT).as_posix()
    fixtures: tuple[str, ...] = tuple(getattr(item, "fixturenames", ()))
    slow = item.get_closest_marker("slow") is not None
    return folder in FOLDERS and not slow and SLOW_FIXTURES.isdisjoint(fixtures)


def is_alone(config: pytest.Config) -> bool:
    """True for a run of the fast lane."""
    return config.option.markexpr == "fast"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave folders without fast tests unread in a run of the fast lane."""
    if not is_alone(config) or not collection_path.is_dir() or collection_path == ROOT:
        return None
    folder = collection_path.relative_to(ROOT.parent).as_posix().removeprefix("tests/")
    return None if folder in FOLDERS else True


ALLOWED = frozenset({sys.executable, "uname", "fc-list"})
"""Programs that a fast test may start: `platform` asks `uname` once, and Matplotlib asks `fc-list`
where it has not listed the fonts of the machine yet.
"""


class Guard:
    """Fails a fast test that starts a program other than this Python, or listens on a port."""

    def __init__(self) -> None:
        self.on = False
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.on:
            return
        if event == "subprocess.Popen" and str(arguments[0]) not in ALLOWED:
            self._refuse(f"starts {arguments[0]}")
        if event == "socket.bind" and isinstance(arguments[1], tuple):
            self._refuse(f"listens on {arguments[1]}")

    def _refuse(self, deed: str) -> None:
        self.on = False
        pytest.fail(f"This test {deed}: mark it `slow`, it does not belong in the fast lane.")


_guard = Guard()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Guard a fast test and what its fixtures start."""
    _guard.on = item.get_closest_marker("fast") is not None
    try:
        return (yield)
    finally:
        _guard.on = False


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown() -> None:
    """Let the last test of a run end the servers that slow tests before it have started."""
    _guard.on = False
