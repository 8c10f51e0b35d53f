"""Media assets are uploaded, listed, served and removed by their owners alone."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from adapters.memory.encoder import clip, song
from domain.shared.errors import StorageFailed
from domain.storage.asset_files import PICTURE
from domain.storage.assets import AssetNameTaken
from entrypoints.settings import Settings
from tests.api.memory_backend import MemoryBackend, failing, paths_of, problem_of
from tests.api.test_callers import ANA, BRUNO, registered
from tests.world.pictures import png

pytestmark = pytest.mark.anyio

ASSETS = "/api/media/assets"
SONG = song(2.5)


@pytest.fixture
def backend(tmp_path: Path) -> MemoryBackend:
    return MemoryBackend(tmp_path)


@pytest.fixture
async def client(backend: MemoryBackend) -> AsyncGenerator[httpx.AsyncClient]:
    async with backend.client() as opened:
        yield opened


async def upload(
    client: httpx.AsyncClient,
    content: bytes,
    named: str = "beach.png",
    headers: dict[str, str] | None = None,
    **fields: str,
) -> httpx.Response:
    files = {"file": (named, content, "text/html")}
    return await client.post(ASSETS, data=fields, files=files, headers=headers)


async def names(client: httpx.AsyncClient, **query: Any) -> list[str]:
    return [each["name"] for each in (await client.get(ASSETS, params=query)).json()["items"]]


def stored(backend: MemoryBackend) -> list[str]:
    return [path for path in backend.storage.objects if path.startswith("assets/")]


async def test_what_is_no_picture_or_recording_is_refused_and_leaves_nothing(
    backend: MemoryBackend, client: httpx.AsyncClient
) -> None:
    film = clip("a", 30, 30)
    for content, message in (
        (b"", "JPEG, PNG or WebP"),
        (b"<svg onload='x'/>", "JPEG, PNG or WebP"),
        (film, "The file has moving pictures, so it cannot be a recording."),
    ):
        problem = problem_of(await upload(client, content), 415)
        assert (problem["code"], message in problem["detail"]) == ("unaccepted-media", True)
        assert "WAV, MP3" in problem["detail"]
    problem = problem_of(await upload(client, png()[:-9]), 400)
    assert problem["code"] == "unreadable-media"
    assert stored(backend) == []
    assert await names(client) == []


async def test_a_picture_above_a_limit_is_refused_by_its_number(client: httpx.AsyncClient) -> None:
    problem = problem_of(await upload(client, png() + bytes(PICTURE.size)), 413)
    assert problem["detail"] == "A picture may have 20 MB at most."
    problem = problem_of(await upload(client, png(7000, 6000)), 413)
    assert problem["detail"] == "A picture may have 36 megapixels at most; this one has 7000x6000."


async def test_a_form_that_names_another_kind_is_refused(client: httpx.AsyncClient) -> None:
    problem = problem_of(await upload(client, png(), kind="audio"), 415)
    assert "of the kind `image`, and the form says `audio`" in problem["detail"]
    problem = problem_of(await upload(client, SONG, kind="image"), 415)
    assert "of the kind `audio`, and the form says `image`" in problem["detail"]
    problem = problem_of(await upload(client, SONG, kind="video_clip"), 400)
    assert paths_of(problem) == {"kind"}


async def test_every_fault_of_a_form_is_named(client: httpx.AsyncClient) -> None:
    fields = {"name": "x" * 201, "description": "y" * 2001, "owner": "bruno"}
    problem = problem_of(await client.post(ASSETS, data=fields, files={"a": b"b"}), 400)
    assert paths_of(problem) >= {"name", "description", "file"}


@pytest.mark.parametrize(
    ("named", "name"),
    [
        ("beach.png", "beach.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\photos\\Año nuevo.png", "Año nuevo.png"),
        ("a" * 300, "a" * 200),
    ],
)
async def test_an_asset_without_a_name_has_that_of_its_file(
    client: httpx.AsyncClient, named: str, name: str
) -> None:
    assert (await upload(client, png(), named)).json()["name"] == name


async def test_a_file_without_any_name_needs_one(client: httpx.AsyncClient) -> None:
    assert paths_of(problem_of(await upload(client, png(), "/"), 400)) == {"name"}
    assert (await upload(client, png(), "/", name="sea")).status_code == 201


async def test_an_uploaded_picture_is_read_listed_and_served(
    backend: MemoryBackend, client: httpx.AsyncClient
) -> None:
    answer = await upload(client, png(7, 5), name="sea", kind="image", description="a blue sea")
    asset = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"{ASSETS}/{asset['asset_id']}"
    assert (asset["width"], asset["height"], asset["duration"]) == (7, 5, None)
    assert (asset["kind"], asset["source"]) == ("image", "user_uploaded")
    assert (asset["name"], asset["description"]) == ("sea", "a blue sea")
    assert stored(backend) == [f"assets/images/local/{asset['asset_id']}.png"]
    assert (await client.get(answer.headers["location"])).json() == asset
    assert (await client.get(ASSETS)).json() == {"items": [asset], "next_cursor": None}

    file = await client.get(f"{ASSETS}/{asset['asset_id']}/file")
    assert (file.content, file.headers["content-type"]) == (png(7, 5), "image/png")
    assert file.headers["x-content-type-options"] == "nosniff"


async def test_the_file_of_an_asset_has_ranges_conditions_and_a_head(
    client: httpx.AsyncClient,
) -> None:
    address = f"{ASSETS}/{(await upload(client, SONG)).json()['asset_id']}/file"
    whole = await client.get(address)
    assert whole.headers["content-type"] == "audio/aac"
    tag = whole.headers["etag"]
    part = await client.get(address, headers={"Range": "bytes=2-5", "If-Range": tag})
    assert (part.status_code, part.content) == (206, SONG[2:6])
    assert (await client.get(address, headers={"If-None-Match": tag})).status_code == 304
    assert (await client.get(address, headers={"If-Match": '"x"'})).status_code == 412
    beyond = await client.get(address, headers={"Range": f"bytes={len(SONG)}-"})
    assert problem_of(beyond, 416)["status"] == 416
    head = await client.head(address, headers={"Range": "bytes=2-5"})
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(SONG))


async def test_a_name_is_taken_once(backend: MemoryBackend, client: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(upload(client, png(), name="sea") for _ in range(4)))
    assert sorted(each.status_code for each in answers) == [201, 409, 409, 409]
    assert problem_of(await upload(client, png(), name="sea"), 409)["code"] == "asset-name-taken"
    assert (await upload(client, SONG, name="sea")).status_code == 201
    assert len(stored(backend)) == 2


async def test_a_name_that_is_taken_at_the_last_moment_leaves_no_file(
    backend: MemoryBackend,
) -> None:
    port = failing(backend.ports.media_assets, add=AssetNameTaken())
    backend.ports = replace(backend.ports, media_assets=port)
    async with backend.client() as client:
        problem_of(await upload(client, png()), 409)
    assert stored(backend) == []


async def test_a_row_that_may_still_come_keeps_its_file(backend: MemoryBackend) -> None:
    port = failing(backend.ports.media_assets, add=StorageFailed())
    backend.ports = replace(backend.ports, media_assets=port)
    async with backend.client() as client:
        assert (await upload(client, png())).status_code >= 500
    assert len(stored(backend)) == 1


async def test_a_file_that_cannot_be_stored_leaves_no_row(backend: MemoryBackend) -> None:
    port = failing(backend.ports.storage, put=StorageFailed())
    backend.ports = replace(backend.ports, storage=port)
    async with backend.client() as client:
        assert (await upload(client, png())).status_code >= 500
        assert await names(client) == []


async def test_pages_continue_at_their_cursor(client: httpx.AsyncClient) -> None:
    for name in ("c", "a", "b"):
        await upload(client, png(), name=name)
    first = (await client.get(ASSETS, params={"limit": 2})).json()
    assert [each["name"] for each in first["items"]] == ["a", "b"]
    assert await names(client, limit=2, cursor=first["next_cursor"]) == ["c"]
    problem_of(await client.get(ASSETS, params={"cursor": "no"}), 400)


async def test_a_removed_asset_and_its_file_are_gone(
    backend: MemoryBackend, client: httpx.AsyncClient
) -> None:
    address = (await upload(client, png())).headers["location"]
    assert (await client.delete(address)).status_code == 204
    assert stored(backend) == []
    for answer in (
        await client.get(address),
        await client.get(f"{address}/file"),
        await client.delete(address),
    ):
        assert problem_of(answer, 404)["code"] == "asset-not-found"
    assert (await upload(client, png())).status_code == 201


async def test_a_file_that_cannot_be_deleted_is_left_without_its_row(
    backend: MemoryBackend,
) -> None:
    port = failing(backend.ports.storage, delete=StorageFailed())
    backend.ports = replace(backend.ports, storage=port)
    async with backend.client() as client:
        address = (await upload(client, png())).headers["location"]
        assert (await client.delete(address)).status_code == 204
        assert (await client.get(address)).status_code == 404
    assert len(stored(backend)) == 1


async def test_an_asset_of_another_is_not_there(tmp_path: Path) -> None:
    settings = Settings(allowed_hosts="backend", auth="on", registration="open")
    backend = MemoryBackend(tmp_path, settings)
    async with backend.client() as client:
        ana, bruno = await registered(client, ANA), await registered(client, BRUNO)
        hers = await upload(client, png(), headers=ana)
        address = hers.headers["location"]
        assert UUID(hers.json()["asset_id"])
        for method, place in (("GET", ""), ("GET", "/file"), ("DELETE", "")):
            answer = await client.request(method, f"{address}{place}", headers=bruno)
            assert problem_of(answer, 404)["code"] == "asset-not-found"
        assert (await client.get(ASSETS, headers=bruno)).json()["items"] == []
        assert (await upload(client, png(), headers=bruno)).status_code == 201
        assert (await client.get(address, headers=ana)).status_code == 200
    owners = {path.split("/")[2] for path in stored(backend)}
    assert len(owners) == 2
