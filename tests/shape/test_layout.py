"""The places and the sizes of files."""

import ast
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import entrypoints

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src"
TESTS = ROOT / "tests"
MODULES = sorted(SRC.rglob("*.py"))
MOST_LINES = 300
MOST_BYTES = 1_000_000


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def folders_of_tests() -> list[Path]:
    return [path for path in TESTS.rglob("*") if path.is_dir() and path.name != "__pycache__"]


def test_entrypoints_is_ours_and_not_the_package_of_that_name() -> None:
    assert Path(str(entrypoints.__file__)).resolve().is_relative_to(SRC)


def test_no_folder_of_the_tests_is_named_like_a_package() -> None:
    packages = {path.name for path in SRC.iterdir() if path.is_dir()}
    assert [name(path) for path in folders_of_tests() if path.name in packages] == []


def test_every_folder_of_the_tests_is_a_package() -> None:
    holding = [path for path in [TESTS, *folders_of_tests()] if list(path.glob("*.py"))]
    assert [name(path) for path in holding if not (path / "__init__.py").exists()] == []


def test_every_folder_of_modules_is_a_package() -> None:
    folders = {path.parent for path in MODULES}
    assert [name(path) for path in folders if not (path / "__init__.py").exists()] == []


def test_no_module_is_longer_than_can_be_read() -> None:
    lengths = {name(path): len(path.read_text().splitlines()) for path in MODULES}
    assert {path: lines for path, lines in lengths.items() if lines > MOST_LINES} == {}


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_begins_with_what_it_is_in_one_sentence(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text()))
    assert docstring
    first = docstring.split("\n\n")[0]
    assert first.endswith(".")
    assert re.search(r"\.\s+[A-Z]", first) is None


def test_packages_hand_nothing_on() -> None:
    opening = [path for path in MODULES if path.name == "__init__.py"]
    assert [name(path) for path in opening if len(ast.parse(path.read_text()).body) != 1] == []


def test_no_tracked_file_is_large() -> None:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("this is no git work tree")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True)  # noqa: S607
    # With the addresses that uv writes into it, the lock file is larger than as it is committed.
    names = set(listed.stdout.decode().split("\0")) - {"", "uv.lock"}
    files = [ROOT / each for each in names]
    sizes = {name(path): path.stat().st_size for path in files if path.is_file()}
    assert {path: size for path, size in sizes.items() if size > MOST_BYTES} == {}
