"""Properties of files on a disk alone: links, kills, cancelled copies, full disks."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.storage import folders
from adapters.storage.local import LocalStorage
from domain.shared.errors import MediaNotFound, MediaTaken, StorageFailed, UnsafePath

pytestmark = pytest.mark.anyio

PUT = """
import asyncio, sys
from pathlib import Path
from adapters.storage.local import LocalStorage
asyncio.run(LocalStorage(Path(sys.argv[1])).put(Path(sys.argv[2]), sys.argv[3]))
"""
PUT_ON_A_FULL_DISK = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "media"


@pytest.fixture
def storage(root: Path) -> LocalStorage:
    return LocalStorage(root)


def written(file: Path, content: bytes) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def pipe(tmp_path: Path) -> Path:
    """Make a source that gives bytes only as the test writes them."""
    source = tmp_path / "pipe"
    os.mkfifo(source)
    return source


def feed(source: Path, content: bytes) -> int:
    """Open a pipe, once its reader is there, and write into it."""
    sink = os.open(source, os.O_WRONLY)
    os.write(sink, content)
    return sink


def files_in(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*")) if folder.exists() else []


def incoming(root: Path) -> list[int]:
    """Sizes of the files that are not whole yet."""
    return [file.stat().st_size for file in files_in(root / ".incoming") if file.is_file()]


async def until(holds: Callable[[], bool]) -> None:
    while not holds():  # noqa: ASYNC110 - a file that grows in another thread sends no event
        await asyncio.sleep(0.001)


def reached(storage: LocalStorage, path: str, into: Path) -> list[Callable[[], Awaitable[object]]]:
    """Every way to a path."""

    async def read() -> None:
        async for _ in storage.read(path, 0, 9):
            pass

    return [
        lambda: storage.describe(path),
        lambda: storage.fetch(path, into),
        lambda: storage.delete(path),
        lambda: storage.put(into.with_name("given"), path),
        read,
    ]


@pytest.mark.parametrize(
    ("link", "target", "path"),
    [
        ("out", "..", "out/secret"),
        ("a/out", "../..", "a/out/secret"),
        ("secret", "../secret", "secret"),
        ("secret", "nowhere", "secret"),
        ("inside", "real", "inside/file"),
        ("file", "real/file", "file"),
        ("loop", "loop", "loop"),
        ("loop", "loop", "loop/file"),
    ],
)
async def test_no_link_is_followed(
    storage: LocalStorage, root: Path, tmp_path: Path, link: str, target: str, path: str
) -> None:
    secret = written(tmp_path / "secret", b"secret")
    written(tmp_path / "given", b"given")
    written(root / "real" / "file", b"real")
    (root / link).parent.mkdir(exist_ok=True)
    (root / link).symlink_to(target)
    before = files_in(tmp_path)
    for reach in reached(storage, path, tmp_path / "into"):
        with pytest.raises(UnsafePath):
            await reach()
    assert [file for file in files_in(tmp_path) if ".incoming" not in file.parts] == before
    assert secret.read_bytes() == b"secret"
    assert (root / "real" / "file").read_bytes() == b"real"


async def test_a_linked_incoming_folder_is_refused(
    storage: LocalStorage, root: Path, tmp_path: Path
) -> None:
    written(root / "a", b"x")
    written(tmp_path / "elsewhere" / "b", b"x")
    (root / ".incoming").symlink_to("../elsewhere")
    with pytest.raises(UnsafePath):
        await storage.put(written(tmp_path / "given", b"x"), "c")
    assert files_in(tmp_path / "elsewhere") == [tmp_path / "elsewhere" / "b"]


async def test_a_folder_swapped_for_a_link_leads_nowhere(
    storage: LocalStorage, root: Path, tmp_path: Path
) -> None:
    written(tmp_path / "outside" / "file", b"secret")
    written(root / "a" / "file", b"ours")
    (root / "link").symlink_to("../outside")
    stop = threading.Event()

    def swap() -> None:
        while not stop.is_set():
            (root / "a").rename(root / "folder")
            (root / "link").rename(root / "a")
            (root / "a").rename(root / "link")
            (root / "folder").rename(root / "a")

    swapping = threading.Thread(target=swap)
    swapping.start()
    try:
        for _ in range(200):
            try:
                got = b"".join([chunk async for chunk in storage.read("a/file", 0, 9)])
            except (UnsafePath, MediaNotFound):
                continue
            assert got == b"ours"
    finally:
        stop.set()
        swapping.join()


async def test_the_root_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "media").symlink_to("disk")
    storage = LocalStorage(tmp_path / "media")
    await storage.put(written(tmp_path / "given", b"x"), "a")
    assert (tmp_path / "disk" / "a").read_bytes() == b"x"


async def test_what_is_no_regular_file_is_not_found(
    storage: LocalStorage, root: Path, tmp_path: Path
) -> None:
    written(root / "a", b"x")
    os.mkfifo(root / "pipe")
    with pytest.raises(MediaNotFound):
        await storage.fetch("pipe", tmp_path / "into")


async def test_a_root_that_is_a_file_fails(
    storage: LocalStorage, root: Path, tmp_path: Path
) -> None:
    written(root, b"a file")
    written(tmp_path / "given", b"x")
    for reach in reached(storage, "a", tmp_path / "into"):
        with pytest.raises(StorageFailed) as failed:
            await reach()
        assert str(tmp_path) not in str(failed.value)


async def test_a_killed_put_leaves_nothing_to_see(
    storage: LocalStorage, root: Path, tmp_path: Path
) -> None:
    source = pipe(tmp_path)
    child = subprocess.Popen([sys.executable, "-c", PUT, root, source, "a/b"])  # noqa: ASYNC220
    sink = await asyncio.to_thread(feed, source, b"x" * 50_000)
    try:
        await until(lambda: incoming(root) == [50_000])
        child.send_signal(signal.SIGKILL)
        await asyncio.to_thread(child.wait)
    finally:
        os.close(sink)
    with pytest.raises(MediaNotFound):
        await storage.describe("a/b")
    assert await storage.remove_leftovers() == 1
    assert files_in(root) == [root / ".incoming"]
    await storage.put(written(tmp_path / "given", b"whole"), "a/b")
    assert (await storage.describe("a/b")).size == 5


async def test_what_another_process_is_storing_is_not_removed(
    storage: LocalStorage, root: Path, tmp_path: Path
) -> None:
    source = pipe(tmp_path)
    child = subprocess.Popen([sys.executable, "-c", PUT, root, source, "a/b"])  # noqa: ASYNC220
    sink = await asyncio.to_thread(feed, source, b"x" * 50_000)
    try:
        await until(lambda: incoming(root) == [50_000])
        assert await storage.remove_leftovers() == 0
    finally:
        os.close(sink)
    assert await asyncio.to_thread(child.wait) == 0
    assert (await storage.describe("a/b")).size == 50_000
    assert await storage.remove_leftovers() == 0


async def test_leftovers_go_when_they_are_old(
    storage: LocalStorage, root: Path, tmp_path: Path
) -> None:
    assert await storage.remove_leftovers() == 0
    fresh = written(root / ".incoming" / "fresh", b"x")
    old = written(root / ".incoming" / "old", b"x")
    two_hours_ago = time.time() - 2 * 3600
    os.utime(old, (two_hours_ago, two_hours_ago))
    await storage.put(written(tmp_path / "given", b"x"), "a")
    os.utime(root / "a", (two_hours_ago, two_hours_ago))
    assert await storage.remove_leftovers() == 1
    assert files_in(root) == [root / ".incoming", fresh, root / "a"]


async def test_a_cancelled_put_leaves_nothing(
    storage: LocalStorage, root: Path, tmp_path: Path
) -> None:
    source = pipe(tmp_path)
    putting = asyncio.create_task(storage.put(source, "a/b"))
    sink = await asyncio.to_thread(feed, source, b"x" * 50_000)
    await until(lambda: incoming(root) == [50_000])
    for _ in range(3):
        putting.cancel()
        await asyncio.sleep(0)
    assert not putting.done()
    os.close(sink)
    with pytest.raises(asyncio.CancelledError):
        await putting
    assert files_in(root) == [root / ".incoming"]


async def test_cancelling_at_any_moment_leaves_nothing(
    storage: LocalStorage, root: Path, tmp_path: Path
) -> None:
    source = written(tmp_path / "given", b"x" * 3_000_000)
    into = tmp_path / "work" / "into"
    into.parent.mkdir()
    await storage.put(source, "kept")
    before = files_in(root)
    for turns in range(30):
        working = [
            asyncio.create_task(storage.put(source, "a/b")),
            asyncio.create_task(storage.fetch("kept", into)),
        ]
        for _ in range(turns):
            await asyncio.sleep(0.0002)
        for each in working:
            each.cancel()
        put, fetched = await asyncio.gather(*working, return_exceptions=True)
        assert (put is None) is (root / "a" / "b").exists()
        assert files_in(into.parent) == ([into] if fetched is None else [])
        into.unlink(missing_ok=True)
        await storage.delete("a/b")
    assert files_in(root) == before


async def test_a_full_disk_is_said_and_leaves_nothing(
    storage: LocalStorage, root: Path, tmp_path: Path
) -> None:
    source = written(tmp_path / "given", b"x" * 1_000_000)
    command = [sys.executable, "-c", PUT_ON_A_FULL_DISK + PUT, root, source, "a/b"]
    child = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    _, errors = await child.communicate()
    last = errors.decode().strip().splitlines()[-1]
    assert last.startswith("domain.shared.errors.StorageFailed: The media storage failed at 'a/b'")
    assert str(tmp_path) not in last
    assert files_in(root) == [root / ".incoming"]
    with pytest.raises(MediaNotFound):
        await storage.describe("a/b")


async def test_two_processes_put_one_path_and_one_wins(root: Path, tmp_path: Path) -> None:
    rivals = [written(tmp_path / name, name.encode() * 200_000) for name in ("one", "two", "six")]
    children = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", PUT, root, rival, "a/b", stderr=asyncio.subprocess.DEVNULL
        )
        for rival in rivals
    ]
    ended = await asyncio.gather(*(child.wait() for child in children))
    assert sorted(ended) == [0, 1, 1]
    assert (root / "a" / "b").read_bytes() == rivals[ended.index(0)].read_bytes()


async def test_a_taken_place_is_refused_before_copying(
    storage: LocalStorage, tmp_path: Path
) -> None:
    await storage.put(written(tmp_path / "given", b"x"), "a")
    # Nobody ever writes into this pipe: to open it would be to wait for ever.
    with pytest.raises(MediaTaken):
        await storage.put(pipe(tmp_path), "a")


async def test_files_have_their_own_names_on_disk(
    storage: LocalStorage, root: Path, tmp_path: Path
) -> None:
    await storage.put(written(tmp_path / "given", b"x"), "clips/é a+b.mp4")
    assert (root / "clips" / "é a+b.mp4").read_bytes() == b"x"


@settings(max_examples=200)
@given(st.lists(st.text("~0aé\u0301.", min_size=1, max_size=300), min_size=2, max_size=5))
def test_two_segments_never_share_a_name(segments: list[str]) -> None:
    names = {segment: folders.names(segment) for segment in segments}
    again = {name: folders.names(name) for (name,) in names.values() if name not in names}
    everything = [name for (name,) in (*names.values(), *again.values())]
    assert len(everything) == len(set(everything))
    assert all(len(name.encode()) <= 255 for name in everything)
