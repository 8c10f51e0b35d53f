"""Watching a Blueprint before, or without, its film being made."""

from typing import Annotated, Any, Final, TypeAlias
from uuid import UUID

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, PathParameter

from application.usecases.preview import FOLDER, PreviewChoreography
from domain import texts
from domain.playlist import BEGINNING
from entrypoints.http.answering import MAKES
from entrypoints.http.disconnect import while_connected
from entrypoints.http.problems import documented
from entrypoints.http.wiring import Wired

_PLAYLIST: Final = "application/vnd.apple.mpegurl"
_BEGINNING: Final = "video/mp4"
_SEGMENT: Final = "video/iso.segment"

_KEPT: Final = {"Cache-Control": "private, max-age=86400, immutable"}
"""A Blueprint never changes, nor do its media."""
_ASKED_AGAIN: Final = {"Cache-Control": "private, max-age=3600"}

Name: TypeAlias = Annotated[
    str,
    PathParameter(
        max_length=texts.LONGEST, description="`init.mp4`, or a number from 0 and `.m4s`."
    ),
]
PlaylistName: TypeAlias = Annotated[
    str,
    PathParameter(max_length=texts.LONGEST, description="`picture.m3u8` or `sound.m3u8`."),
]
KindName: TypeAlias = Annotated[
    str, PathParameter(max_length=texts.LONGEST, description="`picture` or `sound`.")
]


class PreviewController(Controller):
    """Previews."""

    path = "/api/choreography/{task_id:uuid}"
    tags = ("preview",)

    @get(
        f"/{FOLDER}.m3u8",
        operation_id="getPreview",
        media_type=_PLAYLIST,
        response_description="The main playlist",
        responses=documented(400, 404, 500, 503),
    )
    async def preview(
        self,
        task_id: FromPath[UUID],
        preview: Wired[PreviewChoreography],
        caller: NamedDependency[str],
    ) -> Response[str]:
        """The Blueprint as HTTP Live Streaming; nothing is rendered for it."""
        return _playlist(await preview(task_id, caller))

    @get(
        f"/{FOLDER}/{{playlist:str}}",
        operation_id="getPreviewPlaylist",
        media_type=_PLAYLIST,
        response_description="The playlist",
        responses=documented(400, 404, 500, 503),
    )
    async def playlist(
        self,
        task_id: FromPath[UUID],
        playlist: PlaylistName,
        preview: Wired[PreviewChoreography],
        caller: NamedDependency[str],
    ) -> Response[str]:
        """The segments of the picture or the sound."""
        return _playlist(await preview.playlist(task_id, caller, playlist))

    @get(
        f"/{FOLDER}/{{kind:str}}/{{segment:str}}",
        operation_id="getPreviewSegment",
        media_type=_SEGMENT,
        opt={MAKES: True},
        response_description="The segment; `init.mp4` is sent as video/mp4",
        responses=documented(400, 404, 500, 503, 507),
    )
    async def segment(
        self,
        request: Request[Any, Any, Any],
        task_id: FromPath[UUID],
        kind: KindName,
        segment: Name,
        preview: Wired[PreviewChoreography],
        caller: NamedDependency[str],
    ) -> Response[bytes]:
        """A segment, or what comes before all of them; what it needs is made when it is missing."""
        data = await while_connected(request, preview.segment(task_id, caller, kind, segment))
        media_type = _BEGINNING if segment == BEGINNING else _SEGMENT
        return Response(data, media_type=media_type, headers=_KEPT)


def _playlist(text: str) -> Response[str]:
    return Response(text, media_type=_PLAYLIST, headers=_ASKED_AGAIN)
