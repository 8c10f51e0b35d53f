"""One request and its answer over an open connection."""

import asyncio
from collections.abc import Mapping
from typing import Final

MOST_READ: Final = 4_096
"""Maximum bytes of the body of an answer that are read."""
CLOSED: Final = "The endpoint closed the connection without an answer."
_MOST_HEAD: Final = 16_384
"""Maximum bytes of the head of an answer."""
_PIECE: Final = 4_096
_PARTING: Final = 1.0
"""Maximum seconds for the body of an answer, which decides nothing."""


async def posted(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
) -> int:
    """Post a body and return the status of the answer.

    Raises `ValueError` for an answer that is not HTTP, and `OSError` for a broken connection.
    """
    # Imported at the first message, because a service without webhooks does not need it.
    import h11

    connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MOST_HEAD)
    lines = [*headers.items(), ("Content-Length", str(len(body)))]
    request = h11.Request(method="POST", target=path, headers=lines)
    for event in (request, h11.Data(data=body), h11.EndOfMessage()):
        writer.write(connection.send(event) or b"")
    await writer.drain()
    status: int | None = None
    try:
        while status is None:
            event = connection.next_event()
            if event is h11.NEED_DATA:
                piece = await reader.read(_PIECE)
                if not piece:
                    raise ValueError(CLOSED)
                connection.receive_data(piece)
            elif isinstance(event, h11.Response):
                status = event.status_code
    except h11.RemoteProtocolError:
        raise ValueError("The answer is no HTTP.") from None
    await _emptied(reader)
    return status


async def _emptied(reader: asyncio.StreamReader) -> None:
    """Read a part of the body, so that most receivers see the connection end in order."""
    read = 0
    try:
        async with asyncio.timeout(_PARTING):
            while read < MOST_READ and (piece := await reader.read(MOST_READ - read)):
                read += len(piece)
    except OSError:
        # `TimeoutError` is one of them; the status is known.
        return
