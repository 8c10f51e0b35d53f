"""The contract of every Storage: memory, the local disk, a real S3 server, one like Google's, and
one that counts.
"""

import asyncio
import os
from collections.abc import AsyncGenerator, Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from adapters.memory.storage import MemoryStorage
from adapters.memory.stored_files import MemoryStoredFiles
from adapters.storage.bucket import Limits
from adapters.storage.local import LocalStorage
from adapters.storage.s3 import S3Storage
from adapters.storage.s3_client import S3Client, open_client
from application.ports.storage import Storage
from application.quotas.counted_storage import CountedStorage
from domain.shared.errors import MediaNotFound, MediaTaken, StorageFailed, UnsafePath
from domain.storage.quota import Quota
from tests.world import google_storage

pytestmark = pytest.mark.anyio

UNSAFE = [
    "",
    "/etc/passwd",
    "..",
    "../x",
    "a/../../x",
    "a/..",
    ".",
    "./a",
    "a/./b",
    "a//b",
    "a/",
    "/",
    "a\\..\\b",
    "a\0b",
    "a\nb",
    "a\x7fb",
    "%2e%2e/x",
    "a%2Fb",
    "a%5cb",
    "file:///etc/passwd",
    "C:/x",
    "-rf",
    "a/-rf",
    "\ud800",
    "a" * 501,
    ".incoming",
    ".incoming/x",
]
ODD = [
    "a",
    "a b/c+d/e&f=g.mp4",
    "é.mp4",
    "e\u0301.mp4",
    "\u212b",
    "\u00c5",
    "A",
    "~",
    "~" + "0" * 64,
    ".hidden",
    "...",
    "..a",
    " ",
    "a ",
    "a.",
    "'\"$(x)`*?<>|",
    "\U0001f483" * 64,
    "x" * 255,
    "x" * 256,
    "x" * 255 + "y",
    "é" * 200 + "/" + "é" * 201,
    "/".join("abcdefghij" * 25),
    "z" * 500,
    "/".join("\U0001f57a" * 250),
    "a b+c%20&d=e?f#g;h/\u00f1\u202f\U0010fffd",
]


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """One event loop for all tests here, so that they share a client."""
    return "asyncio"


@pytest.fixture(scope="module")
async def google() -> AsyncGenerator[S3Client]:
    """An open line to a server that refuses what Google refuses."""
    async with (
        google_storage.google_storage() as server,
        open_client(server.bucket, Limits()) as client,
    ):
        yield client


def emptied(client: S3Client) -> S3Client:
    """The same client, of an empty folder."""
    return S3Client(
        client.client, msgspec.structs.replace(client.bucket, folder=uuid4().hex), client.limits
    )


@pytest.fixture(params=["memory", "local", "s3", "gcs", "counted"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    match request.param:
        case "memory":
            return MemoryStorage()
        case "local":
            return LocalStorage(tmp_path / "media")
        case "s3":
            return S3Storage(request.getfixturevalue("empty_client"))
        case "counted":
            return CountedStorage(LocalStorage(tmp_path / "media"), MemoryStoredFiles(), Quota())
        case _:
            return S3Storage(emptied(request.getfixturevalue("google")))


@pytest.fixture
def new_file(tmp_path: Path) -> Callable[[bytes], Path]:
    """Make a local file of some bytes."""

    def write(content: bytes) -> Path:
        file = tmp_path / f"given-{len(list(tmp_path.iterdir()))}"
        file.write_bytes(content)
        return file

    return write


Given = Callable[[bytes], Path]


async def content(storage: Storage, path: str, first: int = 0, length: int = 1 << 30) -> bytes:
    return b"".join([chunk async for chunk in storage.read(path, first, length)])


def inside(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def test_what_was_put_is_read(storage: Storage, new_file: Given, tmp_path: Path) -> None:
    whole = bytes(range(256)) * 3001
    await storage.put(new_file(whole), "clips/a.mp4")
    await storage.fetch("clips/a.mp4", tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == whole
    assert await content(storage, "clips/a.mp4") == whole
    assert (await storage.describe("clips/a.mp4")).size == len(whole)


async def test_an_empty_file_is_a_file(storage: Storage, new_file: Given) -> None:
    await storage.put(new_file(b""), "a")
    assert await content(storage, "a") == b""
    assert (await storage.describe("a")).size == 0


@pytest.mark.parametrize(
    ("first", "length"), [(0, 0), (0, 1), (1, 2), (262_143, 3), (599_999, 1), (599_999, 9)]
)
async def test_a_part_is_read(storage: Storage, new_file: Given, first: int, length: int) -> None:
    whole = bytes(n * 7 % 251 for n in range(600_000))
    await storage.put(new_file(whole), "a")
    assert await content(storage, "a", first, length) == whole[first : first + length]


async def test_reading_holds_little_in_memory(storage: Storage, new_file: Given) -> None:
    await storage.put(new_file(bytes(1_000_000)), "a")
    chunks = [len(chunk) async for chunk in storage.read("a", 0, 1_000_000)]
    assert max(chunks) <= 256 * 1024
    assert sum(chunks) == 1_000_000


async def test_a_place_is_taken_once(storage: Storage, new_file: Given) -> None:
    await storage.put(new_file(b"first"), "a/b")
    with pytest.raises(MediaTaken):
        await storage.put(new_file(b"second"), "a/b")
    assert await content(storage, "a/b") == b"first"


async def test_of_many_who_put_at_once_one_wins(storage: Storage, new_file: Given) -> None:
    rivals = [bytes([n]) * 300_000 for n in range(10)]
    puts = [storage.put(new_file(rival), "x/y/z") for rival in rivals]
    results = await asyncio.gather(*puts, return_exceptions=True)
    assert sum(isinstance(result, MediaTaken) for result in results) == 9
    assert await content(storage, "x/y/z") == rivals[results.index(None)]


async def test_files_come_and_go_in_one_folder_at_once(storage: Storage, new_file: Given) -> None:
    source = new_file(b"x")

    async def comes_and_goes(path: str) -> None:
        for _ in range(10):
            await storage.put(source, path)
            assert await content(storage, path) == b"x"
            await storage.delete(path)

    await asyncio.gather(*(comes_and_goes(f"one/two/{n}") for n in range(6)))
    await storage.put(source, "one")


async def test_a_folder_is_no_file(storage: Storage, new_file: Given, tmp_path: Path) -> None:
    await storage.put(new_file(b"x"), "a/b/c")
    for folder in ("a", "a/b"):
        with pytest.raises(MediaNotFound):
            await storage.describe(folder)
        with pytest.raises(MediaNotFound):
            await content(storage, folder)
        with pytest.raises(MediaNotFound):
            await storage.fetch(folder, tmp_path / "into")
        with pytest.raises(MediaTaken):
            await storage.put(new_file(b"y"), folder)
        await storage.delete(folder)
    assert await content(storage, "a/b/c") == b"x"


async def test_a_file_is_no_folder(storage: Storage, new_file: Given, tmp_path: Path) -> None:
    await storage.put(new_file(b"x"), "a")
    with pytest.raises(MediaTaken):
        await storage.put(new_file(b"y"), "a/b/c")
    with pytest.raises(MediaNotFound):
        await storage.describe("a/b")
    with pytest.raises(MediaNotFound):
        await storage.fetch("a/b", tmp_path / "into")
    await storage.delete("a/b")
    assert await content(storage, "a") == b"x"


async def test_a_folder_goes_with_its_last_file(storage: Storage, new_file: Given) -> None:
    await storage.put(new_file(b"x"), "a/b/c")
    await storage.put(new_file(b"x"), "a/d")
    await storage.delete("a/b/c")
    await storage.put(new_file(b"y"), "a/b")
    assert await content(storage, "a/b") == b"y"


async def test_what_is_not_there_is_not_found(storage: Storage, tmp_path: Path) -> None:
    into = tmp_path / "into"
    with pytest.raises(MediaNotFound) as missing:
        await storage.fetch("a/b", into)
    assert missing.value.path == "a/b"
    with pytest.raises(MediaNotFound):
        await storage.describe("a/b")
    with pytest.raises(MediaNotFound):
        await content(storage, "a/b")
    with pytest.raises(MediaNotFound):
        await content(storage, "a/b", 0, 0)
    await storage.delete("a/b")
    assert inside(tmp_path) == []


async def test_what_is_deleted_is_gone(storage: Storage, new_file: Given) -> None:
    await storage.put(new_file(b"x"), "a")
    await storage.delete("a")
    with pytest.raises(MediaNotFound):
        await storage.describe("a")
    await storage.delete("a")


async def test_an_etag_tells_files_apart_and_stays(storage: Storage, new_file: Given) -> None:
    etags: set[str] = set()
    for number in range(20):
        await storage.put(new_file(b"%4d" % number), "a")
        etag = (await storage.describe("a")).etag
        assert (await storage.describe("a")).etag == etag
        assert '"' not in etag
        etags.add(etag)
        await storage.delete("a")
    assert len(etags) == 20


async def test_reading_never_mixes_files(storage: Storage, new_file: Given) -> None:
    await storage.put(new_file(b"a" * 900_000), "a")
    reading = storage.read("a", 0, 900_000)
    parts = [await anext(reading)]
    await storage.delete("a")
    await storage.put(new_file(b"b" * 900_000), "a")
    parts += [chunk async for chunk in reading]
    assert b"".join(parts) == b"a" * 900_000


@pytest.mark.parametrize("path", UNSAFE)
async def test_no_path_leaves_the_storage(
    storage: Storage, new_file: Given, tmp_path: Path, path: str
) -> None:
    source = new_file(b"x")
    with pytest.raises(UnsafePath):
        await storage.put(source, path)
    with pytest.raises(UnsafePath):
        await storage.fetch(path, tmp_path / "into")
    with pytest.raises(UnsafePath):
        await storage.describe(path)
    with pytest.raises(UnsafePath):
        await content(storage, path)
    with pytest.raises(UnsafePath):
        await storage.delete(path)
    with pytest.raises(UnsafePath):
        await storage.link(path, "name", 60)
    assert inside(tmp_path) == [source]


async def test_every_safe_path_is_a_place_of_its_own(storage: Storage, new_file: Given) -> None:
    odd = [path if path not in ("a", "A") else f"{path}.mp4" for path in ODD]
    for number, path in enumerate(odd):
        await storage.put(new_file(b"%d" % number), path)
    for number, path in enumerate(odd):
        assert await content(storage, path) == b"%d" % number
        await storage.delete(path)
    for path in odd:
        with pytest.raises(MediaNotFound):
            await storage.describe(path)


async def test_a_failure_names_no_path_of_the_machine(
    storage: Storage, new_file: Given, tmp_path: Path
) -> None:
    with pytest.raises(StorageFailed) as failed:
        await storage.put(tmp_path / "not-there", "a/b")
    await storage.put(new_file(b"x"), "a/b")
    with pytest.raises(StorageFailed) as also_failed:
        await storage.fetch("a/b", tmp_path / "no-folder" / "into")
    for failure in (failed, also_failed):
        assert "'a/b'" in str(failure.value)
        assert str(tmp_path) not in str(failure.value)
    assert not (tmp_path / "no-folder").exists()


async def test_a_link_is_an_address_or_there_is_none(storage: Storage, new_file: Given) -> None:
    await storage.put(new_file(b"x"), "a b.mp4")
    link = await storage.link("a b.mp4", "film.mp4", 60)
    assert (link is not None) is isinstance(storage, S3Storage)
    assert link is None or link.startswith("http://127.0.0.1:")
    assert await storage.link("not-there", "film.mp4", 60) != ""


async def test_a_storage_says_that_it_is_ready_and_leaves_nothing(
    storage: Storage, new_file: Given
) -> None:
    await storage.put(new_file(b"x"), "a")
    assert await storage.ready()
    await storage.delete("a")
    assert await storage.ready()
    with pytest.raises(UnsafePath):
        await storage.describe(".incoming/a")


async def test_a_put_file_is_a_copy(storage: Storage, new_file: Given) -> None:
    source = new_file(b"before")
    await storage.put(source, "a")
    source.write_bytes(b"after!")
    assert await content(storage, "a") == b"before"


async def test_a_spare_file_stays_though_its_source_goes(storage: Storage, new_file: Given) -> None:
    source = new_file(b"given away")
    await storage.put(source, "a", may_take_ownership=True)
    first = await storage.describe("a")
    source.unlink()
    assert await content(storage, "a") == b"given away"
    with pytest.raises(MediaTaken):
        await storage.put(new_file(b"another"), "a", may_take_ownership=True)
    await storage.delete("a")
    await storage.put(new_file(b"given away"), "a", may_take_ownership=True)
    assert (await storage.describe("a")).etag
    assert (await storage.describe("a")).size == first.size == 10


async def test_a_fetched_file_is_a_copy(storage: Storage, new_file: Given, tmp_path: Path) -> None:
    await storage.put(new_file(b"kept"), "a")
    into = tmp_path / "into"
    into.write_bytes(b"what was there before")
    await storage.fetch("a", into)
    assert into.read_bytes() == b"kept"
    into.write_bytes(b"mine")
    assert await content(storage, "a") == b"kept"


async def listed(storage: Storage, folder: str) -> list[tuple[str, int]]:
    return sorted([(each.path, each.size) async for each in storage.files(folder)])


async def test_a_folder_lists_its_files_at_any_depth_and_no_others(
    storage: Storage, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"12345")
    for path in ("clips/a.mp4", "clips/deep/er/b c+é.mp4", "clips2/a", "clip", "songs/a"):
        await storage.put(source, path)
    assert await listed(storage, "clips") == [("clips/a.mp4", 5), ("clips/deep/er/b c+é.mp4", 5)]
    assert await listed(storage, "clips/deep") == [("clips/deep/er/b c+é.mp4", 5)]
    for nothing in ("nobody", "clip", "clips/a.mp4", "clips/a.mp4/x"):
        assert await listed(storage, nothing) == []
    await storage.delete("clips/a.mp4")
    assert await listed(storage, "clips") == [("clips/deep/er/b c+é.mp4", 5)]


async def test_a_file_is_as_old_as_its_place_and_not_as_its_source(
    storage: Storage, tmp_path: Path
) -> None:
    for spare in (False, True):
        source = tmp_path / f"source-{spare}"
        source.write_bytes(b"1")
        os.utime(source, (0, 0))
        await storage.put(source, f"clips/{spare}", may_take_ownership=spare)
    files = [each async for each in storage.files("clips")]
    assert len(files) == 2
    assert all(timedelta(seconds=-5) < each.age < timedelta(minutes=5) for each in files)


@pytest.mark.parametrize("path", UNSAFE)
async def test_an_unsafe_folder_is_not_listed(storage: Storage, path: str) -> None:
    with pytest.raises(UnsafePath):
        await listed(storage, path)


async def test_a_descriptor_reads_its_file_to_the_end_even_if_it_is_deleted(
    storage: Storage, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"moves" * 1000)
    await storage.put(source, "a/b.mp4")
    descriptor = await storage.open("a/b.mp4")
    if descriptor is None:
        return
    try:
        await storage.delete("a/b.mp4")
        assert os.pread(descriptor, 10_000, 0) == b"moves" * 1000
    finally:
        os.close(descriptor)
    with pytest.raises(MediaNotFound):
        await storage.open("a/b.mp4")


async def test_no_descriptor_leads_out_of_the_storage(storage: Storage) -> None:
    for path in ("../x", "/etc/passwd", ".incoming/x"):
        with pytest.raises(UnsafePath):
            await storage.open(path)
