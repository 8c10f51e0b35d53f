"""The cache keeps within its limit of the disk, and nothing fails of it."""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections import OrderedDict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.memory.storage import MemoryStorage
from adapters.storage.artifact_cache import LocalArtifactCache
from adapters.storage.evictor import Evictor
from adapters.storage.local import LocalStorage

pytestmark = pytest.mark.anyio

BLOCK = 4096
"""Bytes of the disk that the smallest file takes, on the disks that tests run on."""


def on_disk(*folders: Path) -> int:
    """Bytes of the disk, each file counted once whatever its names."""
    files = [file.stat() for folder in folders for file in folder.rglob("*") if file.is_file()]
    return sum({each.st_ino: each.st_blocks * 512 for each in files}.values())


async def make(artifacts: LocalArtifactCache, key: str, into: Path, size: int = 1000) -> int:
    async def make(at: Path) -> None:
        at.write_bytes(os.urandom(size))  # noqa: ASYNC240

    return await artifacts.get_or_create(key, into, make, lambda file: file.stat().st_size)


async def test_many_at_once_at_the_limit_all_get_their_files(tmp_path: Path) -> None:
    artifacts = LocalArtifactCache(tmp_path / "cache", MemoryStorage(), 2 * BLOCK)
    out = tmp_path / "out"
    out.mkdir()
    for turn in range(12):
        keys = [f"k-{turn}-{number}" for number in range(16)]
        sizes = await asyncio.gather(*(make(artifacts, key, out / key) for key in keys))
        assert sizes == [1000] * 16
    assert len(list(out.iterdir())) == 192
    assert on_disk(tmp_path / "cache") <= 2 * BLOCK


async def test_what_is_evicted_is_freed_though_media_lie_on_the_same_disk(tmp_path: Path) -> None:
    LocalStorage(tmp_path / "media")
    artifacts = LocalArtifactCache(tmp_path / "cache", None, 3 * BLOCK)
    for number in (*range(12), 0, 1):
        await make(artifacts, f"k-{number}", tmp_path / "given")
        (tmp_path / "given").unlink()
    assert on_disk(tmp_path) <= 3 * BLOCK


async def test_one_that_is_larger_than_the_limit_is_given_out_and_not_kept(tmp_path: Path) -> None:
    artifacts = LocalArtifactCache(tmp_path / "cache", None, 3 * BLOCK)
    assert await make(artifacts, "large", tmp_path / "given", 10 * BLOCK) == 10 * BLOCK
    assert (tmp_path / "given").stat().st_size == 10 * BLOCK
    assert on_disk(tmp_path / "cache") == 0


async def test_a_limit_that_was_lowered_holds_from_the_next_start_on(tmp_path: Path) -> None:
    artifacts = LocalArtifactCache(tmp_path / "cache", None, 10 * BLOCK)
    for number in range(8):
        await make(artifacts, f"k-{number}", tmp_path / f"given-{number}")
    await LocalArtifactCache(tmp_path / "cache", None, 3 * BLOCK).remove_leftovers()
    names = {file.name for file in (tmp_path / "cache").iterdir() if file.is_file()}
    assert names == {"k-5", "k-6", "k-7"}


async def test_a_folder_that_cannot_be_listed_fails_no_film(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(folder: object) -> None:
        raise OSError(5, "Input/output error")

    artifacts = LocalArtifactCache(tmp_path / "cache", None, BLOCK)
    await make(artifacts, "a", tmp_path / "a")
    evictor = Evictor(tmp_path / "cache", 0)
    with monkeypatch.context() as broken:
        broken.setattr("adapters.storage.evictor.os.scandir", refuse)
        evictor.entered("a")
    assert "could not be kept within its limit: Input/output error" in caplog.text
    evictor.entered("a")
    assert on_disk(tmp_path / "cache") == 0


def test_what_another_process_adds_at_the_same_time_is_counted_a_minute_later(
    tmp_path: Path,
) -> None:
    now = 0.0
    evictor = Evictor(tmp_path, 4 * BLOCK, lambda: now)
    for number in range(3):
        _write(tmp_path / f"ours-{number}", 1, 10 + number)
        # Between a listing and our own next file, and never again.
        _write(tmp_path / f"theirs-{number}", 1, number)
        evictor.entered(f"ours-{number}")
    now = 61.0
    _write(tmp_path / "ours-3", 1, 20)
    evictor.entered("ours-3")
    assert on_disk(tmp_path) <= 4 * BLOCK
    assert {file.name for file in tmp_path.iterdir() if file.is_file()} == {
        f"ours-{number}" for number in range(4)
    }


OTHER = """
import sys, time
from pathlib import Path
from adapters.storage.evictor import Evictor
root, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
evictor = Evictor(root, 20 * 4096)
for number in range(count):
    file = root / f"{name}-{number}"
    file.write_bytes(bytes(1000))
    evictor.entered(file.name)
evictor.trim()
"""


def test_several_processes_keep_one_limit(tmp_path: Path) -> None:
    root = tmp_path / "cache"
    root.mkdir()
    command = [sys.executable, "-c", OTHER, str(root)]
    running = [subprocess.Popen([*command, name, "300"], stderr=subprocess.PIPE) for name in "abc"]
    for process in running:
        _, errors = process.communicate(timeout=60)
        assert (process.returncode, errors) == (0, b"")
    Evictor(root, 20 * BLOCK).trim()
    assert 0 < on_disk(root) <= 20 * BLOCK


steps = st.tuples(
    st.sampled_from(["enter", "enter", "use", "remove", "foreign", "restart", "trim"]),
    st.integers(0, 9),
    st.integers(1, 4),
)


@given(steps=st.lists(steps, max_size=40), most=st.integers(0, 8))
def test_it_does_what_a_model_of_it_does(steps: list[tuple[str, int, int]], most: int) -> None:
    """Of one process. A file of another, or one removed by hand, is found at the next look."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        evictor = Evictor(root, most * BLOCK)
        model: OrderedDict[str, int] = OrderedDict()
        moment = 0
        for what, number, blocks in steps:
            name, moment = f"k-{number}", moment + 1
            if what == "enter":
                _write(root / name, blocks, moment)
                model[name] = blocks
                model.move_to_end(name)
                evictor.entered(name)
            elif what == "use" and name in model:
                os.utime(root / name, (moment, moment))
                model.move_to_end(name)
                evictor.used(name)
            elif what == "remove":
                (root / name).unlink(missing_ok=True)
                model.pop(name, None)
                evictor.trim()
            elif what == "foreign":
                _write(root / name, blocks, moment)
                model[name] = blocks
                model.move_to_end(name)
                evictor.trim()
            elif what == "restart":
                evictor = Evictor(root, most * BLOCK)
                evictor.trim()
            while sum(model.values()) > most:
                model.popitem(last=False)
            assert {file.name for file in root.iterdir() if file.is_file()} == set(model)


def _write(file: Path, blocks: int, moment: int) -> None:
    file.unlink(missing_ok=True)
    file.write_bytes(bytes(blocks * BLOCK))
    os.utime(file, (moment, moment))
