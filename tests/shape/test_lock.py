"""The lock file as it is committed names no index."""

import shutil
import subprocess
from pathlib import Path

import pytest

from scripts import neutral_lock

ROOT = Path(__file__).resolve().parents[2]
SCHEME, LEAF = "https", "simple"
WHEEL = f"{SCHEME}://index.example/p/thing-1.2.3-py3-none-any.whl"
HASH, OTHER = "sha256:" + "a" * 64, "sha256:" + "b" * 64
ADDRESSED = f"""version = 1
requires-python = ">=3.11"

[[package]]
name = "bachata-buddy"
version = "0.1.0"
source = {{ editable = "." }}
dependencies = [
    {{ name = "thing" }},
]

[package.metadata]
requires-dist = [
    {{ name = "thing", specifier = ">=1" }},
    {{ name = "other", extras = ["x"], specifier = ">=2" }},
]

[[package]]
name = "thing"
version = "1.2.3"
source = {{ registry = "{SCHEME}://index.example/{LEAF}" }}
sdist = {{ url = "{SCHEME}://index.example/p/thing-1.2.3.tar.gz", hash = "{HASH}", size = 10 }}
wheels = [
    {{ url = "{WHEEL}", hash = "{HASH}", size = 9 }},
]
"""
NEUTRAL = neutral_lock.neutral(ADDRESSED)

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A scratch repository with a neutral lock file, in place of the project's own."""
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(neutral_lock, "ROOT", tmp_path)
    monkeypatch.setattr(neutral_lock, "LOCK", tmp_path / "uv.lock")
    (tmp_path / "uv.lock").write_text(NEUTRAL)
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "uv.lock")
    git(tmp_path, "commit", "--quiet", "--message", "Lock")
    return tmp_path


def git(folder: Path, *words: str) -> None:
    person = ("-c", "user.name=test", "-c", "user.email=test@example", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *person, *words], cwd=folder, check=True, capture_output=True)  # noqa: S607


def test_a_lock_file_made_neutral_holds_no_address() -> None:
    assert neutral_lock.ADDRESS.search(ADDRESSED.encode())
    assert neutral_lock.ADDRESS.search(NEUTRAL.encode()) is None
    assert "index.example" not in NEUTRAL


def test_made_neutral_twice_it_is_the_same_as_once() -> None:
    assert neutral_lock.neutral(NEUTRAL) == NEUTRAL


def test_made_neutral_it_pins_the_same_versions_and_hashes() -> None:
    assert neutral_lock.contents(NEUTRAL) == neutral_lock.contents(ADDRESSED)
    assert ("thing", "1.2.3", HASH) in neutral_lock.contents(NEUTRAL)


def test_made_neutral_it_is_stale_so_that_uv_resolves_it_again() -> None:
    assert "requires-dist = []\n" in NEUTRAL
    assert "specifier" not in NEUTRAL


def test_the_projects_own_lock_file_can_be_made_neutral() -> None:
    text = (ROOT / "uv.lock").read_text()
    once = neutral_lock.neutral(text)
    assert neutral_lock.ADDRESS.search(once.encode()) is None
    assert neutral_lock.neutral(once) == once
    assert neutral_lock.contents(once) == neutral_lock.contents(text)


@needs_git
def test_a_repository_without_addresses_passes(repository: Path) -> None:
    assert neutral_lock.check() == 0


@needs_git
@pytest.mark.parametrize(
    "line",
    [
        f'index-url = "{SCHEME}://mirror.example/"',
        f"pip install --index {SCHEME}://mirror.example/{LEAF}/ thing",
        f'source = {{ registry = "{SCHEME}://mirror.example" }}',
        f"see {SCHEME}://pypi{'.'}org",
    ],
)
def test_an_address_slipped_into_a_file_is_caught(
    repository: Path, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository / "notes.txt").write_text(f"nothing here\n{line}\n")
    git(repository, "add", "notes.txt")
    assert neutral_lock.check() == 1
    assert "notes.txt:2" in capsys.readouterr().err


@needs_git
def test_a_lock_file_staged_with_addresses_is_caught(repository: Path) -> None:
    (repository / "uv.lock").write_text(ADDRESSED)
    assert neutral_lock.check() == 0
    git(repository, "add", "uv.lock")
    assert neutral_lock.check() == 1


@needs_git
def test_addresses_alone_are_no_difference(repository: Path) -> None:
    (repository / "uv.lock").write_text(ADDRESSED)
    assert neutral_lock.compare() == 0


@needs_git
@pytest.mark.parametrize(("old", "new"), [("1.2.3", "1.2.4"), (HASH, OTHER), ("thing", "thinq")])
def test_another_version_hash_or_name_is_a_difference(
    repository: Path, old: str, new: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository / "uv.lock").write_text(ADDRESSED.replace(old, new))
    assert neutral_lock.compare() == 1
    output = capsys.readouterr().err
    assert old in output
    assert new in output


@needs_git
def test_make_writes_the_neutral_file(repository: Path) -> None:
    (repository / "uv.lock").write_text(ADDRESSED)
    assert neutral_lock.make() == 0
    assert (repository / "uv.lock").read_text() == NEUTRAL


@needs_git
def test_nothing_tracked_here_holds_an_address(capsys: pytest.CaptureFixture[str]) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("this is no git work tree")
    assert neutral_lock.check() == 0, capsys.readouterr().err
