"""Read objects completely, even if connections break."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from typing import Final

from adapters.storage.s3_client import Body, S3Client
from adapters.storage.s3_errors import EXISTS, MISSING, NOTHING_THERE, broken_off, code, sdk_errors
from application.concurrency.retries import pause
from domain.shared.errors import StorageFailed

_GAIN: Final = 64 * 1024
"""Minimum progress in bytes after which a failed try does not count."""


class Download:
    """A download of an object, or of a part of it; all bytes are of the same version."""

    def __init__(
        self, client: S3Client, path: str, size: int, first: int = 0, end: int | None = None
    ) -> None:
        """Take the chunk size in bytes, and the range to read: up to ``end``, or all."""
        self._client = client
        self._path = path
        self._key = client.keys.of(path)
        self._size = size
        self._at = first
        self._end = end
        self._etag: str | None = None
        self._buffer = bytearray()
        """Bytes already read of the next chunk."""

    async def chunks(self) -> AsyncGenerator[bytes]:
        """Yield chunks of the requested size, the last one shorter.

        Raises one of `sdk_errors`, and `StorageFailed` if the object was deleted meanwhile.
        """
        fruitless = 0
        while True:
            began = self._at
            async with AsyncExitStack() as stack:
                body = await self._opened(stack)
                if body is None:
                    return
                try:
                    while chunk := await self._next(body):
                        yield chunk
                except broken_off():
                    fruitless = 1 if self._at - began >= _GAIN else fruitless + 1
                    if fruitless > self._client.limits.retries:
                        raise
                else:
                    return
            await asyncio.sleep(pause(fruitless, self._client.limits.pause))

    async def _opened(self, stack: AsyncExitStack) -> Body | None:
        """Request the remaining bytes; None if there are none."""
        request = self._client.body(self._key, self._at, self._end, self._etag)
        try:
            body = await stack.enter_async_context(request)
        except sdk_errors() as error:
            if code(error) in NOTHING_THERE:
                return None
            if self._etag is not None and code(error) in MISSING | EXISTS:
                message = f"The file {self._path!r} was deleted while it was read."
                raise StorageFailed(message) from error
            raise
        if body.end <= self._at:
            return None
        if body.first != self._at:
            raise StorageFailed(
                "The media storage does not support range requests; the request was for "
                f"{self._path!r}."
            )
        self._etag, self._end = body.etag, body.end
        return body

    async def _next(self, body: Body) -> bytes:
        """Read the next chunk, empty at the end; keeps the bytes from before an interruption."""
        limits = self._client.limits
        async with asyncio.timeout(limits.silence + self._size / limits.slowest):
            while len(self._buffer) < self._size and self._at < body.end:
                piece = await body.read(min(self._size - len(self._buffer), body.end - self._at))
                if not piece:
                    raise ConnectionResetError
                self._buffer += piece
                self._at += len(piece)
        chunk = bytes(self._buffer)
        self._buffer.clear()
        return chunk
