"""Films are served by RFC 9110 from every storage: a table of headers, and ranges at random."""

import os
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, cast
from uuid import UUID

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.memory.storage import MemoryStorage
from adapters.storage.local import LocalStorage
from adapters.storage.s3 import S3Storage
from application.ports.storage import Storage, Stored
from domain.shared.paths import film as film_path
from tests.api.memory_backend import ASSEMBLE, MemoryBackend, document

pytestmark = pytest.mark.anyio

SIZE: Final = 700_001
CONTENT: Final = bytes(number * number % 251 for number in range(SIZE))
TAG, WEAK, OTHER = "<etag>", "W/<etag>", '"other"'
"""Stand for the ETag of the film, the same as a weak one, and another one."""
DATE = "Sat, 01 Jan 2050 00:00:00 GMT"
WHOLE = (0, SIZE)

Case = tuple[dict[str, str], int, tuple[int, int] | None]
"""Headers, status, and the first byte and the end of the body; None without a body of the film."""

TABLE: Final[dict[str, Case]] = {
    "none": ({}, 200, WHOLE),
    "first": ({"Range": "bytes=0-0"}, 206, (0, 1)),
    "middle": ({"Range": "bytes=1000-1999"}, 206, (1000, 2000)),
    "open": ({"Range": "bytes=600000-"}, 206, (600_000, SIZE)),
    "open from zero": ({"Range": "bytes=0-"}, 206, WHOLE),
    "suffix": ({"Range": "bytes=-500"}, 206, (SIZE - 500, SIZE)),
    "suffix of one": ({"Range": "bytes=-1"}, 206, (SIZE - 1, SIZE)),
    "suffix beyond": ({"Range": f"bytes=-{SIZE + 1}"}, 206, WHOLE),
    "last beyond": ({"Range": f"bytes=5-{SIZE + 9}"}, 206, (5, SIZE)),
    "last byte": ({"Range": f"bytes={SIZE - 1}-{SIZE - 1}"}, 206, (SIZE - 1, SIZE)),
    "upper case": ({"Range": "BYTES=1-2"}, 206, (1, 3)),
    "first beyond": ({"Range": f"bytes={SIZE}-"}, 416, None),
    "far beyond": ({"Range": "bytes=99999999999-"}, 416, None),
    "suffix of nothing": ({"Range": "bytes=-0"}, 416, None),
    "last before first": ({"Range": "bytes=9-5"}, 200, WHOLE),
    "nothing": ({"Range": "bytes=-"}, 200, WHOLE),
    "letters": ({"Range": "bytes=a-b"}, 200, WHOLE),
    "signs": ({"Range": "bytes=+1-2"}, 200, WHOLE),
    "negative": ({"Range": "bytes=0--1"}, 200, WHOLE),
    "no unit": ({"Range": "0-1"}, 200, WHOLE),
    "other unit": ({"Range": "seconds=0-1"}, 200, WHOLE),
    "several": ({"Range": "bytes=0-1,5-6"}, 200, WHOLE),
    "several beyond": ({"Range": f"bytes={SIZE}-,0-1"}, 200, WHOLE),
    "too many digits": ({"Range": f"bytes={'9' * 40}-"}, 200, WHOLE),
    "if-range": ({"Range": "bytes=1-2", "If-Range": TAG}, 206, (1, 3)),
    "if-range weak": ({"Range": "bytes=1-2", "If-Range": WEAK}, 200, WHOLE),
    "if-range other": ({"Range": "bytes=1-2", "If-Range": OTHER}, 200, WHOLE),
    "if-range date": ({"Range": "bytes=1-2", "If-Range": DATE}, 200, WHOLE),
    "if-range beyond": ({"Range": f"bytes={SIZE}-", "If-Range": OTHER}, 200, WHOLE),
    "if-range alone": ({"If-Range": TAG}, 200, WHOLE),
    "if-none-match": ({"If-None-Match": TAG}, 304, None),
    "if-none-match weak": ({"If-None-Match": WEAK}, 304, None),
    "if-none-match any": ({"If-None-Match": "*"}, 304, None),
    "if-none-match list": ({"If-None-Match": f"{OTHER}, {TAG}"}, 304, None),
    "if-none-match other": ({"If-None-Match": OTHER}, 200, WHOLE),
    "if-none-match and range": ({"If-None-Match": TAG, "Range": f"bytes={SIZE}-"}, 304, None),
    "if-none-match other and range": ({"If-None-Match": OTHER, "Range": "bytes=1-2"}, 206, (1, 3)),
    "if-match": ({"If-Match": TAG}, 200, WHOLE),
    "if-match any and range": ({"If-Match": "*", "Range": "bytes=1-2"}, 206, (1, 3)),
    "if-match list": ({"If-Match": f"{OTHER}, {TAG}"}, 200, WHOLE),
    "if-match weak": ({"If-Match": WEAK}, 412, None),
    "if-match other": ({"If-Match": OTHER, "Range": "bytes=1-2"}, 412, None),
    "if-match other known": ({"If-Match": OTHER, "If-None-Match": TAG}, 412, None),
    "if-match and if-none-match": ({"If-Match": TAG, "If-None-Match": TAG}, 304, None),
}


STORAGES: Final = ("memory", "local", pytest.param("s3", marks=pytest.mark.slow))


class _FilmElsewhere:
    """The storage of a backend, with one film in another storage."""

    def __init__(self, memory: MemoryStorage, film: Storage) -> None:
        self.memory, self.film = memory, film
        self.path = ""

    def __getattr__(self, name: str) -> Any:
        return getattr(self.memory, name)

    def _of(self, path: str) -> Storage:
        return self.film if path == self.path else self.memory

    async def describe(self, path: str) -> Stored:
        return await self._of(path).describe(path)

    def read(self, path: str, first: int, length: int) -> AsyncIterator[bytes]:
        return self._of(path).read(path, first, length)


@pytest.fixture
def film_storage(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if kind == "memory":
        return MemoryStorage()
    if kind == "local":
        return LocalStorage(tmp_path / "media")
    return S3Storage(request.getfixturevalue("empty_client"))


@pytest.fixture
async def served(
    film_storage: Storage, tmp_path: Path
) -> AsyncGenerator[tuple[httpx.AsyncClient, str]]:
    """A client, and the address of a film of known bytes."""
    backend = MemoryBackend(tmp_path / "work")
    await backend.furnish()
    storage = _FilmElsewhere(backend.storage, film_storage)
    backend.ports = replace(backend.ports, storage=cast(Any, storage))
    async with backend.client() as client:
        task_id = (await client.post(ASSEMBLE, json=document())).json()["task_id"]
        path = film_path("local", UUID(task_id))
        (tmp_path / "film").write_bytes(CONTENT)
        await film_storage.put(tmp_path / "film", path)
        storage.path = path
        yield client, f"/api/videos/{task_id}"


def named(headers: dict[str, str], etag: str) -> dict[str, str]:
    return {name: value.replace("<etag>", etag) for name, value in headers.items()}


def assert_answer(answer: httpx.Response, case: str, etag: str) -> None:
    """The status, the body and the headers are those of the table."""
    _, status, part = TABLE[case]
    is_head = answer.request.method == "HEAD"
    if is_head and status in (206, 416):
        # Only GET has ranges (RFC 9110, section 14.2).
        status, part = 200, WHOLE
    assert answer.status_code == status, case
    if status in (200, 206, 304):
        assert answer.headers["etag"] == etag
        assert answer.headers["accept-ranges"] == "bytes"
    if part is not None:
        first, end = part
        assert answer.content == (b"" if is_head else CONTENT[first:end]), case
        assert answer.headers["content-length"] == str(end - first)
        assert answer.headers["content-type"] == "video/mp4"
        written = f"bytes {first}-{end - 1}/{SIZE}" if status == 206 else None
        assert answer.headers.get("content-range") == written, case
    if status == 304:
        assert answer.content == b""
    if status == 416:
        assert answer.headers["content-range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize("kind", STORAGES)
@pytest.mark.parametrize("place", ["stream", "download"])
async def test_every_case_of_the_table_is_answered_as_the_rfc_says(
    served: tuple[httpx.AsyncClient, str], place: str
) -> None:
    client, film = served
    address = f"{film}/{place}"
    etag = (await client.head(address)).headers["etag"]
    assert etag.startswith('"')
    assert len(TABLE) >= 40
    for case, (headers, _, _) in TABLE.items():
        for method in ("GET", "HEAD"):
            answer = await client.request(method, address, headers=named(headers, etag))
            assert_answer(answer, case, etag)
            if place == "download" and answer.is_success:
                assert answer.headers["content-disposition"].startswith("attachment; ")


@pytest.mark.parametrize("kind", STORAGES)
@given(cuts=st.lists(st.integers(1, SIZE - 1), max_size=4, unique=True), is_open=st.booleans())
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_random_ranges_together_are_the_file(
    served: tuple[httpx.AsyncClient, str], cuts: list[int], is_open: bool
) -> None:
    client, film = served
    whole = b""
    for first, end in pairwise([0, *sorted(cuts), SIZE]):
        last = "" if is_open and end == SIZE else str(end - 1)
        headers = {"Range": f"bytes={first}-{last}"}
        whole += (await client.get(f"{film}/stream", headers=headers)).content
    assert whole == CONTENT


@pytest.mark.parametrize("kind", ["local"])
async def test_a_range_on_the_disk_reads_no_more_than_it_sends(
    served: tuple[httpx.AsyncClient, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, film = served
    read, pread = 0, os.pread

    def counted(file: int, length: int, at: int) -> bytes:
        nonlocal read
        found = pread(file, length, at)
        read += len(found)
        return found

    monkeypatch.setattr(os, "pread", counted)
    answer = await client.get(f"{film}/stream", headers={"Range": "bytes=300000-300999"})
    assert answer.content == CONTENT[300_000:301_000]
    assert read == 1000
    await client.head(f"{film}/stream")
    assert read == 1000


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["s3"])
async def test_a_range_of_a_bucket_asks_the_bucket_for_this_range_alone(
    served: tuple[httpx.AsyncClient, str],
    film_storage: Storage,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    client, film = served
    bucket = request.getfixturevalue("empty_client").client
    sizes: list[int] = []
    get_object = bucket.get_object

    async def counted(**arguments: Any) -> Any:
        answer = await get_object(**arguments)
        sizes.append(answer["ContentLength"])
        return answer

    monkeypatch.setattr(bucket, "get_object", counted)
    answer = await client.get(f"{film}/stream", headers={"Range": "bytes=300000-300999"})
    assert answer.content == CONTENT[300_000:301_000]
    await client.head(f"{film}/stream")
    assert sizes == [1000]
