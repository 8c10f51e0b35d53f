"""The profile of Google Cloud Storage, against a server that refuses what Google refuses."""

import os
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import httpx
import msgspec
import pytest

from adapters.storage.bucket import Bucket, Limits, Profile
from adapters.storage.google import HmacKey, signed
from adapters.storage.s3 import S3Storage, open_s3
from adapters.storage.s3_client import S3Client, open_client
from domain.shared.errors import MediaTaken, StorageFailed
from tests.world.fault_proxy import Fault, fault_proxy
from tests.world.google_storage import ACCESS, BUCKET, SECRET, GoogleStorage, google_storage
from tests.world.loopback import NO_TLS

pytestmark = pytest.mark.anyio

LIMITS = Limits(part=100_000, retries=2, pause=0.02)


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def opened() -> AsyncGenerator[tuple[GoogleStorage, S3Client]]:
    async with google_storage() as server, open_client(server.bucket, LIMITS) as client:
        yield server, client


@pytest.fixture
def google(opened: tuple[GoogleStorage, S3Client]) -> GoogleStorage:
    opened[0].objects.clear()
    opened[0].asked.clear()
    return opened[0]


@pytest.fixture
def storage(opened: tuple[GoogleStorage, S3Client]) -> S3Storage:
    return S3Storage(opened[1])


@pytest.fixture
def small(tmp_path: Path) -> Path:
    file = tmp_path / "small"
    file.write_bytes(b"a small film")
    return file


@pytest.fixture
def large(tmp_path: Path) -> Path:
    file = tmp_path / "large"
    file.write_bytes(os.urandom(3_000_000))
    return file


async def test_a_large_file_is_created_in_one_request(
    storage: S3Storage, google: GoogleStorage, large: Path
) -> None:
    await storage.put(large, "a b+\u00f1.mp4")
    assert google.objects["a b+\u00f1.mp4"].content == large.read_bytes()  # noqa: ASYNC240
    assert google.objects["a b+\u00f1.mp4"].kind == "video/mp4"
    assert [line.partition(" ")[0] for line in google.asked].count("PUT") == 1
    with pytest.raises(MediaTaken):
        await storage.put(large, "a b+\u00f1.mp4")
    await storage.fetch("a b+\u00f1.mp4", large.with_name("back"))
    assert large.with_name("back").read_bytes() == large.read_bytes()  # noqa: ASYNC240


async def test_files_are_deleted_one_by_one(
    storage: S3Storage, google: GoogleStorage, small: Path
) -> None:
    await storage.put(small, "a")
    for _ in range(2):
        await storage.delete("a")
    assert google.asked[-2:] == ["DELETE a?", "DELETE a?"]
    assert google.objects == {}


async def test_a_storage_is_ready_and_cleaned_without_what_google_lacks(
    google: GoogleStorage, storage: S3Storage
) -> None:
    assert await storage.ready() == "object storage, profile gcs"
    assert await storage.remove_leftovers() == 0
    async with open_s3(google.bucket) as fresh:
        assert await fresh.ready() == "object storage, profile gcs"
    assert google.objects == {}
    assert [line for line in google.asked if "uploads" in line or "delete" in line] == []


async def test_a_file_whose_answers_are_lost_is_known_by_its_mark(
    google: GoogleStorage, small: Path
) -> None:
    async with fault_proxy(google.endpoint) as proxy:
        bucket = msgspec.structs.replace(google.bucket, endpoint=proxy.endpoint)
        async with open_client(bucket, LIMITS) as client:
            storage = S3Storage(client)
            lost = proxy.trouble(Fault.LOST, "PUT", times=2)
            await storage.put(small, "a")
            assert lost.struck == 2
            with pytest.raises(MediaTaken):
                await storage.put(small, "a")
    assert google.objects["a"].content == b"a small film"


async def test_a_link_is_one_that_google_understands(
    storage: S3Storage, google: GoogleStorage, small: Path
) -> None:
    await storage.put(small, "a b.mp4")
    link = await storage.link("a b.mp4", "a.mp4", 60)
    assert link is not None
    async with httpx.AsyncClient(verify=NO_TLS) as anybody:
        assert (await anybody.get(link)).content == b"a small film"
        assert (await anybody.get(link.replace("inline", "attachment"))).status_code == 403


async def test_google_is_where_google_is() -> None:
    keys = {"access_key": "key", "secret_key": "secret"}
    bucket = Bucket(name="ours", profile=Profile.GCS, **keys)
    async with open_client(bucket, LIMITS) as client:
        link = await S3Storage(client).link("a/b.mp4", "b.mp4", 60)
    assert link is not None
    assert link.startswith("https://storage.googleapis.com/ours/a/b.mp4?")
    assert "%2Fauto%2Fs3%2Faws4_request" in link


async def test_keys_may_come_from_where_the_sdk_looks(
    google: GoogleStorage, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    bucket = msgspec.structs.replace(google.bucket, access_key="", secret_key="")
    async with open_client(bucket, LIMITS) as client:
        await S3Storage(client).put(small, "a")
    assert google.objects["a"].content == b"a small film"


async def test_asked_as_amazon_is_google_refuses(google: GoogleStorage, small: Path) -> None:
    bucket = msgspec.structs.replace(google.bucket, profile=Profile.AWS, region="auto")
    async with open_client(bucket, LIMITS) as client:
        with pytest.raises(StorageFailed, match="NotImplemented"):
            await S3Storage(client).put(small, "a")


async def test_what_the_sdk_sends_by_itself_google_refuses(google: GoogleStorage) -> None:
    import aioboto3  # pyright: ignore[reportMissingTypeStubs]
    from botocore.exceptions import ClientError  # pyright: ignore[reportMissingTypeStubs]

    session = cast(Any, aioboto3).Session(ACCESS, SECRET, region_name="auto")
    async with session.client("s3", endpoint_url=google.endpoint) as client:
        calls = (
            client.put_object(Bucket=BUCKET, Key="a", Body=b"x"),
            client.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "a"}]}),
            client.create_multipart_upload(Bucket=BUCKET, Key="a"),
        )
        for call in calls:
            with pytest.raises(ClientError, match=r"SignatureDoesNotMatch|NotImplemented"):
                await call
    assert google.objects == {}


def test_a_signature_covers_the_condition() -> None:
    key, at = HmacKey("access", "secret"), datetime(2026, 11, 21, 18, 0, 5, tzinfo=UTC)
    headers = {"x-goog-if-generation-match": "0", "content-md5": "x"}
    result = signed("PUT", "https://storage.googleapis.com/ours/a%20b", headers, key, at)
    assert result["x-goog-date"] == "20261121T180005Z"
    scheme, _, rest = result["authorization"].partition(" ")
    assert scheme == "GOOG4-HMAC-SHA256"
    assert rest.startswith("Credential=access/20261121/auto/storage/goog4_request, ")
    names = "content-md5;host;x-goog-content-sha256;x-goog-date;x-goog-if-generation-match"
    assert f"SignedHeaders={names}, " in rest
    without = signed(
        "PUT", "https://storage.googleapis.com/ours/a%20b", {"content-md5": "x"}, key, at
    )
    assert result["authorization"][-64:] != without["authorization"][-64:]
