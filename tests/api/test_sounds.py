"""The file of a song is sent as it was brought, by the rules that films are sent by."""

import httpx
import pytest

from domain.library.media import sound_type_of
from tests.api.memory_backend import MemoryBackend, problem_of

pytestmark = pytest.mark.anyio

ADDRESS = "/api/songs/song/sound"
MP3 = b"ID3\x04\x00" + bytes(range(200))


@pytest.fixture(scope="module")
async def content(client: httpx.AsyncClient, backend: MemoryBackend) -> bytes:
    song = (await client.get("/api/songs/song")).json()
    backend.storage.objects[song["audio_path"]] = MP3
    return MP3


async def test_a_song_is_sent_whole_in_parts_and_on_conditions(
    client: httpx.AsyncClient, content: bytes
) -> None:
    whole = await client.get(ADDRESS)
    head = await client.head(ADDRESS)
    part = await client.get(ADDRESS, headers={"Range": "bytes=10-19"})
    unchanged = await client.get(ADDRESS, headers={"If-None-Match": whole.headers["etag"]})

    assert (whole.status_code, whole.content) == (200, content)
    assert (head.content, head.headers["content-length"]) == (b"", str(len(content)))
    assert (part.status_code, part.content) == (206, content[10:20])
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert {each.headers["content-type"] for each in (whole, head, part)} == {"audio/mpeg"}


async def test_a_song_that_is_not_there_is_not_found(client: httpx.AsyncClient) -> None:
    problem = problem_of(await client.get("/api/songs/nothing/sound"), 404)

    assert problem["code"] == "song-not-found"


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (MP3, "audio/mpeg"),
        (b"\xff\xfb\x90\x00", "audio/mpeg"),
        (b"\xff\xf1\x50\x80", "audio/aac"),
        (b"fLaC", "audio/flac"),
        (b"OggS", "audio/ogg"),
        (b"RIFF\x00\x00\x00\x00WAVE", "audio/wav"),
        (b"\x00\x00\x00\x20ftypM4A ", "audio/mp4"),
        (b"\x00\x00\x00\x20ftypisom", "video/mp4"),
        (b"\xff", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_a_song_is_what_its_first_bytes_say(head: bytes, kind: str) -> None:
    assert sound_type_of(head) == kind
