"""The artifact cache on the local disk, its copies in the storage, and other processes."""

import asyncio
import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.memory.storage import MemoryStorage
from adapters.storage.artifact_cache import FOLDER, LocalArtifactCache
from domain.shared.errors import SpoiledFile, StorageFailed

pytestmark = pytest.mark.anyio


def shelf_at(root: Path, storage: MemoryStorage, most: int = 10**9) -> LocalArtifactCache:
    return LocalArtifactCache(root / "cache", storage, most)


def entries_in(root: Path) -> set[str]:
    return {path.name for path in (root / "cache").iterdir() if path.is_file()}


def read(path: Path) -> bytes:
    content = path.read_bytes()
    if content.startswith(b"spoiled"):
        raise SpoiledFile
    return content


async def take(
    artifacts: LocalArtifactCache, root: Path, key: str, content: bytes = b"x" * 100
) -> bytes:
    async def make(into: Path) -> None:
        into.write_bytes(content)  # noqa: ASYNC240

    into = root / f"given-{key}-{time.monotonic_ns()}"
    return await artifacts.get_or_create(key, into, make, read)


async def test_what_was_asked_for_last_stays_within_the_limit(tmp_path: Path) -> None:
    artifacts = shelf_at(tmp_path, MemoryStorage(), most=3 * 4096)
    for key in ("a", "b", "c"):
        await take(artifacts, tmp_path, key)
    await take(artifacts, tmp_path, "a")
    await take(artifacts, tmp_path, "d")
    assert entries_in(tmp_path) == {"a", "c", "d"}


async def test_what_this_machine_forgot_comes_from_the_storage(tmp_path: Path) -> None:
    storage = MemoryStorage()
    await take(shelf_at(tmp_path / "one", storage), tmp_path, "key", b"made by one")
    assert storage.objects == {f"{FOLDER}/key": b"made by one"}
    assert await take(shelf_at(tmp_path / "two", storage), tmp_path, "key", b"other") == (
        b"made by one"
    )


async def test_what_is_spoiled_in_the_storage_is_made_again_and_replaced(tmp_path: Path) -> None:
    storage = MemoryStorage({f"{FOLDER}/key": b"spoiled by somebody"})
    assert await take(shelf_at(tmp_path, storage), tmp_path, "key", b"made again") == b"made again"
    assert storage.objects == {f"{FOLDER}/key": b"made again"}


async def test_what_is_spoiled_on_the_disk_alone_comes_back_from_the_storage(
    tmp_path: Path,
) -> None:
    storage = MemoryStorage()
    artifacts = shelf_at(tmp_path, storage)
    await take(artifacts, tmp_path, "key", b"good")
    (tmp_path / "cache" / "key").unlink()
    (tmp_path / "cache" / "key").write_bytes(b"spoiled")
    assert await take(artifacts, tmp_path, "key", b"other") == b"good"


@pytest.mark.parametrize("key", ["", "..", "a/b", "A", "a" * 101, "a\n"])
async def test_a_key_that_is_none_is_an_error_of_the_program(tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError, match="no key"):
        await take(shelf_at(tmp_path, MemoryStorage()), tmp_path, key)


async def test_a_disk_that_fails_is_named_without_its_folders(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("no folder")
    with pytest.raises(StorageFailed) as failed:
        await take(shelf_at(tmp_path, MemoryStorage()), tmp_path, "key")
    assert str(tmp_path) not in str(failed.value)


async def test_what_a_dead_process_left_unfinished_is_removed(tmp_path: Path) -> None:
    artifacts = shelf_at(tmp_path, MemoryStorage())
    await take(artifacts, tmp_path, "key")
    making = tmp_path / "cache" / "making"
    (making / "old").write_text("half")
    (making / ".old.bench").mkdir()
    (making / ".old.bench" / "cut.mp4").write_text("half")
    (making / "new").write_text("half")
    for name in ("old", ".old.bench"):
        os.utime(making / name, (1, 1))
    await artifacts.remove_leftovers(timedelta(hours=1))
    assert {path.name for path in making.iterdir()} == {"new"}
    assert entries_in(tmp_path) == {"key"}


OTHER_PROCESS = """
import asyncio, sys
from pathlib import Path
from adapters.memory.storage import MemoryStorage
from adapters.storage.artifact_cache import LocalArtifactCache

async def make(into):
    into.write_text("half")
    print("making", flush=True)
    sys.stdin.readline()
    into.write_text("made by the other")

async def main(root, key="key"):
    shelf = LocalArtifactCache(root / "cache", MemoryStorage(), 10**9)
    await shelf.get_or_create(key, root / f"theirs-{key}", make, Path.read_text)

asyncio.run(main(Path(sys.argv[1]), *sys.argv[2:]))
"""


async def test_what_a_killed_process_was_making_goes_and_what_a_living_one_makes_stays(
    tmp_path: Path,
) -> None:
    making = tmp_path / "cache" / "making"
    others: list[asyncio.subprocess.Process] = []
    for name in ("dying", "living"):
        other = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", OTHER_PROCESS, str(tmp_path), name),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert other.stdout is not None
        assert await other.stdout.readline() == b"making\n"
        others.append(other)
    dying, living = others
    artifacts = shelf_at(tmp_path, MemoryStorage())
    await artifacts.remove_leftovers()
    assert sorted(each.name for each in making.glob("*/*")) == ["dying", "living"]
    dying.kill()
    await dying.wait()
    await artifacts.remove_leftovers()
    assert [each.name for each in making.glob("*/*")] == ["living"]
    assert living.stdin is not None
    living.stdin.write(b"go on\n")
    assert await living.wait() == 0
    assert list(making.iterdir()) == []
    assert entries_in(tmp_path) == {"living"}


@pytest.mark.parametrize("ends", ["well", "killed"])
async def test_another_process_that_makes_the_same_is_waited_for(tmp_path: Path, ends: str) -> None:
    other = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", OTHER_PROCESS, str(tmp_path)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert other.stdin is not None
    assert other.stdout is not None
    assert await other.stdout.readline() == b"making\n"
    ours = asyncio.create_task(take(shelf_at(tmp_path, MemoryStorage()), tmp_path, "key", b"ours"))
    # There is no telling that it waits but that it is not done when it could have been.
    await asyncio.wait([ours], timeout=0.2)
    assert not ours.done()
    if ends == "well":
        other.stdin.write(b"go on\n")
    else:
        other.kill()
    assert await ours == (b"made by the other" if ends == "well" else b"ours")
    await other.wait()


async def test_waiting_for_another_process_can_be_given_up(tmp_path: Path) -> None:
    other = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", OTHER_PROCESS, str(tmp_path)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert other.stdout is not None
    assert await other.stdout.readline() == b"making\n"
    ours = asyncio.create_task(take(shelf_at(tmp_path, MemoryStorage()), tmp_path, "key"))
    await asyncio.wait([ours], timeout=0.2)
    ours.cancel()
    await asyncio.wait([ours])
    assert ours.cancelled()
    other.kill()
    await other.wait()


@pytest.mark.parametrize("evicted", [True, False])
async def test_what_is_evicted_from_the_storage_while_it_is_read_is_made_again(
    tmp_path: Path, evicted: bool
) -> None:
    """A storage that fails otherwise is no reason to make it again."""

    class Evicting(MemoryStorage):
        async def fetch(self, path: str, into: Path) -> None:
            if path in self.objects:
                if evicted:
                    del self.objects[path]
                raise StorageFailed
            await super().fetch(path, into)

    storage = Evicting({f"{FOLDER}/key": b"older"})
    artifacts = shelf_at(tmp_path, storage)
    if evicted:
        assert await take(artifacts, tmp_path, "key", b"made anew") == b"made anew"
        assert storage.objects == {f"{FOLDER}/key": b"made anew"}
        return
    with pytest.raises(StorageFailed):
        await take(artifacts, tmp_path, "key", b"made anew")
    assert storage.objects == {f"{FOLDER}/key": b"older"}
