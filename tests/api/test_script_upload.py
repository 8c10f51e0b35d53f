"""POST /api/scripts/upload and GET /api/scripts/{script_id}."""

from collections.abc import AsyncGenerator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from domain.scripts.script import MAX_CHARACTERS
from tests.api.memory_backend import MemoryBackend, paths_of, problem_of
from tests.api.narrated import TEXT, UPLOAD, uploaded

pytestmark = pytest.mark.anyio


@pytest.fixture
async def client(tmp_path: Path) -> AsyncGenerator[httpx.AsyncClient]:
    async with MemoryBackend(tmp_path).client() as opened:
        yield opened


@pytest.mark.parametrize("content", ["", " \n ", "a\x00b", "\ufeff"])
async def test_what_is_no_text_is_refused(client: httpx.AsyncClient, content: str) -> None:
    problem = problem_of(await client.post(UPLOAD, json={"content": content}), 400)
    assert paths_of(problem) == {"$.content"}


async def test_every_faulty_line_is_named(client: httpx.AsyncClient) -> None:
    content = "image:\nA.\n\nduration: long\nB."
    problem = problem_of(await client.post(UPLOAD, json={"content": content}), 400)
    assert paths_of(problem) == {"$.content, line 1", "$.content, line 4"}


async def test_unknown_fields_and_languages_are_named(client: httpx.AsyncClient) -> None:
    body = {"content": "A.", "language": "fr", "author": "me"}
    problem = problem_of(await client.post(UPLOAD, json=body), 400)
    assert paths_of(problem) == {"$.language", "$.author"}


async def test_a_longer_script_than_the_longest_is_too_large(client: httpx.AsyncClient) -> None:
    long = "ñ" * MAX_CHARACTERS
    assert (await client.post(UPLOAD, json={"content": long})).status_code == 201
    problem = problem_of(await client.post(UPLOAD, json={"content": long + "ñ"}), 413)
    assert "100,000" in problem["detail"]


@pytest.mark.parametrize("kind", ["application/pdf", "multipart/form-data; boundary=x", ""])
async def test_another_type_of_body_is_not_read(client: httpx.AsyncClient, kind: str) -> None:
    headers = {"Content-Type": kind} if kind else {}
    answer = await client.post(UPLOAD, content=b"Hola.", headers=headers)
    assert "text/plain" in problem_of(answer, 415)["detail"]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"%PDF\x80"])
async def test_bytes_that_are_no_utf_8_are_refused(
    client: httpx.AsyncClient, content: bytes
) -> None:
    answer = await client.post(UPLOAD, content=content, headers={"Content-Type": "text/plain"})
    assert paths_of(problem_of(answer, 400)) == {"$.content"}


async def test_a_script_is_stored_with_its_title_language_and_scenes(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.post(UPLOAD, json={"content": TEXT, "title": "Playa"})
    stored = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/api/scripts/{stored['script_id']}"
    assert (stored["title"], stored["language"], stored["scenes"]) == ("Playa", "es", 3)
    read = (await client.get(answer.headers["location"])).json()
    assert (read["content"], read["title"]) == (TEXT, "Playa")


async def test_plain_text_is_taken_as_it_is(client: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    answer = await client.post(UPLOAD, content="O ônibus não chegou.".encode(), headers=headers)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["language"], answer.json()["title"]) == ("pt", "O ônibus não chegou.")


async def test_an_unknown_script_is_not_found(client: httpx.AsyncClient) -> None:
    await uploaded(client)
    answer = await client.get(f"/api/scripts/{uuid4()}")
    assert problem_of(answer, 404)["code"] == "script-not-found"
