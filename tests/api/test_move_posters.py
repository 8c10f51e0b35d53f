"""A picture of every move."""

from pathlib import Path

import httpx
import pytest

from tests.api.memory_backend import MemoryBackend, problem_of

pytestmark = pytest.mark.anyio

POSTER = "/api/moves/move-0/poster"


async def test_a_move_has_a_picture_from_the_middle_of_its_first_eight_count(
    client: httpx.AsyncClient,
) -> None:
    move = (await client.get("/api/moves/move-0")).json()
    answer = await client.get(POSTER)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "private, no-cache"
    number = int(answer.text.rpartition(" ")[2])
    middle = move["first_count"] + 4 * 60 / move["tempo"]
    assert abs(number / 30 - middle) < 0.1


async def test_head_has_the_headers_alone_and_what_is_known_is_not_sent(
    client: httpx.AsyncClient,
) -> None:
    whole, head = await client.get(POSTER), await client.head(POSTER)

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(whole.content))
    assert head.headers["etag"] == whole.headers["etag"]
    known = {"If-None-Match": whole.headers["etag"]}
    assert (await client.get(POSTER, headers=known)).status_code == 304


async def test_a_correction_moves_the_picture(client: httpx.AsyncClient) -> None:
    before = (await client.get(POSTER)).text
    await client.patch("/api/moves/move-0", json={"shift": 500})

    after = (await client.get(POSTER)).text

    await client.patch("/api/moves/move-0", json={})
    assert after != before
    assert (await client.get(POSTER)).text == before


async def test_a_move_that_is_not_there_has_none(client: httpx.AsyncClient) -> None:
    problem = problem_of(await client.get("/api/moves/nobody/poster"), 404)
    assert problem["code"] == "move-not-found"


async def test_a_clip_that_is_gone_is_a_fault_of_the_library(tmp_path: Path) -> None:
    backend = MemoryBackend(tmp_path)
    await backend.furnish()
    async with backend.client() as client:
        path = (await client.get("/api/moves/move-1")).json()["video_path"]
        del backend.storage.objects[path]

        problem = problem_of(await client.get("/api/moves/move-1/poster"), 500)

    assert problem["code"] == "library-failed"
    assert backend.left_behind() == []
