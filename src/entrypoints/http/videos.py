"""Watching films."""

from typing import Any
from uuid import UUID

from litestar import Controller, HttpMethod, MediaType, Request, Response, route
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath
from litestar.response import Stream

from application.usecases.watch import Film, WatchVideo
from entrypoints.http import ranges
from entrypoints.http.problems import documented

_VIDEO = "video/mp4"


class VideoController(Controller):
    """Films."""

    path = "/api/videos"
    tags = ("videos",)

    @route(
        "/{video_id:uuid}/stream",
        http_method=[HttpMethod.GET, HttpMethod.HEAD],
        operation_id=lambda _, method, __: f"{method.lower()}VideoStream",
        media_type=_VIDEO,
        responses={
            206: ResponseSpec(bytes, description="The range asked for", media_type=_VIDEO),
            **documented(404),
        },
    )
    async def stream(
        self,
        request: Request[Any, Any, Any],
        video_id: FromPath[UUID],
        watch: NamedDependency[WatchVideo],
        caller: NamedDependency[str],
    ) -> Response[Any]:
        """The film, whole or a range of it."""
        film = await watch(video_id, caller)
        return answer(request, film, watch)


def answer(request: Request[Any, Any, Any], film: Film, watch: WatchVideo) -> Response[Any]:
    """A file or a part of it, as the request's headers ask; nothing of it is read for HEAD."""
    size, etag = film.stored.size, film.stored.etag
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": f'"{etag}"',
        "Cache-Control": "private, max-age=3600",
    }
    if ranges.same(request.headers.get("if-none-match"), etag):
        return _bare(304, headers)
    asked = request.headers.get("range")
    condition = request.headers.get("if-range")
    if condition is not None and condition != f'"{etag}"':
        asked = None
    try:
        span = ranges.wanted(asked, size)
    except ranges.Unsatisfiable:
        return _bare(416, headers | {"Content-Range": f"bytes */{size}", "Content-Length": "0"})
    status = 200 if span is None else 206
    part = span or ranges.Span(0, size)
    headers["Content-Length"] = str(part.length)
    if span is not None:
        headers["Content-Range"] = f"bytes {part.first}-{part.last}/{size}"
    if request.method == HttpMethod.HEAD:
        return _bare(status, headers)
    body = watch.read(film, part.first, part.length)
    return Stream(body, status_code=status, headers=headers, media_type=_VIDEO)


def _bare(status: int, headers: dict[str, str]) -> Response[Any]:
    return Response(None, status_code=status, headers=headers, media_type=MediaType.TEXT)
