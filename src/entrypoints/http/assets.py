"""Routes for the pictures and recordings of callers."""

from typing import Any, Final
from uuid import UUID, uuid4

import msgspec
from litestar import Controller, HttpMethod, Request, Response, delete, get, post, route
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.library.receive_file import ReceiveFile
from application.storage.add_asset import AddAsset, AssetForm
from application.storage.read_assets import ListAssets, ReadAsset, RemoveAsset, StreamAsset
from domain.storage.asset_files import LARGEST, MEDIA_TYPES, media_type_of
from domain.storage.assets import MediaAsset
from entrypoints.cursors import after, cursor_of
from entrypoints.http.caching import STAYS
from entrypoints.http.dependencies import Wired
from entrypoints.http.disconnect import while_connected
from entrypoints.http.file_responses import answer, answers, sending
from entrypoints.http.multipart import file_size, form_of, taking
from entrypoints.http.pagination import Cursor, Limit
from entrypoints.http.problems import documented

_PATH: Final = "/api/media/assets"


class AssetPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of media assets, by kind and name."""

    items: tuple[MediaAsset, ...]
    next_cursor: str | None
    """Cursor of the next page; null on the last page."""


class AssetController(Controller):
    """Routes below `/api/media/assets`."""

    path = _PATH
    tags = ("media",)

    @post(
        operation_id="uploadAsset",
        operation_class=taking(AssetForm),
        request_max_body_size=None,
        response_description="The new media asset",
        responses=documented(400, 408, 409, 413, 415, 429, 500, 503, 507),
    )
    async def upload(
        self,
        request: Request[Any, Any, Any],
        caller: NamedDependency[str],
        receive_file: Wired[ReceiveFile],
        add_asset: Wired[AddAsset],
    ) -> Response[MediaAsset]:
        """Upload a picture or a recording for your narrated videos."""
        async with receive_file(LARGEST, caller, file_size(request)) as arriving:
            form = await form_of(request, arriving, AssetForm, named="name")
            added = add_asset(arriving.path, form, uuid4(), caller)
            asset = await while_connected(request, added)
        return Response(asset, headers={"Location": f"{_PATH}/{asset.asset_id}"})

    @get(
        operation_id="listAssets",
        response_description="A page of media assets",
        responses=documented(400, 500, 503),
    )
    async def assets(
        self,
        list_assets: Wired[ListAssets],
        caller: NamedDependency[str],
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> AssetPage:
        """List your pictures and recordings by kind and name."""
        page = await list_assets(caller, after(cursor), limit)
        return AssetPage(items=page.items, next_cursor=cursor_of(page.last))

    @get(
        "/{asset_id:uuid}",
        operation_id="readAsset",
        response_description="The media asset",
        responses=documented(400, 404, 500, 503),
    )
    async def asset(
        self, asset_id: FromPath[UUID], read_asset: Wired[ReadAsset], caller: NamedDependency[str]
    ) -> MediaAsset:
        """Return what is known about a media asset."""
        return await read_asset(asset_id, caller)

    @delete(
        "/{asset_id:uuid}",
        operation_id="removeAsset",
        response_description="The media asset is removed",
        responses=documented(400, 404, 500, 503),
    )
    async def remove(
        self,
        asset_id: FromPath[UUID],
        remove_asset: Wired[RemoveAsset],
        caller: NamedDependency[str],
    ) -> None:
        """Delete a media asset with its file; existing videos stay."""
        await remove_asset(asset_id, caller)

    @route(
        "/{asset_id:uuid}/file",
        http_method=[HttpMethod.GET, HttpMethod.HEAD],
        operation_id=lambda _, method, __: f"{method.lower()}AssetFile",
        media_type=MEDIA_TYPES["bin"],
        operation_class=sending(*MEDIA_TYPES.values()),
        response_description="The whole file",
        responses=answers("file"),
    )
    async def file(
        self,
        request: Request[Any, Any, Any],
        asset_id: FromPath[UUID],
        stream_asset: Wired[StreamAsset],
        caller: NamedDependency[str],
    ) -> Response[bytes]:
        """Return the file of a media asset, completely or a range of bytes."""
        file = await stream_asset(asset_id, caller)
        return answer(
            request,
            file.stored,
            media_type_of(file.asset),
            STAYS,
            stream_asset.content(file),
        )
