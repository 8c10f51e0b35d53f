"""The clip of a move is sent as it was brought, by the rules that films are sent by."""

import httpx
import pytest

from domain.library.media import type_of
from tests.api.memory_backend import MemoryBackend, problem_of

pytestmark = pytest.mark.anyio

ADDRESS = "/api/moves/move-0/clip"
MP4 = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00" + bytes(range(200))


@pytest.fixture(scope="module")
async def content(client: httpx.AsyncClient, backend: MemoryBackend) -> bytes:
    move = (await client.get("/api/moves/move-0")).json()
    backend.storage.objects[move["video_path"]] = MP4
    return MP4


async def test_a_clip_is_sent_whole_with_what_it_is(
    client: httpx.AsyncClient, content: bytes
) -> None:
    answer = await client.get(ADDRESS)

    assert (answer.status_code, answer.content) == (200, content)
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_clip_of_another_kind_says_so_whole_in_parts_and_for_head(
    client: httpx.AsyncClient, backend: MemoryBackend
) -> None:
    path = (await client.get("/api/moves/move-2")).json()["video_path"]
    backend.storage.objects[path] = b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm" + bytes(50)
    address = "/api/moves/move-2/clip"
    for answer in (
        await client.get(address),
        await client.get(address, headers={"Range": "bytes=3-9"}),
        await client.head(address),
    ):
        assert answer.headers["content-type"] == "video/webm", answer


async def test_a_clip_is_sent_in_parts_and_on_conditions(
    client: httpx.AsyncClient, content: bytes
) -> None:
    head = await client.head(ADDRESS)
    etag = head.headers["etag"]
    part = await client.get(ADDRESS, headers={"Range": "bytes=10-19", "If-Range": etag})
    unchanged = await client.get(ADDRESS, headers={"If-None-Match": etag})
    other = await client.get(ADDRESS, headers={"If-Match": '"another"'})
    beyond = await client.get(ADDRESS, headers={"Range": "bytes=999-"})

    assert (head.content, head.headers["content-length"]) == (b"", str(len(content)))
    assert (part.status_code, part.content) == (206, content[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(content)}"
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    problem_of(other, 412)
    assert beyond.headers["content-range"] == f"bytes */{len(content)}"
    problem_of(beyond, 416)


async def test_a_move_that_is_not_there_is_not_found_and_a_clip_that_got_lost_is_ours(
    client: httpx.AsyncClient, backend: MemoryBackend
) -> None:
    move = (await client.get("/api/moves/move-1")).json()
    del backend.storage.objects[move["video_path"]]

    nobody = problem_of(await client.get("/api/moves/nobody/clip"), 404)
    lost = problem_of(await client.get("/api/moves/move-1/clip"), 500)

    assert (nobody["code"], lost["code"]) == ("move-not-found", "library-failed")
    assert move["video_path"] in lost["error"]


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (MP4, "video/mp4"),
        (b"\x00\x00\x00\x14ftypqt  ", "video/quicktime"),
        (b"\x00\x00\x00\x08wide\x00\x00", "video/quicktime"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm", "video/webm"),
        (b"\x1aE\xdf\xa3\xa3B\x86\x81\x01B\x82\x88matroska", "video/x-matroska"),
        (b"<html>", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_a_clip_is_what_its_first_bytes_say(head: bytes, kind: str) -> None:
    assert type_of(head) == kind
