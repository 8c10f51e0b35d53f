"""A client that costs next to nothing, to see how fast a server answers a thousand of them."""

import asyncio
import json
from typing import Any, NamedTuple


class Answer(NamedTuple):
    """The answer to one request."""

    status: int
    headers: dict[str, str]
    body: Any


async def post(port: int, path: str, document: Any) -> Answer:
    """Post a document over a connection of its own."""
    body = json.dumps(document).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    try:
        writer.write(head.encode() + body)
        answer = await reader.read()
    finally:
        writer.close()
    lines, _, content = answer.partition(b"\r\n\r\n")
    status, *fields = lines.decode().split("\r\n")
    pairs = (field.partition(":") for field in fields)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    return Answer(int(status.split()[1]), headers, json.loads(content))
