"""Watching films."""

from typing import Any, Final
from uuid import UUID

from litestar import Controller, HttpMethod, Request, Response, route
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath
from litestar.response import Stream

from application.usecases.watch import Film, WatchVideo
from entrypoints.http import ranges
from entrypoints.http.problems import documented
from entrypoints.http.wiring import Wired

_VIDEO: Final = "video/mp4"


class VideoController(Controller):
    """Films."""

    path = "/api/videos"
    tags = ("videos",)

    @route(
        "/{video_id:uuid}/stream",
        http_method=[HttpMethod.GET, HttpMethod.HEAD],
        operation_id=lambda _, method, __: f"{method.lower()}VideoStream",
        media_type=_VIDEO,
        response_description="The whole film",
        responses={
            206: ResponseSpec(
                bytes,
                description="The range asked for",
                media_type=_VIDEO,
                generate_examples=False,
            ),
            304: ResponseSpec(None, description="The film you have is this one"),
            **documented(400, 404, 412, 416, 500, 503),
        },
    )
    async def stream(
        self,
        request: Request[Any, Any, Any],
        video_id: FromPath[UUID],
        watch: Wired[WatchVideo],
        caller: NamedDependency[str],
    ) -> Response[bytes]:
        """The film, whole or a range of it."""
        film = await watch(video_id, caller)
        return answer(request, film, watch)


def answer(request: Request[Any, Any, Any], film: Film, watch: WatchVideo) -> Response[Any]:
    """A file or a part of it, as the request's headers ask; nothing of it is read for HEAD."""
    size, etag = film.stored.size, film.stored.etag
    asked = request.headers
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": f'"{etag}"',
        "Cache-Control": "private, max-age=3600",
    }
    if "if-match" in asked and not ranges.exactly(asked["if-match"], etag):
        raise HTTPException("The film is another one than `If-Match` says.", status_code=412)
    if "if-none-match" in asked and ranges.same(asked["if-none-match"], etag):
        return _bare(304, headers)
    part = _part(request, size, etag)
    headers["Content-Length"] = str(size if part is None else part.length)
    if request.method == HttpMethod.HEAD:
        return _bare(200, headers)
    if part is None:
        return Stream(watch.read(film, 0, size), headers=headers, media_type=_VIDEO)
    headers["Content-Range"] = f"bytes {part.first}-{part.last}/{size}"
    body = watch.read(film, part.first, part.length)
    return Stream(body, status_code=206, headers=headers, media_type=_VIDEO)


def _part(request: Request[Any, Any, Any], size: int, etag: str) -> ranges.Span | None:
    """The range that is asked for, None for the whole; ranges are a matter of GET alone."""
    condition = request.headers.get("if-range")
    if request.method != HttpMethod.GET or condition not in (None, f'"{etag}"'):
        return None
    try:
        return ranges.wanted(request.headers.get("range"), size)
    except ranges.Unsatisfiable:
        said = f"The film has {size} bytes, and none of them is in this range."
        where = {"Accept-Ranges": "bytes", "Content-Range": f"bytes */{size}"}
        raise HTTPException(said, status_code=416, headers=where) from None


def _bare(status: int, headers: dict[str, str]) -> Response[bytes]:
    return Response(b"", status_code=status, headers=headers, media_type=_VIDEO)
