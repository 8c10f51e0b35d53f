"""A full or a read-only disk says so, wherever it is met, and works again when there is room."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Generator
from pathlib import Path
from uuid import UUID

import pytest

from adapters.database.engine import open_database
from adapters.memory.storage import MemoryStorage
from adapters.storage.artifact_cache import LocalArtifactCache
from adapters.storage.local import LocalStorage
from adapters.storage.workspace import LocalWorkspace
from domain.blueprint.model import OutputConfig
from domain.shared.errors import DiskFull, DiskReadOnly, StorageFailed
from entrypoints.cli.exit_codes import DISK
from tests.media import ffmpeg_encoder
from tests.world.small_disk import SmallDisk, small_disk

pytestmark = pytest.mark.anyio

TASK = UUID(int=7)
PATIENCE = 120
"""Seconds a command may take to say what is wrong."""

Use = Callable[[Path, Path], Awaitable[object]]


@pytest.fixture
def disk() -> Generator[SmallDisk]:
    with small_disk(1_000_000) as mounted:
        yield mounted


async def put(root: Path, source: Path) -> None:
    await LocalStorage(root / "media").put(source, "songs/a.mp3")


async def fetch(root: Path, _: Path) -> None:
    await MemoryStorage({"a.mp3": bytes(2_000_000)}).fetch("a.mp3", root / "fetched")


async def store_ready(root: Path, _: Path) -> None:
    await LocalStorage(root / "media").ready()


async def work(root: Path, _: Path) -> None:
    async with LocalWorkspace(root / "work").take(TASK):
        pass


async def work_ready(root: Path, _: Path) -> None:
    await LocalWorkspace(root / "work").ready()


async def shelve(root: Path, source: Path) -> None:
    async def make(into: Path) -> None:
        await LocalStorage(source.parent).fetch(source.name, into)

    artifacts = LocalArtifactCache(root / "cache", MemoryStorage(), 1_000_000_000)
    await artifacts.get_or_create("key", root / "taken", make, Path.read_bytes)


async def open_the_database(root: Path, _: Path) -> None:
    async with open_database(f"sqlite:///{root / 'bachata.db'}"):
        pass


async def encode(root: Path, _: Path) -> None:
    into = root / "sample.mp4"
    await ffmpeg_encoder(1).sample(OutputConfig(output_path="a.mp4"), into)


WRITERS = [put, fetch, store_ready, work, work_ready, shelve, open_the_database, encode]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / "source"
    file.write_bytes(bytes(2_000_000))
    return file


@pytest.mark.parametrize("use", [put, fetch, shelve, open_the_database, encode])
async def test_a_full_disk_says_so(use: Use, disk: SmallDisk, source: Path) -> None:
    for name in ("media", "work", "cache"):
        (disk.root / name).mkdir()
    disk.fill()
    with pytest.raises(DiskFull, match="The disk is full: free some space"):
        await use(disk.root, source)


@pytest.mark.parametrize("use", WRITERS)
async def test_a_read_only_disk_says_so(use: Use, disk: SmallDisk, source: Path) -> None:
    disk.lock()
    with pytest.raises(DiskReadOnly, match="The disk is read-only"):
        await use(disk.root, source)


async def test_what_failed_on_a_full_disk_is_done_once_there_is_room(disk: SmallDisk) -> None:
    small = disk.root / "small"
    small.write_bytes(b"a song")
    disk.fill()
    with pytest.raises(StorageFailed):
        await put(disk.root, small)
    disk.make_room()
    await put(disk.root, small)
    stored = await LocalStorage(disk.root / "media").describe("songs/a.mp3")
    assert stored.size == 6


async def test_a_database_whose_disk_became_read_only_says_so(disk: SmallDisk) -> None:
    await open_the_database(disk.root, disk.root)
    disk.lock()
    with pytest.raises(DiskReadOnly):
        await open_the_database(disk.root, disk.root)


def output_of(data: Path, *command: str) -> tuple[int | None, str]:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("bachata-buddy")), *command],
        env={**os.environ, "BACHATA_DATA_DIR": str(data), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return done.returncode, done.stderr


COMMANDS = [("serve", "--port", "18765"), ("demo",), ("generate", "--song", "x")]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: each[0])
@pytest.mark.parametrize("full", [True, False], ids=["full", "read-only"])
async def test_a_command_says_what_is_the_matter_with_the_disk(
    command: tuple[str, ...], full: bool, disk: SmallDisk
) -> None:
    disk.fill() if full else disk.lock()
    status, words = await asyncio.to_thread(output_of, disk.root / "var", *command)
    assert status == DISK
    assert ("The disk is full" if full else "The disk is read-only") in words
    assert "Traceback" not in words
    assert str(disk.root) not in words
