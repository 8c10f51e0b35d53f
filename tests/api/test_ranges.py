"""Films are streamed by RFC 9110: whole, in ranges, on conditions."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from litestar import Litestar

from application.ports.storage import Stored
from domain.shared.paths import film as film_path
from entrypoints.http.ranges import Span, Unsatisfiable, span_of
from tests.api.asgi import Exchange
from tests.api.memory_backend import ASSEMBLE, MemoryBackend, document, problem_of

CONTENT = bytes(range(256)) * 4
SIZE = len(CONTENT)


@pytest.fixture(scope="module")
async def address(client: httpx.AsyncClient, backend: MemoryBackend) -> str:
    """Return the address that streams a film of known bytes."""
    film = (await client.post(ASSEMBLE, json=document())).json()
    backend.storage.objects[film_path("local", UUID(film["task_id"]))] = CONTENT
    return film["video_url"]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("header", "first", "last"),
    [
        ("bytes=0-99", 0, 99),
        ("bytes=0-0", 0, 0),
        ("bytes=1000-", 1000, SIZE - 1),
        ("bytes=0-", 0, SIZE - 1),
        ("bytes=-1", SIZE - 1, SIZE - 1),
        ("bytes=-100", SIZE - 100, SIZE - 1),
        ("bytes=-5000", 0, SIZE - 1),
        (f"bytes={SIZE - 1}-", SIZE - 1, SIZE - 1),
        (f"bytes={SIZE - 1}-{SIZE - 1}", SIZE - 1, SIZE - 1),
        ("bytes=10-99999", 10, SIZE - 1),
        ("Bytes=0-99", 0, 99),
    ],
)
async def test_a_range_is_given_as_asked(
    client: httpx.AsyncClient, address: str, header: str, first: int, last: int
) -> None:
    answer = await client.get(address, headers={"Range": header})

    assert answer.status_code == 206
    assert answer.content == CONTENT[first : last + 1]
    assert answer.headers["content-range"] == f"bytes {first}-{last}/{SIZE}"
    assert answer.headers["content-length"] == str(last - first + 1)
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-type"] == "video/mp4"
    assert re.fullmatch(r'"[^"]+"', answer.headers["etag"])


@pytest.mark.anyio
@pytest.mark.parametrize(
    "header",
    [
        "bytes=1,2",
        "bytes=0-1,5-9",
        "bytes=9-5",
        "bytes=-",
        "bytes=a-b",
        "bytes 0-1",
        "lines=0-1",
        "bytes=+0-1",
        "bytes=0--1",
        "bytes=\u0664-\u0665".encode(),
        "",
    ],
)
async def test_a_header_that_is_no_single_range_gives_the_whole(
    client: httpx.AsyncClient, address: str, header: str | bytes
) -> None:
    headers = {b"Range": header if isinstance(header, bytes) else header.encode()}

    answer = await client.get(address, headers=cast(Any, headers))

    assert answer.status_code == 200
    assert answer.content == CONTENT
    assert "content-range" not in answer.headers


@pytest.mark.anyio
@pytest.mark.parametrize("header", [f"bytes={SIZE}-", "bytes=99999-100000", "bytes=-0"])
async def test_a_range_beyond_the_end_is_refused(
    client: httpx.AsyncClient, address: str, header: str
) -> None:
    answer = await client.get(address, headers={"Range": header})

    assert problem_of(answer, 416)["code"] == "requested-range-not-satisfiable"
    assert answer.headers["content-range"] == f"bytes */{SIZE}"


@pytest.mark.anyio
async def test_the_whole_film_says_what_may_be_asked(
    client: httpx.AsyncClient, address: str
) -> None:
    answer = await client.get(address)

    assert answer.status_code == 200
    assert answer.content == CONTENT
    assert answer.headers["content-length"] == str(SIZE)
    assert answer.headers["accept-ranges"] == "bytes"
    assert re.fullmatch(r'"[^"]+"', answer.headers["etag"])
    assert "content-range" not in answer.headers


@pytest.mark.anyio
async def test_a_range_of_a_film_that_has_changed_gives_the_whole(
    client: httpx.AsyncClient, address: str
) -> None:
    etag = (await client.get(address)).headers["etag"]
    statuses = {
        condition: (
            await client.get(address, headers={"Range": "bytes=0-9", "If-Range": condition})
        ).status_code
        for condition in (etag, '"another"', f"W/{etag}", "Wed, 21 Oct 2026 07:28:00 GMT")
    }

    assert list(statuses.values()) == [206, 200, 200, 200]


@pytest.mark.anyio
async def test_a_range_beyond_the_end_of_a_changed_film_gives_the_whole(
    client: httpx.AsyncClient, address: str
) -> None:
    headers = {"Range": "bytes=99999-", "If-Range": '"another"'}

    assert (await client.get(address, headers=headers)).status_code == 200


@pytest.mark.anyio
@pytest.mark.parametrize("form", ["{}", "W/{}", '"x", {}', "*"])
async def test_a_film_that_is_known_is_not_sent_again(
    client: httpx.AsyncClient, address: str, form: str
) -> None:
    etag = (await client.get(address)).headers["etag"]

    for method in ("GET", "HEAD"):
        answer = await client.request(
            method,
            address,
            headers={"If-None-Match": form.format(etag), "Range": "bytes=0-9"},
        )
        assert answer.status_code == 304
        assert answer.content == b""
        assert answer.headers["etag"] == etag
        assert "content-range" not in answer.headers


@pytest.mark.anyio
async def test_a_film_that_is_another_is_sent(client: httpx.AsyncClient, address: str) -> None:
    assert (await client.get(address, headers={"If-None-Match": '"x"'})).status_code == 200


@pytest.mark.anyio
async def test_if_match_gives_that_film_or_none(client: httpx.AsyncClient, address: str) -> None:
    etag = (await client.get(address)).headers["etag"]

    for condition in (etag, "*", f'"x", {etag}'):
        assert (await client.get(address, headers={"If-Match": condition})).status_code == 200
    for condition in ('"x"', f"W/{etag}"):
        problem_of(await client.get(address, headers={"If-Match": condition}), 412)


@pytest.mark.anyio
async def test_head_gives_the_headers_of_get_and_reads_nothing(tmp_path: Path) -> None:
    backend = MemoryBackend(tmp_path)
    reads: list[str] = []

    class MotionCache:
        def __getattr__(self, name: str) -> Any:
            if name == "read":
                reads.append(name)
            return getattr(backend.storage, name)

    backend.ports = replace(backend.ports, storage=cast(Any, MotionCache()))
    async with backend.client() as client:
        address = (await client.post(ASSEMBLE, json=document())).json()["video_url"]
    async with backend.opened() as app:
        head = await Exchange("HEAD", address).run(app)
        assert reads == []
        ranged = await Exchange("HEAD", address, {"Range": "bytes=0-1"}).run(app)
        assert reads == []
        get = await Exchange("GET", address).run(app)

    assert reads == ["read"]
    assert head.status == ranged.status == get.status == 200
    assert head.content == ranged.content == b""
    assert _lasting(head.answered) == _lasting(ranged.answered) == _lasting(get.answered)
    assert int(head.answered["content-length"]) == len(get.content)


@pytest.mark.anyio
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_film_that_is_not_there_is_not_found(
    client: httpx.AsyncClient, method: str
) -> None:
    missing = f"/api/videos/{uuid4()}/stream"

    answer = await client.request(method, missing)

    assert answer.status_code == 404


def _lasting(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name != "x-request-id"}


class ArtifactCache:
    """A storage of one film of any size, whose bytes are numbered."""

    def __init__(self, size: int) -> None:
        self.content = bytes(number % 251 for number in range(size))

    async def describe(self, path: str) -> Stored:
        return Stored(size=len(self.content), etag="e")

    async def read(self, path: str, first: int, length: int) -> AsyncIterator[bytes]:
        for start in range(first, first + length, 7):
            yield self.content[start : min(start + 7, first + length)]


RANGES = st.one_of(
    st.builds("bytes={}-{}".format, st.integers(0, 60), st.integers(0, 60)),
    st.builds("bytes={}-".format, st.integers(0, 60)),
    st.builds("bytes=-{}".format, st.integers(0, 60)),
    st.builds("bytes={}-{},{}-".format, *[st.integers(0, 60)] * 3),
    st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=12),
    st.text("bytes=0123-, ", max_size=14),
)


@given(size=st.integers(0, 50), header=RANGES)
@settings(max_examples=300, deadline=None)
def test_any_range_of_any_size_is_lawful(size: int, header: str) -> None:
    content = ArtifactCache(size).content
    try:
        span = span_of(header, size)
    except Unsatisfiable:
        # Only a well-formed range that overlaps nothing may be refused.
        first, last = _single(header)
        assert (first is None and last == 0) or (first is not None and first >= size)
        return
    if span is None:
        return
    first, last = _single(header)
    assert 0 <= span.first <= span.last < size
    if first is None:
        assert content[span.first : span.last + 1] == content[-(last or 0) :]
    else:
        assert span == Span(first, min(size - 1 if last is None else last, size - 1) - first + 1)


def _single(header: str) -> tuple[int | None, int | None]:
    """First and last byte of a single range as RFC 9110 writes it."""
    name, _, rest = header.partition("=")
    assert name.lower() == "bytes"
    first, _, last = rest.strip(" \t").partition("-")
    return (int(first) if first else None, int(last) if last else None)


def test_any_answer_is_lawful(tmp_path: Path) -> None:
    """Status, headers and bytes agree, whatever is asked of a film of whatever size."""
    artifacts = ArtifactCache(0)
    with asyncio.Runner() as runner:
        address, app = runner.run(_streaming(MemoryBackend(tmp_path), artifacts))

        @given(st.data())
        @settings(max_examples=200, deadline=None)
        def lawful(data: st.DataObject) -> None:
            artifacts.content = ArtifactCache(data.draw(st.integers(0, 50))).content
            headers = {
                name: value
                for name, value in {
                    "Range": data.draw(st.none() | RANGES),
                    "If-Range": data.draw(st.sampled_from([None, '"e"', 'W/"e"', '"x"'])),
                    "If-None-Match": data.draw(st.sampled_from([None, None, '"e"', '"x"'])),
                }.items()
                if value is not None
            }
            method = data.draw(st.sampled_from(["GET", "HEAD"]))
            exchange = runner.run(Exchange(method, address, headers).run(app))
            _check(exchange, headers, artifacts.content)

        lawful()


class _Over:
    """A storage that keeps everything, and whose films are all the one in the storage."""

    def __init__(self, below: object, artifacts: ArtifactCache) -> None:
        self._below = below
        self._artifacts = artifacts

    def __getattr__(self, name: str) -> Any:
        return getattr(self._artifacts if name == "read" else self._below, name)

    async def describe(self, path: str) -> Stored:
        # Where there is no film yet, one may be published.
        await cast(Any, self._below).describe(path)
        return await self._artifacts.describe(path)


async def _streaming(backend: MemoryBackend, artifacts: ArtifactCache) -> tuple[str, Litestar]:
    """Return the address that streams the film, and the application."""
    backend.ports = replace(backend.ports, storage=cast(Any, _Over(backend.storage, artifacts)))
    async with backend.client() as client:
        film = (await client.post(ASSEMBLE, json=document())).json()
    async with backend.opened() as app:
        return film["video_url"], app


def _check(exchange: Exchange, headers: dict[str, str], content: bytes) -> None:
    given_back, status = exchange.answered, exchange.status
    assert status in (200, 206, 304, 416)
    if headers.get("If-None-Match") == '"e"':
        assert status == 304
        assert exchange.content == b""
        return
    assert given_back["accept-ranges"] == "bytes"
    if exchange.method == "HEAD" or "Range" not in headers:
        assert status == 200
    if headers.get("If-Range", '"e"') != '"e"':
        assert status == 200
    if status == 416:
        assert given_back["content-range"] == f"bytes */{len(content)}"
        return
    assert given_back["etag"] == '"e"'
    if status == 206:
        parts = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", given_back["content-range"])
        assert parts
        first, last, whole = map(int, parts.groups())
        assert whole == len(content)
        assert 0 <= first <= last < whole
        assert exchange.content == content[first : last + 1]
    else:
        assert "content-range" not in given_back
        assert exchange.content == (content if exchange.method == "GET" else b"")
    length = len(content) if exchange.method == "HEAD" else len(exchange.content)
    assert int(given_back["content-length"]) == length
