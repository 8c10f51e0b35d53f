"""Send files completely, in ranges, and conditionally (RFC 9110)."""

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from litestar import HttpMethod, Request, Response
from litestar.exceptions import HTTPException
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIResponse, Operation

from application.media.stored_content import StoredContent
from application.ports.storage import Stored
from entrypoints.http import ranges
from entrypoints.http.problems import documented
from entrypoints.http.zero_copy import FileStream

VIDEO: Final = "video/mp4"


def answers(what: str) -> dict[int, ResponseSpec]:
    """Return the documentation of `answer`'s responses except that with the whole video."""
    part = ResponseSpec(
        bytes, description="The requested range", media_type=VIDEO, generate_examples=False
    )
    return {206: part, 304: not_modified(what), **documented(400, 404, 412, 416, 500, 503)}


def sending(*media_types: str) -> type[Operation]:
    """Return the documentation of a route whose file has one of some media types."""

    @dataclass
    class Sending(Operation):
        def __post_init__(self) -> None:
            for status in {"200", "206"} & set(self.responses or {}):
                response = (self.responses or {})[status]
                if isinstance(response, OpenAPIResponse) and response.content:
                    [content] = response.content.values()
                    response.content = dict.fromkeys(media_types, content)

    return Sending


def not_modified(what: str) -> ResponseSpec:
    """Return the documentation of the response for a client that has the current version."""
    return ResponseSpec(None, description=f"The client already has this {what}")


def answer(
    request: Request[Any, Any, Any],
    stored: Stored,
    media_type: str,
    cached: str,
    content: StoredContent,
) -> Response[Any]:
    """Return a file or a part of it according to the request's headers; HEAD reads nothing.

    ``cached`` is the Cache-Control header.
    """
    size, etag = stored.size, stored.etag
    headers = {"Accept-Ranges": "bytes", "ETag": f'"{etag}"', "Cache-Control": cached}
    if _is_known(request, etag):
        return _bare(304, headers, media_type)
    part = _part(request, size, etag)
    # Litestar's streams prefer the media type of the route to their own, and HEAD gets none.
    headers |= {"Content-Type": media_type}
    headers["Content-Length"] = str(size if part is None else part.length)
    if request.method == HttpMethod.HEAD:
        return _bare(200, headers, media_type)
    if part is None:
        return FileStream(content, 0, size, headers=headers, media_type=media_type)
    headers["Content-Range"] = f"bytes {part.first}-{part.last}/{size}"
    return FileStream(
        content, part.first, part.length, status_code=206, headers=headers, media_type=media_type
    )


def whole(
    request: Request[Any, Any, Any], content: bytes, media_type: str, cached: str
) -> Response[bytes]:
    """Return the whole content, or 304 if the client has it; HEAD gets the headers alone."""
    etag = hashlib.sha256(content).hexdigest()
    headers = {"ETag": f'"{etag}"', "Cache-Control": cached}
    if _is_known(request, etag):
        return _bare(304, headers, media_type)
    # Litestar adds a character set to the media type of a text, unless it is a header.
    headers |= {"Content-Type": media_type}
    if request.method == HttpMethod.HEAD:
        headers |= {"Content-Length": str(len(content))}
        return _bare(200, headers, media_type)
    return Response(content, headers=headers, media_type=media_type)


def _is_known(request: Request[Any, Any, Any], etag: str) -> bool:
    """Return True if the client has this version; raises 412 if it requires another one."""
    headers = request.headers
    if "if-match" in headers and not ranges.exactly(headers["if-match"], etag):
        raise HTTPException(
            "The file does not have the ETag that `If-Match` requires.", status_code=412
        )
    return "if-none-match" in headers and ranges.same(headers["if-none-match"], etag)


def _part(request: Request[Any, Any, Any], size: int, etag: str) -> ranges.Span | None:
    """Return the requested range, None for the whole; only GET supports ranges."""
    condition = request.headers.get("if-range")
    if request.method != HttpMethod.GET or condition not in (None, f'"{etag}"'):
        return None
    try:
        return ranges.span_of(request.headers.get("range"), size)
    except ranges.Unsatisfiable:
        message = f"The file has {size} bytes, and none of them is in this range."
        where = {"Accept-Ranges": "bytes", "Content-Range": f"bytes */{size}"}
        raise HTTPException(message, status_code=416, headers=where) from None


def _bare(status: int, headers: dict[str, str], media_type: str) -> Response[bytes]:
    return Response(b"", status_code=status, headers=headers, media_type=media_type)
