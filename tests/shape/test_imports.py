"""The allowed imports between modules, and no work at import."""

import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SLOW = (
    "litestar",
    "uvicorn",
    "librosa",
    "scipy",
    "numba",
    "av",
    "faiss",
    "google.genai",
    "blend2d",
    "matplotlib",
    "alembic",
    "aioboto3",
    "botocore",
    "aiohttp",
)
STARTED = (
    "_thread.start_new_thread",
    "os.fork",
    "os.mkdir",
    "socket.connect",
    "sqlite3.connect",
    "subprocess.Popen",
)


def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_the_import_contracts_are_kept() -> None:
    linted = python(
        "import sys; from importlinter import cli; sys.exit(cli.lint_imports(no_cache=True))"
    )
    assert linted.returncode == 0, linted.stdout + linted.stderr


@cache
def imported(module: str) -> tuple[set[str], str]:
    """The slow libraries that importing a module loads, and whatever it starts or writes."""
    ran = python(
        "import sys; sys.dont_write_bytecode = True; seen = []\n"
        f"started = {STARTED!r}\n"
        "def hook(event, args):\n"
        "    mode = args[1] if event == 'open' and isinstance(args[1], str) else ''\n"
        "    if event in started or set(mode) & set('wax+'):\n"
        "        seen.append((event, args))\n"
        "sys.addaudithook(hook)\n"
        f"import {module}\n"
        f"print(*(set({SLOW!r}) & set(sys.modules)))\n"
        "print(seen or '')\n"
    )
    assert ran.returncode == 0, ran.stderr
    loaded, _, seen = ran.stdout.partition("\n")
    return set(loaded.split()), seen.strip()


def test_the_command_line_starts_without_slow_libraries() -> None:
    assert imported("entrypoints.cli.main")[0] == set()


def test_the_server_starts_without_the_libraries_of_single_tasks() -> None:
    assert imported("entrypoints.http.app")[0] <= {"litestar"}


@pytest.mark.parametrize("module", ["entrypoints.cli.main", "entrypoints.http.app"])
def test_importing_writes_no_file_and_starts_nothing(module: str) -> None:
    assert imported(module)[1] == ""
