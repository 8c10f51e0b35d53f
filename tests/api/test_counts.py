"""The counts of a film over HTTP."""

from uuid import uuid4

import httpx
import pytest

from tests.api.memory_backend import GENERATE, MemoryBackend, problem_of

pytestmark = pytest.mark.anyio


@pytest.fixture
async def film(client: httpx.AsyncClient, backend: MemoryBackend) -> str:
    await backend.furnish()
    answer = await client.post(GENERATE, json={"song_id": "song"})
    assert answer.status_code == 200, answer.text
    return answer.json()["task_id"]


def counts_of(task_id: object) -> str:
    return f"/api/choreography/{task_id}/counts.vtt"


async def test_the_counts_are_a_file_that_a_browser_reads(
    client: httpx.AsyncClient, film: str
) -> None:
    answer = await client.get(counts_of(film))

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/vtt; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.text.startswith("WEBVTT\n")
    assert "<c.count.tap><b>4</b></c>" in answer.text
    assert "<c.move>" in answer.text


async def test_head_has_the_headers_alone_and_what_is_known_is_not_sent(
    client: httpx.AsyncClient, film: str
) -> None:
    whole, head = await client.get(counts_of(film)), await client.head(counts_of(film))

    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-type", "content-length", "etag", "cache-control"):
        assert head.headers[name] == whole.headers[name]
    known = {"If-None-Match": whole.headers["etag"]}
    assert (await client.get(counts_of(film), headers=known)).status_code == 304
    other = await client.get(counts_of(film), headers={"If-Match": '"other"'})
    assert other.status_code == 412


async def test_a_task_that_does_not_exist_has_no_counts(client: httpx.AsyncClient) -> None:
    problem = problem_of(await client.get(counts_of(uuid4())), 404)

    assert problem["code"] == "task-not-found"
