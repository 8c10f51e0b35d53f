"""Folders of the living are told from those of the dead by their locks, never by a clock."""

import errno
import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path
from threading import Thread

import pytest

from adapters import owned_folders

OTHER = """
import os, sys
from adapters import owned_folders
root = os.open(sys.argv[1], os.O_RDONLY)
with owned_folders.making(root) as own:
    with open(f"{sys.argv[1]}/{own.name}/half", "w") as half:
        half.write("half")
    print(own.name, flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def root(tmp_path: Path) -> Generator[int]:
    opened = os.open(tmp_path, os.O_RDONLY)
    yield opened
    os.close(opened)


def working(folder: Path) -> tuple["subprocess.Popen[str]", str]:
    """A process in the middle of its work, and its folder's name."""
    child = subprocess.Popen(
        [sys.executable, "-c", OTHER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    return child, child.stdout.readline().strip()


def test_of_two_processes_the_dead_ones_folder_goes_at_once(tmp_path: Path) -> None:
    (dying, dead), (living, alive) = working(tmp_path), working(tmp_path)
    # Neither how old a folder is nor how young tells whether it is in use.
    os.utime(tmp_path / alive, (1, 1))
    assert owned_folders.remove_leftovers(tmp_path) == 0
    dying.kill()
    dying.communicate()
    assert (tmp_path / dead / "half").exists()
    assert owned_folders.remove_leftovers(tmp_path) == 1
    assert [each.name for each in tmp_path.iterdir()] == [alive]
    living.communicate("done\n")
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_folder_of_ours_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "making-file").write_text("x")
    (tmp_path / "making-link").symlink_to(tmp_path / "mine")
    before = sorted(tmp_path.iterdir())
    assert owned_folders.remove_leftovers(tmp_path) == 0
    assert sorted(tmp_path.iterdir()) == before
    assert owned_folders.remove_leftovers(tmp_path / "nowhere") == 0


def test_no_moment_of_a_folder_in_use_looks_like_death(tmp_path: Path, root: int) -> None:
    removed: list[int] = []

    def make() -> None:
        for _ in range(100):
            with owned_folders.making(root) as own:
                assert (tmp_path / own.name).exists()

    makers = [Thread(target=make) for _ in range(3)]
    for maker in makers:
        maker.start()
    while any(maker.is_alive() for maker in makers):
        removed.append(owned_folders.remove_leftovers(tmp_path))
    assert sum(removed) == 0
    assert list(tmp_path.iterdir()) == []


def test_where_folders_cannot_be_locked_only_old_ones_go(
    tmp_path: Path, root: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flock(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", flock)
    with owned_folders.making(root) as own:
        assert owned_folders.remove_leftovers(tmp_path) == 0
        assert (tmp_path / own.name).exists()
        old = time.time() - owned_folders.ABANDONED.total_seconds() - 1
        os.utime(tmp_path / own.name, (old, old))
        assert owned_folders.remove_leftovers(tmp_path) == 1


def test_a_process_that_stands_still_is_not_waited_for_for_ever(
    tmp_path: Path, root: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owned_folders, "_PATIENCE", 0.0)
    descriptor = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    with pytest.raises(TimeoutError) as raised:
        owned_folders.make(root, "new")
    assert raised.value.strerror is not None
    os.close(descriptor)
    assert list(tmp_path.iterdir()) == []
