"""Watching films."""

from typing import Any, Final
from uuid import UUID

from litestar import Controller, HttpMethod, Request, Response, route
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath

from application.usecases.watch import WatchVideo
from entrypoints.http.problems import documented
from entrypoints.http.sending import answer
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
        return answer(
            request, film.stored, _VIDEO, lambda first, length: watch.read(film, first, length)
        )
