"""List, read and remove media assets."""

from uuid import UUID

import msgspec

from application.media.store_file import delete_or_leave
from application.media.stored_content import StoredContent
from application.ports.media_assets import MediaAssets
from application.ports.pagination import Page
from application.ports.storage import Storage, Stored
from domain.storage.assets import AssetNotFound, MediaAsset


class ListAssets:
    """Lists the media assets of an owner."""

    def __init__(self, assets: MediaAssets) -> None:
        """Take the port."""
        self._assets = assets

    async def __call__(self, owner: str, after: str | None, most: int) -> Page[MediaAsset]:
        """Return up to ``most`` assets, by kind and name, after a page's `last`."""
        return await self._assets.page(owner, after, most)


class ReadAsset:
    """Reads what is known about a media asset."""

    def __init__(self, assets: MediaAssets) -> None:
        """Take the port."""
        self._assets = assets

    async def __call__(self, asset_id: UUID, owner: str) -> MediaAsset:
        """Return an owner's asset; raises `AssetNotFound`, also for another owner's."""
        asset = await self._assets.get(asset_id)
        if asset.owner != owner:
            raise AssetNotFound
        return asset


class AssetFile(msgspec.Struct, frozen=True, kw_only=True):
    """The stored file of an asset."""

    asset: MediaAsset
    stored: Stored


class StreamAsset:
    """Streams the file of a media asset, all or a range."""

    def __init__(self, read_asset: ReadAsset, storage: Storage) -> None:
        """Take the use case that finds assets, and the port."""
        self._read_asset = read_asset
        self._storage = storage

    async def __call__(self, asset_id: UUID, owner: str) -> AssetFile:
        """Find a file; raises `AssetNotFound`, and `MediaNotFound` if the file is lost."""
        asset = await self._read_asset(asset_id, owner)
        return AssetFile(asset=asset, stored=await self._storage.describe(asset.path))

    def content(self, file: AssetFile) -> StoredContent:
        """Return the bytes of a file."""
        return StoredContent(self._storage, file.asset.path)


class RemoveAsset:
    """Removes a media asset and its file; existing videos stay."""

    def __init__(self, assets: MediaAssets, read_asset: ReadAsset, storage: Storage) -> None:
        """Take the ports, and the use case that finds assets."""
        self._assets = assets
        self._read_asset = read_asset
        self._storage = storage

    async def __call__(self, asset_id: UUID, owner: str) -> None:
        """Forget an owner's asset, then delete its file; raises `AssetNotFound`.

        If the file cannot be deleted now, it stays without a row, and the clean-up finds it.
        """
        asset = await self._read_asset(asset_id, owner)
        await self._assets.remove(asset_id)
        await delete_or_leave(self._storage, asset.path)
