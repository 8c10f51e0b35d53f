"""Files sent whole, in ranges, and on conditions (RFC 9110)."""

import hashlib
from collections.abc import AsyncIterator, Callable
from typing import Any, Final, TypeAlias

from litestar import HttpMethod, Request, Response
from litestar.exceptions import HTTPException
from litestar.openapi.datastructures import ResponseSpec
from litestar.response import Stream

from application.ports.storage import Stored
from entrypoints.http import ranges
from entrypoints.http.problems import documented

Read: TypeAlias = Callable[[int, int], AsyncIterator[bytes]]
"""Yields so many bytes, the second number, from the first on."""

VIDEO: Final = "video/mp4"


def answers(what: str) -> dict[int, ResponseSpec]:
    """What `answer` says but the whole video, for the description of the API."""
    part = ResponseSpec(
        bytes, description="The range asked for", media_type=VIDEO, generate_examples=False
    )
    return {206: part, 304: known(what), **documented(400, 404, 412, 416, 500, 503)}


def known(what: str) -> ResponseSpec:
    """What is said to whoever has it already, for the description of the API."""
    return ResponseSpec(None, description=f"The {what} you have is this one")


def answer(
    request: Request[Any, Any, Any], stored: Stored, media_type: str, cached: str, read: Read
) -> Response[Any]:
    """A file or a part of it, as the request's headers ask; nothing of it is read for HEAD.

    ``cached`` is its Cache-Control.
    """
    size, etag = stored.size, stored.etag
    headers = {"Accept-Ranges": "bytes", "ETag": f'"{etag}"', "Cache-Control": cached}
    if _is_known(request, etag):
        return _bare(304, headers, media_type)
    part = _part(request, size, etag)
    headers["Content-Length"] = str(size if part is None else part.length)
    if request.method == HttpMethod.HEAD:
        return _bare(200, headers, media_type)
    if part is None:
        return Stream(read(0, size), headers=headers, media_type=media_type)
    headers["Content-Range"] = f"bytes {part.first}-{part.last}/{size}"
    body = read(part.first, part.length)
    return Stream(body, status_code=206, headers=headers, media_type=media_type)


def whole(
    request: Request[Any, Any, Any], content: bytes, media_type: str, cached: str
) -> Response[bytes]:
    """Something that is sent whole or, to whom it is known, not at all."""
    etag = hashlib.sha256(content).hexdigest()
    headers = {"ETag": f'"{etag}"', "Cache-Control": cached}
    if _is_known(request, etag):
        return _bare(304, headers, media_type)
    return Response(content, headers=headers, media_type=media_type)


def _is_known(request: Request[Any, Any, Any], etag: str) -> bool:
    """Whether the client has this one; refuse what is to be another one."""
    asked = request.headers
    if "if-match" in asked and not ranges.exactly(asked["if-match"], etag):
        raise HTTPException("The file is another one than `If-Match` says.", status_code=412)
    return "if-none-match" in asked and ranges.same(asked["if-none-match"], etag)


def _part(request: Request[Any, Any, Any], size: int, etag: str) -> ranges.Span | None:
    """The range that is asked for, None for the whole; ranges are a matter of GET alone."""
    condition = request.headers.get("if-range")
    if request.method != HttpMethod.GET or condition not in (None, f'"{etag}"'):
        return None
    try:
        return ranges.wanted(request.headers.get("range"), size)
    except ranges.Unsatisfiable:
        said = f"The file has {size} bytes, and none of them is in this range."
        where = {"Accept-Ranges": "bytes", "Content-Range": f"bytes */{size}"}
        raise HTTPException(said, status_code=416, headers=where) from None


def _bare(status: int, headers: dict[str, str], media_type: str) -> Response[bytes]:
    return Response(b"", status_code=status, headers=headers, media_type=media_type)
