"""A real object storage behind a line that fails: nothing is lost, nothing is half there."""

import asyncio
import os
from collections.abc import AsyncGenerator, Awaitable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from adapters.storage import listing
from adapters.storage.bucket import MEGABYTE, Bucket, Limits
from adapters.storage.s3 import S3Storage
from adapters.storage.s3_client import S3Client, open_client
from domain.shared.errors import MediaNotFound, MediaTaken, StorageFailed
from tests.world.fault_proxy import Fault, FaultProxy, Trouble, fault_proxy

pytestmark = pytest.mark.anyio

PART = 5 * MEGABYTE
"""The server takes no smaller ones."""
PATIENT = Limits(retries=2, pause=0.02, part=PART)
HASTY = Limits(silence=1, call=2, parting=0.5, slowest=1e8, retries=1, pause=0.02, part=PART)
"""For what is never answered, which is waited for as long as this says."""
STEADY = msgspec.structs.replace(HASTY, retries=3)
HOPELESS = msgspec.structs.replace(HASTY, retries=0)
BEGINNING, PARTS, ENDING = r"POST .*\?uploads", "PUT .*partNumber=", "POST .*uploadId="
"""The three steps of an upload in parts."""
HANGING = 60.0
"""Seconds after which a call would have hung."""


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def proxy(s3_bucket: Bucket) -> AsyncGenerator[FaultProxy]:
    async with fault_proxy(s3_bucket.endpoint) as fault:
        yield fault


@pytest.fixture(scope="module")
async def patient(s3_bucket: Bucket, proxy: FaultProxy) -> AsyncGenerator[S3Client]:
    there = msgspec.structs.replace(s3_bucket, endpoint=proxy.endpoint)
    async with open_client(there, PATIENT) as client:
        yield client


@pytest.fixture(scope="module")
async def hasty(s3_bucket: Bucket, proxy: FaultProxy) -> AsyncGenerator[S3Client]:
    there = msgspec.structs.replace(s3_bucket, endpoint=proxy.endpoint)
    async with open_client(there, HASTY) as client:
        yield client


class Place:
    """An empty folder of the bucket, seen through the proxy and past it, and files to put."""

    def __init__(
        self, proxy: FaultProxy, clients: dict[str, S3Client], direct: S3Client, root: Path
    ) -> None:
        folder = msgspec.structs.replace(direct.bucket, folder=uuid4().hex)
        self.proxy = proxy
        self.direct_client = S3Client(direct.client, folder, direct.limits)
        self.direct = S3Storage(self.direct_client)
        self.patient = S3Storage(S3Client(clients["patient"].client, folder, PATIENT))
        self.hasty = S3Storage(S3Client(clients["hasty"].client, folder, HASTY))
        self.hopeless = S3Storage(S3Client(clients["hasty"].client, folder, HOPELESS))
        whole = msgspec.structs.replace(HASTY, part=64 * MEGABYTE)
        self.in_one_piece = S3Storage(S3Client(clients["hasty"].client, folder, whole))
        self.steady = S3Storage(S3Client(clients["hasty"].client, folder, STEADY))
        self.small = root / "small"
        self.small.write_bytes(os.urandom(1000))
        self.large = root / "large"
        self.large.write_bytes(os.urandom(2 * PART + 7))
        self.work = root / "work"
        self.work.mkdir()

    async def there(self, path: str) -> bytes:
        """Return the content of the storage at a path."""
        return b"".join([chunk async for chunk in self.direct.read(path, 0, 1 << 30)])

    async def unfinished(self) -> list[str]:
        """Keys of the uploads that have not ended."""
        uploads = listing.unfinished(self.direct_client, self.direct_client.keys.all)
        return [each.key async for each in uploads]

    async def is_empty(self) -> bool:
        """Return True if nothing is in the folder, or about to be."""
        objects = listing.objects(self.direct_client, self.direct_client.keys.all)
        return not [each async for each in objects] and not await self.unfinished()


@pytest.fixture
async def place(
    proxy: FaultProxy, patient: S3Client, hasty: S3Client, s3_client: S3Client, tmp_path: Path
) -> AsyncGenerator[Place]:
    proxy.troubles.clear()
    proxy.lines.clear()
    yield Place(proxy, {"patient": patient, "hasty": hasty}, s3_client, tmp_path)
    proxy.troubles.clear()


async def struck(trouble: Trouble, work: asyncio.Task[None]) -> None:
    """Wait until there was trouble for ``work``."""

    def done() -> int:
        return trouble.carried_out if trouble.fault is Fault.MUTE else trouble.struck

    async with asyncio.timeout(HANGING):
        while not done() and not work.done():  # noqa: ASYNC110 - the proxy sends no event
            await asyncio.sleep(0.01)
    assert not work.done()


async def every_call(storage: S3Storage, place: Place) -> list[BaseException | None]:
    """Ask everything at once about files that are there, and return what was raised."""

    async def read(path: str) -> None:
        async for _ in storage.read(path, 0, 9):
            pass

    calls: list[Awaitable[object]] = [
        storage.put(place.small, "new/small"),
        storage.put(place.large, "new/large"),
        storage.fetch("kept", place.work / "fetched"),
        storage.describe("kept"),
        read("kept"),
        storage.delete("other"),
    ]
    async with asyncio.timeout(HANGING):
        results = await asyncio.gather(*calls, return_exceptions=True)
    return [result if isinstance(result, BaseException) else None for result in results]


@pytest.mark.parametrize("fault", [Fault.BUSY, Fault.RESET])
async def test_what_fails_once_is_tried_again(place: Place, fault: Fault) -> None:
    await place.direct.put(place.small, "kept")
    await place.direct.put(place.small, "other")
    for method in ("PUT", "POST", "GET", "HEAD", "DELETE"):
        place.proxy.trouble(fault, method, times=1)
    assert await every_call(place.patient, place) == [None] * 6
    assert await place.there("new/small") == place.small.read_bytes()
    assert await place.there("new/large") == place.large.read_bytes()
    assert (place.work / "fetched").read_bytes() == place.small.read_bytes()
    with pytest.raises(MediaNotFound):
        await place.direct.describe("other")


@pytest.mark.parametrize("fault", [Fault.BUSY, Fault.RESET, Fault.DEAF])
async def test_what_fails_always_is_named(place: Place, fault: Fault) -> None:
    await place.direct.put(place.small, "kept")
    place.proxy.trouble(fault)
    raised = await every_call(place.hasty, place)
    assert [type(error) for error in raised] == [StorageFailed] * 6
    paths = ["new/small", "new/large", "kept", "kept", "kept", "other"]
    assert [path in str(error) for path, error in zip(paths, raised, strict=True)] == [True] * 6
    assert list(place.work.iterdir()) == []
    for path in ("new/small", "new/large"):
        with pytest.raises(MediaNotFound):
            await place.direct.describe(path)


async def test_a_server_that_is_gone_is_named(place: Place, s3_bucket: Bucket) -> None:
    gone = msgspec.structs.replace(s3_bucket, endpoint="http://127.0.0.1:9")
    async with open_client(gone, HASTY) as client:
        raised = await every_call(S3Storage(client), place)
    assert {str(error).partition(";")[0] for error in raised} == {
        "The media storage cannot be reached"
    }


@pytest.mark.parametrize("times", [1, 9])
@pytest.mark.parametrize("ending", ["PUT", ENDING])
async def test_a_file_whose_answers_are_lost_is_known_by_its_mark(
    place: Place, ending: str, times: int
) -> None:
    source = place.large if ending == ENDING else place.small
    lost = place.proxy.trouble(Fault.LOST, ending, times=times)
    await place.hasty.put(source, "a")
    assert lost.struck >= min(times, 1 + HASTY.retries)
    assert await place.there("a") == source.read_bytes()
    with pytest.raises(MediaTaken):
        await place.patient.put(place.small, "a")
    assert await place.unfinished() == []


async def test_parts_that_cannot_be_put_are_removed(place: Place) -> None:
    place.proxy.trouble(Fault.BUSY, PARTS)
    with pytest.raises(StorageFailed, match="'a'"):
        await place.hasty.put(place.large, "a")
    assert await place.is_empty()


async def test_an_upload_that_nobody_reads_is_given_up(place: Place) -> None:
    place.proxy.trouble(Fault.DEAF, "PUT")
    # More than all buffers on the way hold: the client is kept writing, and reads nothing yet.
    os.truncate(place.large, 32 * MEGABYTE)
    puts = [place.hasty.put(place.small, "a"), place.in_one_piece.put(place.large, "b")]
    async with asyncio.timeout(HANGING):
        raised = await asyncio.gather(*puts, return_exceptions=True)
    assert [type(error) for error in raised] == [StorageFailed] * 2
    assert all("did not answer in time" in str(error) for error in raised)
    assert await place.is_empty()


async def test_a_body_that_is_cut_is_asked_for_from_there_on(place: Place) -> None:
    await place.direct.put(place.large, "a")
    whole = place.large.read_bytes()
    for after in (0, 100_000, 3_000_000, 70_000):
        place.proxy.trouble(Fault.CUT, "GET", times=1, after=after)
    await place.patient.fetch("a", place.work / "fetched")
    assert (place.work / "fetched").read_bytes() == whole
    for after in (0, 70_000, 10, 300_000):
        place.proxy.trouble(Fault.CUT, "GET", times=1, after=after)
    read = [chunk async for chunk in place.patient.read("a", 5, 900_000)]
    assert b"".join(read) == whole[5:900_005]
    assert [trouble.struck for trouble in place.proxy.troubles] == [1] * 8


@pytest.mark.parametrize("fault", [Fault.SLOW, Fault.STALL])
async def test_a_body_that_does_not_come_is_asked_for_again(place: Place, fault: Fault) -> None:
    await place.direct.put(place.large, "a")
    whole = place.large.read_bytes()
    place.proxy.trouble(fault, "GET", times=1, after=100_000)
    await place.steady.fetch("a", place.work / "fetched")
    assert (place.work / "fetched").read_bytes() == whole
    assert place.proxy.troubles[0].struck == 1


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.SLOW, Fault.STALL])
async def test_a_body_that_never_comes_whole_is_named_and_leaves_nothing(
    place: Place, fault: Fault
) -> None:
    await place.direct.put(place.large, "a")
    place.proxy.trouble(fault, "GET", after=10)

    async def read() -> None:
        async for _ in place.hopeless.read("a", 0, 10_000):
            pass

    requests = [read(), place.hopeless.fetch("a", place.work / "fetched")]
    async with asyncio.timeout(HANGING):
        raised = await asyncio.gather(*requests, return_exceptions=True)
    assert [type(error) for error in raised] == [StorageFailed] * 2
    assert all("'a'" in str(error) for error in raised)
    assert list(place.work.iterdir()) == []


async def test_of_two_files_at_one_path_no_reader_gets_both(place: Place) -> None:
    await place.direct.put(place.large, "a")
    place.proxy.trouble(Fault.CUT, "GET", times=1, after=300_000)
    reading = place.patient.read("a", 0, 1 << 30)
    first = await anext(reading)
    await place.direct.delete("a")
    await place.direct.put(place.small, "a")
    with pytest.raises(StorageFailed, match="'a' was deleted while it was read"):
        _ = [chunk async for chunk in reading]
    assert place.large.read_bytes().startswith(first)


@pytest.mark.parametrize("point", ["PUT", BEGINNING, PARTS, ENDING])
async def test_a_put_that_is_cancelled_leaves_nothing(place: Place, point: str) -> None:
    """Held back are the request itself, before it is carried out, and its answer, after."""
    source = place.small if point == "PUT" else place.large
    for fault in (Fault.DEAF, Fault.MUTE):
        place.proxy.troubles.clear()
        trouble = place.proxy.trouble(fault, point, times=1)
        putting = asyncio.create_task(place.hasty.put(source, "a/b"))
        await struck(trouble, putting)
        for _ in range(3):
            putting.cancel()
            await asyncio.sleep(0)
        async with asyncio.timeout(HANGING):
            with pytest.raises(asyncio.CancelledError):
                await putting
        if (fault, point) == (Fault.MUTE, BEGINNING):
            # Of an upload whose beginning was never answered, nobody knows the name but the server.
            assert await place.direct.remove_leftovers(timedelta(0)) > 0
        assert await place.is_empty()


async def test_a_fetch_that_is_cancelled_leaves_nothing(place: Place) -> None:
    await place.direct.put(place.large, "a")
    trouble = place.proxy.trouble(Fault.STALL, "GET", after=300_000)
    fetching = asyncio.create_task(place.patient.fetch("a", place.work / "fetched"))
    await struck(trouble, fetching)
    fetching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fetching
    assert list(place.work.iterdir()) == []
