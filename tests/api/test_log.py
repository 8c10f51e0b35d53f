"""A request leaves one line in the log, and its id finds all the others."""

import json
import re
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from domain.shared.errors import FFmpegFailed
from tests.api.memory_backend import ASSEMBLE, GENERATE, Lines, MemoryBackend, document, failing

pytestmark = pytest.mark.anyio

Line = dict[str, Any]
PRIVATE = "not-for-the-log"


@pytest.fixture
async def client(tmp_path: Path) -> AsyncGenerator[httpx.AsyncClient]:
    """A client of a service whose FFmpeg fails to add sound."""
    backend = MemoryBackend(tmp_path)
    await backend.furnish()
    broken = failing(backend.ports.encoder, add_audio=FFmpegFailed(details="Conversion failed!"))
    backend.ports = replace(backend.ports, encoder=broken)
    async with backend.client() as opened:
        yield opened


def requests_in(lines: list[Line]) -> list[Line]:
    return [line for line in lines if line["logger"] == "bachata.access"]


@pytest.mark.parametrize(
    ("method", "address", "route", "status"),
    [
        ("GET", "/api/songs", "/api/songs", 200),
        ("GET", "/api/songs/", "/api/songs", 200),
        ("GET", "/nowhere", None, 404),
        ("DELETE", "/api/songs", None, 405),
        ("POST", GENERATE, GENERATE, 415),
        ("GET", "/schema/openapi.json", "/schema/openapi.json", 200),
    ],
)
async def test_a_request_is_one_line(
    client: httpx.AsyncClient,
    lines: Lines,
    method: str,
    address: str,
    route: str | None,
    status: int,
) -> None:
    answer = await client.request(method, address)

    [line] = requests_in(lines())
    assert line["request_id"] == answer.headers["x-request-id"]
    assert (line["method"], line["path"], line["status"]) == (method, address, status)
    assert line["route"] == route
    assert line["duration_ms"] >= 0


async def test_a_failing_assembly_says_where_it_failed(
    client: httpx.AsyncClient, lines: Lines
) -> None:
    body = document()
    problem = (await client.post(ASSEMBLE, json=body)).json()

    entries = lines()
    [failed] = [line for line in entries if line["logger"] == "bachata.usecase"]
    assert failed["level"] == "error"
    assert failed["task_id"] == body["task_id"]
    assert failed["stage"] == problem["stage"] == "adding_audio"
    assert failed["code"] == "ffmpeg-failed"
    assert failed["details"] == "Conversion failed!"
    assert {line["request_id"] for line in entries} == {problem["request_id"]}
    [request] = requests_in(entries)
    assert request["task_id"] == body["task_id"]


async def test_a_task_is_not_named_in_the_lines_of_the_next_request(
    client: httpx.AsyncClient, lines: Lines
) -> None:
    await client.post(ASSEMBLE, json=document())
    lines()

    await client.get("/api/songs")

    [line] = requests_in(lines())
    assert "task_id" not in line


async def test_neither_headers_nor_bodies_nor_queries_are_logged(
    client: httpx.AsyncClient, lines: Lines
) -> None:
    headers = {"Authorization": f"Bearer {PRIVATE}", "Cookie": PRIVATE, "X-API-Key": PRIVATE}
    content = {**document(), "generation_parameters": {"query": PRIVATE}}

    for body in (content, {**content, "movs": PRIVATE}):
        await client.post(ASSEMBLE, json=body, headers=headers)
    await client.post(ASSEMBLE, content=PRIVATE.encode(), headers=headers)
    await client.get("/api/songs", params={"search": PRIVATE}, headers=headers)

    entries = [line for line in lines() if line["logger"].startswith("bachata")]
    assert len(requests_in(entries)) == 4
    assert PRIVATE not in json.dumps(entries)


async def test_a_client_may_name_its_request(client: httpx.AsyncClient) -> None:
    answer = await client.get("/nowhere", headers={"X-Request-ID": "my-request.1"})

    assert answer.headers["x-request-id"] == answer.json()["request_id"] == "my-request.1"


@pytest.mark.parametrize("name", ["", "a" * 65, "two words", 'a"b', "{}", "a;b"])
async def test_a_name_that_spoils_a_log_is_not_taken(client: httpx.AsyncClient, name: str) -> None:
    answer = await client.get("/nowhere", headers={"X-Request-ID": name})

    assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-request-id"])


async def test_a_path_is_logged_short_and_on_one_line(
    client: httpx.AsyncClient, lines: Lines
) -> None:
    await client.get("/" + "%1b[2J%0a%E2%80%AE" * 1000)

    [line] = requests_in(lines())
    assert len(line["path"]) <= 200
    assert line["path"].isprintable() or "\ufffd" in line["path"]
    assert not set("\x1b\n\u202e") & set(line["path"])


async def test_why_something_is_refused_is_not_logged(
    client: httpx.AsyncClient, lines: Lines
) -> None:
    answer = await client.post(GENERATE, json={"song_id": PRIVATE})

    entries = [line for line in lines() if line["logger"].startswith("bachata")]
    [refused] = [line for line in entries if line.get("outcome") == "refused"]
    assert (answer.status_code, refused["code"]) == (404, "song-not-found")
    assert PRIVATE not in json.dumps(entries)
