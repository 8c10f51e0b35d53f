"""Routes that preview a Blueprint before its film is made."""

from typing import Annotated, Any, Final, TypeAlias
from uuid import UUID

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, PathParameter

from application.rendering.preview import FOLDER, PreviewChoreography
from domain.rendering.hls_playlist import BEGINNING
from domain.shared import texts
from entrypoints.http.answering import MAKES
from entrypoints.http.caching import CHANGES, STAYS
from entrypoints.http.dependencies import Wired
from entrypoints.http.disconnect import while_connected
from entrypoints.http.file_responses import not_modified, sending, whole
from entrypoints.http.pagination import UNBROKEN
from entrypoints.http.problems import documented

_PLAYLIST: Final = "application/vnd.apple.mpegurl"
_BEGINNING: Final = "video/mp4"
_SEGMENT: Final = "video/iso.segment"

Name: TypeAlias = Annotated[
    str,
    PathParameter(
        max_length=texts.LONGEST,
        schema_extra=UNBROKEN,
        description="`init.mp4`, or the number of a segment, such as `0.m4s`.",
    ),
]
PlaylistName: TypeAlias = Annotated[
    str,
    PathParameter(
        max_length=texts.LONGEST,
        schema_extra=UNBROKEN,
        description="`picture.m3u8` or `sound.m3u8`.",
    ),
]
KindName: TypeAlias = Annotated[
    str,
    PathParameter(
        max_length=texts.LONGEST, schema_extra=UNBROKEN, description="`picture` or `sound`."
    ),
]


Version: TypeAlias = Annotated[
    str,
    PathParameter(
        max_length=texts.LONGEST,
        schema_extra=UNBROKEN,
        description="Version in the URLs of the main playlist.",
    ),
]


class PreviewController(Controller):
    """Routes of previews, below `/api/choreography/{task_id}`."""

    path = "/api/choreography/{task_id:uuid}"
    tags = ("preview",)

    @get(
        f"/{FOLDER}.m3u8",
        operation_id="getPreview",
        media_type=_PLAYLIST,
        response_description="The main playlist",
        responses={304: not_modified("playlist"), **documented(400, 404, 412, 500, 503)},
    )
    async def preview(
        self,
        request: Request[Any, Any, Any],
        task_id: FromPath[UUID],
        preview: Wired[PreviewChoreography],
        caller: NamedDependency[str],
    ) -> Response[bytes]:
        """Return the main playlist of a preview (HTTP Live Streaming); this makes no film."""
        text = await preview(task_id, caller)
        return whole(request, text.encode(), _PLAYLIST, CHANGES)

    @get(
        f"/{FOLDER}/{{version:str}}/{{playlist:str}}",
        operation_id="getPreviewPlaylist",
        media_type=_PLAYLIST,
        response_description="The playlist",
        responses={304: not_modified("playlist"), **documented(400, 404, 410, 412, 500, 503)},
    )
    async def playlist(
        self,
        request: Request[Any, Any, Any],
        task_id: FromPath[UUID],
        version: Version,
        playlist: PlaylistName,
        preview: Wired[PreviewChoreography],
        caller: NamedDependency[str],
    ) -> Response[bytes]:
        """Return the playlist of the picture segments or of the sound segments."""
        text = await preview.playlist(task_id, caller, version, playlist)
        return whole(request, text.encode(), _PLAYLIST, STAYS)

    @get(
        f"/{FOLDER}/{{version:str}}/{{kind:str}}/{{segment:str}}",
        operation_id="getPreviewSegment",
        operation_class=sending(_SEGMENT, _BEGINNING),
        media_type=_SEGMENT,
        opt={MAKES: True},
        response_description="The segment; `init.mp4` is sent as video/mp4",
        responses={304: not_modified("segment"), **documented(400, 404, 410, 412, 500, 503, 507)},
    )
    async def segment(
        self,
        request: Request[Any, Any, Any],
        task_id: FromPath[UUID],
        version: Version,
        kind: KindName,
        segment: Name,
        preview: Wired[PreviewChoreography],
        caller: NamedDependency[str],
    ) -> Response[bytes]:
        """Return a segment, or the initialisation segment; first encode what it needs."""
        work = preview.segment(task_id, caller, version, kind, segment)
        data = await while_connected(request, work)
        media_type = _BEGINNING if segment == BEGINNING else _SEGMENT
        return whole(request, data, media_type, STAYS)
