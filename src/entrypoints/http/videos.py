"""Routes that make, list, stream and remove videos."""

from typing import Any
from uuid import UUID, uuid4

import msgspec
from litestar import Controller, HttpMethod, Request, Response, delete, get, post, route
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody

from application.jobs.cancel_video import CancelVideo
from application.jobs.submit_video import SubmitVideo
from application.rendering.stream_video import StreamVideo
from application.scripts.list_videos import ListVideos
from application.scripts.videos import (
    MakePoster,
    ReadCaptions,
    RemoveVideo,
    VideoRecords,
)
from domain.scripts.video_status import GeneratedVideo, VideoGenerationJob, VideoStatus
from entrypoints.cursors import after, cursor_of
from entrypoints.http.caching import CHANGES, STAYS
from entrypoints.http.content_disposition import attachment
from entrypoints.http.dependencies import Wired
from entrypoints.http.file_responses import VIDEO, answer, answers, sending, whole
from entrypoints.http.pagination import Cursor, Limit
from entrypoints.http.problems import documented
from entrypoints.http.request_bodies import JsonRequest
from entrypoints.http.script_bodies import UnreadVideoRequest
from entrypoints.http.ways_to_wait import KeyHeader, Waiting
from entrypoints.urls import RouteUrls

_READS = [HttpMethod.GET, HttpMethod.HEAD]


class VideoPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of videos, the newest first."""

    items: tuple[GeneratedVideo, ...]
    next_cursor: str | None
    """Cursor of the next page; null on the last page."""


class VideoController(Controller):
    """Routes below `/api/videos`."""

    path = "/api/videos"
    tags = ("videos",)

    @post(
        "/generate",
        operation_id="generateVideo",
        status_code=202,
        response_description="The job; `Location` tells where its state is",
        request_class=JsonRequest,
        responses=documented(400, 404, 408, 409, 413, 415, 422, 429, 500, 503),
    )
    async def generate(
        self,
        request: Request[Any, Any, Any],
        data: JSONBody[UnreadVideoRequest],
        submit_video: Wired[SubmitVideo],
        video_records: Wired[VideoRecords],
        caller: NamedDependency[str],
        idempotency_key: KeyHeader = None,
    ) -> Response[VideoGenerationJob]:
        """Make the narrated video of a script in the background."""
        video_request, options = await data.request()
        key = Waiting(key=idempotency_key).key_for(request.url.path, data.body)
        job, replayed = await submit_video(video_request, uuid4(), caller, key, options)
        status = await video_records.job(job.job_id, caller)
        headers = {"Location": RouteUrls().video_job(job.job_id)}
        if replayed:
            headers["Idempotency-Replayed"] = "true"
        return Response(status, headers=headers)

    @get(
        operation_id="listVideos",
        response_description="A page of videos",
        responses=documented(400, 500, 503),
    )
    async def videos(
        self,
        list_videos: Wired[ListVideos],
        caller: NamedDependency[str],
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> VideoPage:
        """List your videos of both kinds, the newest first."""
        page = await list_videos(caller, after(cursor), limit)
        return VideoPage(items=page.items, next_cursor=cursor_of(page.last))

    @get(
        "/{video_id:uuid}",
        operation_id="readVideo",
        response_description="The video, which has ended",
        responses={
            202: ResponseSpec(
                GeneratedVideo, description="The video is being made", generate_examples=False
            ),
            **documented(400, 404, 500, 503),
        },
    )
    async def video(
        self,
        video_id: FromPath[UUID],
        video_records: Wired[VideoRecords],
        caller: NamedDependency[str],
    ) -> Response[GeneratedVideo]:
        """Return what is known about a video."""
        video = await video_records.video(video_id, caller)
        made = video.status in (VideoStatus.PENDING, VideoStatus.GENERATING)
        return Response(video, status_code=202 if made else 200)

    @delete(
        "/{video_id:uuid}",
        operation_id="removeVideo",
        response_description="The video is deleted",
        responses=documented(400, 404, 409, 500, 503),
    )
    async def remove(
        self,
        video_id: FromPath[UUID],
        remove_video: Wired[RemoveVideo],
        caller: NamedDependency[str],
    ) -> None:
        """Delete a video with its Blueprint and its captions; its script stays."""
        await remove_video(video_id, caller)

    @route(
        "/{video_id:uuid}/stream",
        http_method=_READS,
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
            stream_video.content(film),
        )

    @route(
        "/{video_id:uuid}/download",
        http_method=_READS,
        operation_id=lambda _, method, __: f"{method.lower()}VideoDownload",
        media_type=VIDEO,
        response_description="The whole film, as a file to save",
        responses=answers("film"),
    )
    async def download(
        self,
        request: Request[Any, Any, Any],
        video_id: FromPath[UUID],
        stream_video: Wired[StreamVideo],
        video_records: Wired[VideoRecords],
        caller: NamedDependency[str],
    ) -> Response[bytes]:
        """Return a film as `stream` does, under its title as a file name."""
        film = await stream_video(video_id, caller)
        title = await video_records.title(video_id, caller)
        response = answer(
            request,
            film.stored,
            VIDEO,
            STAYS,
            stream_video.content(film),
        )
        response.headers["Content-Disposition"] = attachment(f"{title or video_id}.mp4")
        return response

    @route(
        "/{video_id:uuid}/poster",
        http_method=_READS,
        operation_id=lambda _, method, __: f"{method.lower()}VideoPoster",
        media_type="image/jpeg",
        operation_class=sending("image/jpeg"),
        response_description="The poster",
        responses=documented(400, 404, 412, 500, 503, 507),
    )
    async def poster(
        self,
        request: Request[Any, Any, Any],
        video_id: FromPath[UUID],
        make_poster: Wired[MakePoster],
        caller: NamedDependency[str],
    ) -> Response[bytes]:
        """Return a picture of a video as JPEG."""
        return whole(request, await make_poster(video_id, caller), "image/jpeg", CHANGES)

    @route(
        "/{video_id:uuid}/captions.vtt",
        http_method=_READS,
        operation_id=lambda _, method, __: f"{method.lower()}VideoCaptions",
        media_type="text/vtt",
        operation_class=sending("text/vtt"),
        response_description="The captions",
        responses=documented(400, 404, 412, 500, 503),
    )
    async def captions(
        self,
        request: Request[Any, Any, Any],
        video_id: FromPath[UUID],
        read_captions: Wired[ReadCaptions],
        caller: NamedDependency[str],
    ) -> Response[bytes]:
        """Return the captions of a video as WebVTT."""
        text = await read_captions(video_id, caller)
        return whole(request, text.encode(), "text/vtt; charset=utf-8", CHANGES)

    @get(
        "/jobs/{video_id:uuid}/status",
        operation_id="readVideoJob",
        response_description="The job",
        responses=documented(400, 404, 500, 503),
    )
    async def job(
        self,
        video_id: FromPath[UUID],
        video_records: Wired[VideoRecords],
        caller: NamedDependency[str],
    ) -> VideoGenerationJob:
        """Return the state of the job that makes a script's video."""
        return await video_records.job(video_id, caller)

    @post(
        "/jobs/{video_id:uuid}/cancel",
        operation_id="cancelVideo",
        status_code=200,
        response_description="The job, which may take some seconds to end",
        responses=documented(400, 404, 409, 500, 503),
    )
    async def cancel(
        self,
        video_id: FromPath[UUID],
        cancel_video: Wired[CancelVideo],
        caller: NamedDependency[str],
    ) -> VideoGenerationJob:
        """Cancel a job; nothing of its video stays."""
        return await cancel_video(video_id, caller)
