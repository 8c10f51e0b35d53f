"""Bytes that are no request are answered with a problem, over a server's own sockets."""

import asyncio
import json
from collections.abc import AsyncGenerator

import pytest

from tests.api.memory_backend import PROBLEM_KEYS, Lines, MemoryBackend
from tests.api.served import SOON, served

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


@pytest.fixture(scope="module")
async def port(backend: MemoryBackend) -> AsyncGenerator[int]:
    async with served(backend) as port:
        yield port


async def answer_to(port: int, content: bytes) -> tuple[bytes, bytes]:
    """Return head and body of everything the server sends before it closes the connection."""
    async with asyncio.timeout(SOON):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(content)
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        writer.close()
        await writer.wait_closed()
    return head.lower(), body


@pytest.mark.parametrize(
    "content",
    [
        b"\x16\x03\x01 this is TLS\r\n\r\n",
        b"GET /api/songs\r\n\r\n",
        b"GET /api/songs HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET /api/songs HTTP/1.1\r\n\r\n",
        b"GET /api/songs HTTP/1.1\r\nHost: 127.0.0.1\r\nBig: " + b"x" * 20_000,
        b"POST /api/songs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: many\r\n\r\n",
    ],
    ids=["tls", "no version", "no colon", "no host", "large header", "no length"],
)
async def test_a_malformed_request_is_answered_with_a_problem(
    port: int, lines: Lines, content: bytes
) -> None:
    head, body = await answer_to(port, content)

    assert head.startswith(b"http/1.1 400 ")
    assert b"content-type: application/problem+json" in head
    problem = json.loads(body)
    assert set(problem) == PROBLEM_KEYS
    assert problem["code"] == "malformed-request"
    assert f"x-request-id: {problem['request_id']}".encode() in head
    [line] = [line for line in lines() if line.get("request_id") == problem["request_id"]]
    assert (line["event"], line["status"]) == ("malformed request", 400)


async def test_a_body_that_turns_malformed_ends_the_connection(port: int) -> None:
    head = b"POST /api/choreography/plan HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    content = (
        head + b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n"
    )

    answer, _ = await answer_to(port, content)

    assert answer.startswith(b"http/1.1 400 ")
