"""Media assets in memory."""

from collections.abc import Collection
from uuid import UUID

from anyio.lowlevel import checkpoint

from application.ports.media_assets import asset_key
from application.ports.pagination import Page
from domain.storage.assets import AssetKind, AssetNameTaken, AssetNotFound, MediaAsset


class MemoryMediaAssets:
    """Stores assets as long as the process runs."""

    def __init__(self) -> None:
        self._assets: dict[UUID, MediaAsset] = {}

    async def add(self, asset: MediaAsset) -> None:
        """See `application.ports.media_assets.MediaAssets`."""
        await checkpoint()
        if asset.asset_id in self._assets:
            raise ValueError(f"The asset {asset.asset_id} is stored already.")
        if any(_name(each) == _name(asset) for each in self._assets.values()):
            raise AssetNameTaken
        self._assets[asset.asset_id] = asset

    async def get(self, asset_id: UUID) -> MediaAsset:
        """See `application.ports.media_assets.MediaAssets`."""
        await checkpoint()
        if asset_id not in self._assets:
            raise AssetNotFound
        return self._assets[asset_id]

    async def named(self, owner: str, kind: AssetKind, name: str) -> MediaAsset | None:
        """See `application.ports.media_assets.MediaAssets`."""
        await checkpoint()
        key = (owner, kind, name)
        return next((each for each in self._assets.values() if _name(each) == key), None)

    async def of_owner(self, owner: str, kind: AssetKind) -> tuple[MediaAsset, ...]:
        """See `application.ports.media_assets.MediaAssets`."""
        await checkpoint()
        own = (each for each in self._assets.values() if (each.owner, each.kind) == (owner, kind))
        return tuple(sorted(own, key=lambda each: each.name))

    async def page(self, owner: str, after: str | None, most: int) -> Page[MediaAsset]:
        """See `application.ports.media_assets.MediaAssets`."""
        await checkpoint()
        own = sorted((each for each in self._assets.values() if each.owner == owner), key=asset_key)
        rest = [each for each in own if after is None or asset_key(each) > after]
        last = asset_key(rest[most - 1]) if len(rest) > most else None
        return Page(items=tuple(rest[:most]), last=last)

    async def after(self, asset_id: UUID | None, most: int) -> tuple[MediaAsset, ...]:
        """See `application.ports.media_assets.MediaAssets`."""
        await checkpoint()
        ids = sorted(each for each in self._assets if asset_id is None or each > asset_id)
        return tuple(self._assets[each] for each in ids[:most])

    async def used(self, paths: Collection[str]) -> frozenset[str]:
        """See `application.ports.media_assets.MediaAssets`."""
        await checkpoint()
        return frozenset(each.path for each in self._assets.values()).intersection(paths)

    async def remove(self, asset_id: UUID) -> None:
        """See `application.ports.media_assets.MediaAssets`."""
        await checkpoint()
        if self._assets.pop(asset_id, None) is None:
            raise AssetNotFound


def _name(asset: MediaAsset) -> tuple[str, AssetKind, str]:
    return asset.owner, asset.kind, asset.name
