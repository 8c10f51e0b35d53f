"""The fast lane holds fast tests alone, and workers are as many as cores."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from application.concurrency import cores
from tests import workers
from tests.fast_lane import FOLDERS, ROOT

GUARDED = """
import socket, subprocess, sys

def test_starts_a_program():
    subprocess.run(["true"])

def test_listens():
    with socket.socket() as port:
        port.bind(("127.0.0.1", 0))

def test_starts_this_python():
    subprocess.run([sys.executable, "-c", ""], check=True)
"""


def pytest_on(*arguments: str) -> str:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    done = subprocess.run(command, cwd=ROOT.parent, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


HOOKS = "\n".join(
    line.replace("= fast_lane.", "= __import__('tests.fast_lane', fromlist=['x']).")
    for line in (ROOT / "conftest.py").read_text().splitlines()
    if "= fast_lane.pytest_runtest" in line
)
"""The lines of the conftest that put the guard to work."""


def test_the_folders_of_the_fast_lane_are_there() -> None:
    assert [folder for folder in FOLDERS if not (ROOT / folder).is_dir()] == []


@pytest.mark.parametrize(
    ("arguments", "number"),
    [
        (["tests"], 4),
        (["tests/rules", "tests/api"], 4),
        (["tests/rules/test_ids.py", "tests/rules/test_limits.py"], 4),
        (["tests/rules/test_ids.py"], 0),
        (["tests/rules/test_ids.py::test_one", "tests/rules/test_ids.py::test_two[a.b/c]"], 0),
    ],
)
def test_a_single_file_is_run_without_workers(arguments: list[str], number: int) -> None:
    assert workers.number(arguments, cores=4, debugging=False) == number


def test_workers_are_as_many_as_cores_within_a_limit() -> None:
    numbers = {each: workers.number(["tests"], each, debugging=False) for each in (1, 2, 8, 64)}
    assert numbers == {1: 0, 2: 2, 8: 8, 64: workers.MOST}
    assert workers.number(["tests"], 64, debugging=True) == 0


def chosen(arguments: list[str], **options: Any) -> int | None:
    """The number of workers of a run with these options."""
    fields: dict[str, Any] = {
        "numprocesses": None,
        "usepdb": False,
        "trace": False,
        "tx": [],
        **options,
    }
    config: Any = SimpleNamespace(args=arguments, option=SimpleNamespace(**fields))
    workers.pytest_cmdline_main(config)
    return config.option.numprocesses


def test_what_the_options_say_of_workers_holds() -> None:
    assert chosen(["tests"], numprocesses=0) == 0
    assert chosen(["tests"], numprocesses=3) == 3
    assert chosen(["tests"], tx=["popen"]) is None


@pytest.mark.parametrize("option", ["usepdb", "trace"])
def test_a_debugger_can_be_had(option: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "usable_cores", lambda: 4)
    assert chosen(["tests"]) == 4
    assert chosen(["tests"], **{option: True}) == 0


def test_a_fast_test_that_starts_a_program_or_a_server_fails(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(
        f"import sys; sys.path.insert(0, {str(ROOT.parent)!r})\n"
        "import pytest\n"
        f"{HOOKS}\n"
        "def pytest_configure(config): config.addinivalue_line('markers', 'fast: f')\n"
        "def pytest_collection_modifyitems(items):\n"
        "    for item in items: item.add_marker(pytest.mark.fast)\n"
    )
    (tmp_path / "test_guarded.py").write_text(GUARDED)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    output = pytest_on(str(tmp_path), "-c", str(tmp_path / "pytest.ini"))
    assert "2 failed, 1 passed" in output, output
    assert "This test starts true: mark it `slow`" in output


def test_a_fast_test_is_not_blamed_for_servers_that_end_after_it(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(
        f"import sys; sys.path.insert(0, {str(ROOT.parent)!r})\n"
        "import subprocess\n"
        "import pytest\n"
        f"{HOOKS}\n"
        "def pytest_configure(config): config.addinivalue_line('markers', 'fast: f')\n"
        "@pytest.fixture(scope='session')\n"
        "def server():\n"
        "    yield\n"
        "    subprocess.run(['true'])\n"
    )
    (tmp_path / "test_last.py").write_text(
        "import pytest\ndef test_slow(server): pass\n@pytest.mark.fast\ndef test_fast(): pass\n"
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    output = pytest_on(str(tmp_path), "-c", str(tmp_path / "pytest.ini"))
    assert "2 passed" in output, output
    assert "error" not in output, output


def test_in_the_fast_lane_no_test_needs_a_server_or_ffmpeg() -> None:
    files = ("tests/api/test_removing_again.py", "tests/cases/test_doctor.py")
    output = pytest_on("-m", "fast", "--collect-only", *files)
    assert "test_a_second_removal_ends_what_the_first_began[memory-" in output
    assert "test_a_second_removal_ends_what_the_first_began[s3-" not in output
    assert "test_an_ffmpeg_that_is_too_old_is_named" not in output


class Answering:
    """A function of the system that always gives the same."""

    def __init__(self, answer: object) -> None:
        self._answer = answer

    def __call__(self, *_: object) -> Any:
        return self._answer


@pytest.mark.parametrize(
    ("process_count", "affinity", "count", "number"),
    [(3, 2, 8, 3), (None, 2, 8, 2), (None, None, 8, 8), (None, None, None, 1)],
)
def test_cores_are_counted_on_every_system(
    monkeypatch: pytest.MonkeyPatch,
    process_count: int | None,
    affinity: int | None,
    count: int | None,
    number: int,
) -> None:
    for name, answer in (("process_cpu_count", process_count), ("sched_getaffinity", affinity)):
        monkeypatch.delattr(cores.os, name, raising=False)
        if answer is not None:
            counted: Any = {"process_cpu_count": answer, "sched_getaffinity": range(answer)}[name]
            monkeypatch.setattr(cores.os, name, Answering(counted), raising=False)
    monkeypatch.setattr(cores.os, "cpu_count", lambda: count)
    assert cores.usable_cores() == number
