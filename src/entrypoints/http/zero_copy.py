"""Let the system copy files to connections, without the bytes passing through this process.

The server offers it as the ASGI extension `http.response.zerocopysend`; see `protocol`.
"""

from io import FileIO
from typing import Any, Final, cast

from litestar import Litestar, Request
from litestar.response import Stream
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Scope, Send

from application.media.stored_content import StoredContent

EXTENSION: Final = "http.response.zerocopysend"
WINDOW: Final = 4_000_000
"""Bytes of a message; each is progress of its answer, which has a time limit."""


class FileStream(Stream):
    """The answer with a part of a file: copied by the system if possible, streamed otherwise."""

    __slots__ = ("_content", "_first", "_length")

    def __init__(self, content: StoredContent, first: int, length: int, **options: Any) -> None:  # noqa: ANN401
        """Take the file, the part of it in bytes, and the options of a response."""
        super().__init__(content.read(first, length), **options)
        self._content = content
        self._first = first
        self._length = length

    def to_asgi_response(
        self,
        app: Litestar | None,
        request: Request[Any, Any, Any],
        **options: Any,  # noqa: ANN401
    ) -> ASGIResponse:
        """See `litestar.response.base.Response`."""
        streaming = cast(Any, super()).to_asgi_response(app, request, **options)
        extensions: dict[str, Any] = cast(Any, request.scope).get("extensions") or {}
        if EXTENSION not in extensions or not self._length:
            return streaming
        return _Copying(streaming, self._content, self._first, self._length)


class _Copying(ASGIResponse):
    """Has the server copy the file, after the headers of the streaming response."""

    def __init__(
        self, streaming: ASGIResponse, content: StoredContent, first: int, length: int
    ) -> None:
        self._streaming = streaming
        self._content = content
        self._first = first
        self._length = length

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        descriptor = await self._content.open()
        if descriptor is None:
            await self._streaming(scope, receive, send)
            return
        with FileIO(descriptor) as file:
            await self._streaming.start_response(send)
            at, end = self._first, self._first + self._length
            while at < end:
                count = min(WINDOW, end - at)
                message = {"type": EXTENSION, "file": file, "offset": at, "count": count}
                at += count
                await send(cast(Any, {**message, "more_body": at < end}))
        await self._streaming.after_response()
