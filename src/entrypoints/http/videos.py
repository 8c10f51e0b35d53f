"""Routes that stream films."""

from typing import Any
from uuid import UUID

from litestar import Controller, HttpMethod, Request, Response, route
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.rendering.stream_video import StreamVideo
from entrypoints.http.caching import STAYS
from entrypoints.http.dependencies import Wired
from entrypoints.http.file_responses import VIDEO, answer, answers


class VideoController(Controller):
    """Routes below `/api/videos`."""

    path = "/api/videos"
    tags = ("videos",)

    @route(
        "/{video_id:uuid}/stream",
        http_method=[HttpMethod.GET, HttpMethod.HEAD],
        operation_id=lambda _, method, __: f"{method.lower()}VideoStream",
        media_type=VIDEO,
        response_description="The whole film",
        responses=answers("film"),
    )
    async def stream(
        self,
        request: Request[Any, Any, Any],
        video_id: FromPath[UUID],
        stream_video: Wired[StreamVideo],
        caller: NamedDependency[str],
    ) -> Response[bytes]:
        """Return a film, completely or a range of bytes."""
        film = await stream_video(video_id, caller)
        return answer(
            request,
            film.stored,
            VIDEO,
            STAYS,
            lambda first, length: stream_video.read(film, first, length),
        )
