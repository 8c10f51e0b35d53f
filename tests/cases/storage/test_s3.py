"""Properties of buckets alone: keys, links, parts, denials, and many objects."""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.storage import listing
from adapters.storage.artifact_cache import LocalArtifactCache
from adapters.storage.bucket import MEGABYTE, Bucket, Limits
from adapters.storage.keys import Keys
from adapters.storage.s3 import S3Storage, open_s3
from adapters.storage.s3_client import Answer, Call, S3Client, open_client
from domain.shared.errors import MediaNotFound, MediaTaken, StorageFailed
from tests.contracts import s3
from tests.world.loopback import NO_TLS

pytestmark = pytest.mark.anyio

PART = 5 * MEGABYTE
"""The server takes no smaller ones."""
LARGE = 4 * PART + 1


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


class CountedClient(S3Client):
    """A line that writes down what it is asked, and how much of it at a time."""

    def __init__(self, client: S3Client, limits: Limits | None = None) -> None:
        super().__init__(client.client, client.bucket, limits or client.limits)
        self.asked: list[Call] = []
        self.under_way: Counter[Call] = Counter()
        self.most: Counter[Call] = Counter()

    async def ask(
        self, call: Call, arguments: Mapping[str, object] | None = None, *, size: int = 0
    ) -> Answer:
        self.asked.append(call)
        self.under_way[call] += 1
        self.most |= self.under_way
        try:
            return await super().ask(call, arguments, size=size)
        finally:
            self.under_way[call] -= 1


@pytest.fixture
def client(empty_client: S3Client) -> CountedClient:
    return CountedClient(empty_client, msgspec.structs.replace(empty_client.limits, part=PART))


@pytest.fixture
def storage(client: CountedClient) -> S3Storage:
    return S3Storage(client)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    file = tmp_path / "small"
    file.write_bytes(b"a small film")
    return file


@pytest.fixture
def large(tmp_path: Path) -> Path:
    file = tmp_path / "large"
    file.write_bytes(os.urandom(LARGE))
    return file


def same(one: Path, other: Path) -> bool:
    return one.read_bytes() == other.read_bytes()


async def content(storage: S3Storage, path: str) -> bytes:
    return b"".join([chunk async for chunk in storage.read(path, 0, 1 << 30)])


async def failures(storage: S3Storage, file: Path, path: str) -> list[str]:
    """Return the answer to a request for everything."""

    async def read() -> None:
        async for _ in storage.read(path, 0, 9):
            pass

    calls: list[Awaitable[object]] = [
        storage.put(file, path),
        storage.fetch(path, file.with_name("fetched")),
        storage.describe(path),
        storage.delete(path),
        read(),
        storage.ready(),
        storage.remove_leftovers(),
    ]
    messages: list[str] = []
    for call in calls:
        with pytest.raises(StorageFailed) as failed:
            await call
        messages.append(str(failed.value))
    assert not file.with_name("fetched").exists()
    return messages


async def test_a_large_file_comes_and_goes_in_parts(
    storage: S3Storage, client: CountedClient, large: Path
) -> None:
    await storage.put(large, "a.mp4")
    assert client.asked.count("upload_part") == 5
    assert client.most["upload_part"] == client.limits.parts_at_once == 3
    assert (await storage.describe("a.mp4")).size == LARGE
    await storage.fetch("a.mp4", large.with_name("back"))
    assert same(large, large.with_name("back"))
    assert [each async for each in listing.unfinished(client, client.keys.all)] == []


async def test_of_many_large_files_put_at_once_one_wins(
    storage: S3Storage, client: CountedClient, tmp_path: Path
) -> None:
    rivals = [tmp_path / f"rival-{number}" for number in range(3)]
    for rival in rivals:
        rival.write_bytes(os.urandom(PART + 1))
    for path in "abcdefgh":
        puts = [storage.put(rival, path) for rival in rivals]
        results = await asyncio.gather(*puts, return_exceptions=True)
        assert [type(result) for result in results].count(MediaTaken) == 2
        assert await content(storage, path) == rivals[results.index(None)].read_bytes()
    assert [each async for each in listing.unfinished(client, client.keys.all)] == []
    assert [each async for each in listing.objects(client, client.keys.own)] == []


async def test_a_file_that_shrinks_while_it_is_put_is_not_there(
    client: CountedClient, large: Path
) -> None:
    class Shrinking(CountedClient):
        async def ask(
            self, call: Call, arguments: Mapping[str, object] | None = None, *, size: int = 0
        ) -> Answer:
            if call == "create_multipart_upload":
                os.truncate(large, PART)
            return await super().ask(call, arguments, size=size)

    with pytest.raises(StorageFailed, match="'a' changed while it was stored"):
        await S3Storage(Shrinking(client, client.limits)).put(large, "a")
    assert [each async for each in listing.objects(client, client.keys.all)] == []
    assert [each async for each in listing.unfinished(client, client.keys.all)] == []


async def test_so_many_files_are_fetched_at_once_and_no_more(
    client: CountedClient, storage: S3Storage, small: Path, tmp_path: Path
) -> None:
    await storage.put(small, "a")
    go_on = asyncio.Event()

    class Held(CountedClient):
        async def ask(
            self, call: Call, arguments: Mapping[str, object] | None = None, *, size: int = 0
        ) -> Answer:
            self.under_way[call] += 1
            await go_on.wait()
            return await super().ask(call, arguments, size=size)

    holding_client = Held(client)
    many = S3Storage(holding_client)
    into = [tmp_path / f"{number}" for number in range(20)]
    works = [asyncio.create_task(many.fetch("a", each)) for each in into]
    while holding_client.under_way["get_object"] < client.limits.downloads:  # noqa: ASYNC110 - a count
        await asyncio.sleep(0.001)
    for _ in range(100):
        await asyncio.sleep(0.001)
    assert holding_client.under_way["get_object"] == client.limits.downloads == 8
    go_on.set()
    await asyncio.gather(*works)
    assert all(same(small, each) for each in into)


async def test_nothing_is_asked_in_vain(
    storage: S3Storage, client: CountedClient, small: Path, tmp_path: Path
) -> None:
    async def calls_of(call: Awaitable[object]) -> list[Call]:
        client.asked.clear()
        await call
        return sorted(client.asked)

    await storage.put(small, "output/local/a.mp4")
    # Whether there is anything in the folder `b.mp4`, and whether the folder around it is one.
    looks: list[Call] = ["list_objects_v2", "list_objects_v2"]
    assert await calls_of(storage.put(small, "output/local/b.mp4")) == [*looks, "put_object"]
    assert await calls_of(storage.describe("output/local/b.mp4")) == ["head_object"]
    assert await calls_of(storage.fetch("output/local/b.mp4", tmp_path / "b")) == ["get_object"]
    assert await calls_of(content(storage, "output/local/b.mp4")) == ["get_object"]
    assert await calls_of(storage.link("output/local/b.mp4", "b.mp4", 60)) == []
    assert await calls_of(storage.delete("output/local/b.mp4")) == ["delete_object"]


async def test_a_shelf_asks_for_what_it_lacks_once(
    storage: S3Storage, client: CountedClient, tmp_path: Path
) -> None:
    count = 0

    async def make(into: Path) -> None:
        nonlocal count
        count += 1
        into.write_bytes(b"made")  # noqa: ASYNC240

    async def take(artifacts: LocalArtifactCache) -> tuple[bytes, list[Call]]:
        client.asked.clear()
        into = tmp_path / uuid4().hex
        return await artifacts.get_or_create("key", into, make, Path.read_bytes), sorted(
            client.asked
        )

    one, two = (LocalArtifactCache(tmp_path / name, storage, 10**9) for name in ("one", "two"))
    looks: list[Call] = ["head_object", "list_objects_v2", "list_objects_v2"]
    assert await take(one) == (b"made", ["get_object", *looks, "put_object"])
    assert await take(one) == (b"made", [])
    assert await take(two) == (b"made", ["get_object"])
    assert count == 1
    keys = [each.key async for each in listing.objects(client, client.keys.all)]
    assert keys == [f"{client.bucket.folder}/cache/key"]


async def test_ten_thousand_objects_are_listed_page_by_page(
    s3_server: s3.Server, client: CountedClient
) -> None:
    await s3.answer_of(s3_server.endpoint, "create_bucket", Bucket=s3.CROWD)
    names = [f"many/{number:05}" for number in range(10_000)]
    await s3.crowded(s3_server.endpoint, names)
    crowd = CountedClient(S3Client(client.client, s3_server.bucket(s3.CROWD), client.limits))
    assert [each.key async for each in listing.objects(crowd, "many/")] == names
    assert crowd.asked == ["list_objects_v2"] * 10
    some = [each.key async for each in listing.objects(crowd, "many/0000", page=3)]
    assert some == names[:10]
    folders = [each async for each in listing.folders(crowd, "")]
    assert folders == ["many/"]


async def test_what_was_left_unfinished_is_removed_when_it_is_old(
    storage: S3Storage, client: CountedClient, small: Path
) -> None:
    await storage.put(small, "kept")
    await client.ask("put_object", {"Key": f"{client.keys.own}ready-1", "Body": b"x"})
    for name in ("one", "two"):
        await client.ask("create_multipart_upload", {"Key": f"{client.keys.all}{name}"})
    assert await storage.remove_leftovers() == 0
    assert await storage.remove_leftovers(timedelta(0)) == 3
    assert await storage.remove_leftovers(timedelta(0)) == 0
    assert await content(storage, "kept") == b"a small film"


@pytest.mark.parametrize("error", [StorageFailed("This one alone."), KeyError("x")])
async def test_what_cannot_be_swept_keeps_nothing_else_from_it(
    client: CountedClient, error: Exception
) -> None:
    class Refusing(CountedClient):
        refused: tuple[str, ...] = ("ready-1", "one")

        async def ask(
            self, call: Call, arguments: Mapping[str, object] | None = None, *, size: int = 0
        ) -> Answer:
            if call in ("delete_object", "abort_multipart_upload"):
                key = str((arguments or {})["Key"])
                if self.refused and key.endswith(self.refused):
                    raise error
            return await super().ask(call, arguments, size=size)

    for name in ("ready-1", "ready-2", "ready-3"):
        await client.ask("put_object", {"Key": f"{client.keys.own}{name}", "Body": b"x"})
    for name in ("one", "two", "three"):
        await client.ask("create_multipart_upload", {"Key": f"{client.keys.all}{name}"})
    refusing = Refusing(client)
    assert await S3Storage(refusing).remove_leftovers(timedelta(0)) == 4
    refusing.refused = ()
    assert await S3Storage(refusing).remove_leftovers(timedelta(0)) == 2


async def test_uploads_are_listed_page_by_page(client: CountedClient) -> None:
    since = datetime(2026, 11, 21, tzinfo=UTC)
    uploads = [{"Key": f"{n}", "UploadId": f"u{n}", "Initiated": since} for n in range(3)]
    questions: list[object] = []

    class Paged(CountedClient):
        async def ask(
            self, call: Call, arguments: Mapping[str, object] | None = None, *, size: int = 0
        ) -> Answer:
            questions.append(arguments)
            at = len(questions) - 1
            more = {"IsTruncated": True, "NextKeyMarker": f"{at}"} if at < 2 else {}
            return {"Uploads": [uploads[at]], **more}

    pages = [each async for each in listing.unfinished(Paged(client), "start", page=1)]
    assert [each.upload_id for each in pages] == ["u0", "u1", "u2"]
    first = {"Prefix": "start", "MaxUploads": 1}
    markers = [{}, *({"KeyMarker": f"{n}", "UploadIdMarker": f"u{n}"} for n in range(2))]
    assert questions == [{**first, **each} for each in markers]


async def test_a_link_reads_a_file_and_its_parts(storage: S3Storage, small: Path) -> None:
    path = "output/user_x/\u00f1 a+b%20&c.mp4"
    await storage.put(small, path)
    link = await storage.link(path, "Mi bachata \u00f1.mp4", 60)
    assert link is not None
    async with httpx.AsyncClient(verify=NO_TLS) as anybody:
        whole = await anybody.get(link)
        assert (whole.status_code, whole.content) == (200, b"a small film")
        assert whole.headers["content-type"] == "video/mp4"
        disposition = whole.headers["content-disposition"]
        assert (
            disposition
            == "inline; filename=\"Mi bachata _.mp4\"; filename*=UTF-8''Mi%20bachata%20%C3%B1.mp4"
        )
        part = await anybody.get(link, headers={"Range": "bytes=2-6"})
        assert (part.status_code, part.content) == (206, b"small")
        assert part.headers["content-range"] == "bytes 2-6/12"


async def test_a_link_that_was_tampered_with_opens_nothing(storage: S3Storage, small: Path) -> None:
    await storage.put(small, "mine")
    await storage.put(small, "secret")
    link = await storage.link("mine", "mine", 60)
    assert link is not None
    signed = link[-10:]
    tampered = [
        link.replace("/mine?", "/secret?"),
        link.replace("X-Amz-Expires=60", "X-Amz-Expires=600"),
        link.replace("inline", "attachment"),
        link.removesuffix(signed) + signed[::-1],
        link.partition("?")[0],
    ]
    async with httpx.AsyncClient(verify=NO_TLS) as anybody:
        assert (await anybody.get(link)).status_code == 200
        answers = [await anybody.get(each) for each in tampered]
        assert [answer.status_code for answer in answers] == [403] * 5
        assert (await anybody.put(link, content=b"mine now")).status_code == 403
    assert await content(storage, "mine") == b"a small film"


async def test_a_link_expires(storage: S3Storage, small: Path) -> None:
    await storage.put(small, "a")
    link = await storage.link("a", "a", 1)
    assert link is not None
    async with httpx.AsyncClient(verify=NO_TLS) as anybody, asyncio.timeout(60):
        while (answer := await anybody.get(link)).status_code == 200:  # noqa: ASYNC110 - time
            await asyncio.sleep(0.2)
    assert answer.status_code == 403


async def test_wrong_keys_are_refused(s3_bucket: Bucket, small: Path) -> None:
    for wrong in ({"secret_key": "wrong"}, {"access_key": "nobody"}):
        bucket = msgspec.structs.replace(s3_bucket, **wrong)
        with pytest.raises(StorageFailed, match="rejects the access keys"):
            await _open_and_close(bucket)
        async with open_client(bucket, Limits()) as client:
            messages = await failures(S3Storage(client), small, "a/b")
        assert all(
            "rejects the access keys" in each or "denies access" in each for each in messages
        )
        assert all("'a/b'" in each for each in messages[:5])


async def test_who_may_only_read_cannot_write(
    s3_bucket: Bucket, storage: S3Storage, client: CountedClient, small: Path, tmp_path: Path
) -> None:
    await storage.put(small, "a")
    reader = {"access_key": s3.READ_ONLY, "secret_key": s3.READ_ONLY_SECRET}
    bucket = msgspec.structs.replace(client.bucket, **reader)
    with pytest.raises(StorageFailed, match="denies access"):
        await _open_and_close(bucket)
    async with open_client(bucket, Limits()) as read_only:
        denied = S3Storage(read_only)
        await denied.fetch("a", tmp_path / "fetched")
        for call, path in ((denied.put(small, "b"), "b"), (denied.delete("a"), "a")):
            with pytest.raises(StorageFailed, match=f"denies access to '{path}'"):
                await call
    assert await content(storage, "a") == b"a small film"


async def test_a_bucket_that_is_not_there_is_said(s3_bucket: Bucket, small: Path) -> None:
    bucket = msgspec.structs.replace(s3_bucket, name="nobodys")
    with pytest.raises(StorageFailed, match="bucket of the media storage does not exist"):
        await _open_and_close(bucket)
    async with open_client(bucket, Limits()) as client:
        messages = await failures(S3Storage(client), small, "a/b")
    assert all("bucket of the media storage does not exist" in each for each in messages)


async def test_a_bucket_that_goes_while_it_is_used_is_said(
    s3_server: s3.Server, small: Path
) -> None:
    await s3.answer_of(s3_server.endpoint, "create_bucket", Bucket="short-lived")
    async with open_s3(s3_server.bucket("short-lived")) as storage:
        await storage.put(small, "a")
        await storage.delete("a")
        with pytest.raises(MediaNotFound):
            await storage.describe("a")
        await s3.answer_of(s3_server.endpoint, "delete_bucket", Bucket="short-lived")
        messages = await failures(storage, small, "a")
    assert all("bucket of the media storage does not exist" in each for each in messages)


@pytest.fixture
async def full(empty_client: S3Client) -> AsyncGenerator[S3Storage]:
    """A storage whose server says that it has no room."""
    from botocore.exceptions import ClientError  # pyright: ignore[reportMissingTypeStubs]

    class Full(CountedClient):
        async def ask(
            self, call: Call, arguments: Mapping[str, object] | None = None, *, size: int = 0
        ) -> Answer:
            if call in ("put_object", "upload_part"):
                raise ClientError({"Error": {"Code": "XMinioStorageFull"}}, call)
            return await super().ask(call, arguments, size=size)

    yield S3Storage(Full(empty_client, msgspec.structs.replace(empty_client.limits, part=PART)))


async def test_a_full_storage_is_said(full: S3Storage, client: CountedClient, large: Path) -> None:
    with pytest.raises(StorageFailed, match="is full, so 'a' was not stored"):
        await full.put(large, "a")
    assert [each async for each in listing.unfinished(client, client.keys.all)] == []


async def test_a_server_that_replaces_files_is_refused(empty_client: S3Client) -> None:
    class Heedless(S3Client):
        @property
        def only_new(self) -> dict[str, object]:
            return {}

    client = Heedless(empty_client.client, empty_client.bucket, empty_client.limits)
    with pytest.raises(StorageFailed, match="ignores If-None-Match"):
        await S3Storage(client).ready()
    assert [each async for each in listing.objects(client, client.keys.all)] == []


async def test_a_storage_is_asked_whether_it_is_ready(
    storage: S3Storage, client: CountedClient
) -> None:
    assert await storage.ready() == "object storage, profile aws"
    client.asked.clear()
    await storage.ready()
    assert client.asked == ["put_object", "get_object", "delete_object"]
    assert [each async for each in listing.objects(client, client.keys.all)] == []


async def _open_and_close(bucket: Bucket) -> None:
    async with open_s3(bucket):
        pass


@settings(max_examples=200)
@given(st.lists(st.text("~0a/\u00e9\U0001f57a.", min_size=1), min_size=2, unique=True, max_size=6))
def test_two_paths_never_share_a_key(paths: list[str]) -> None:
    keys = Keys("folder")
    keys_of_paths = [keys.of(path * times) for path in paths for times in (1, 300)]
    unique = {path * times for path in paths for times in (1, 300)}
    assert len({*keys_of_paths}) == len(unique)
    assert all(len(key.encode()) <= 1024 and key.startswith("folder/") for key in keys_of_paths)
