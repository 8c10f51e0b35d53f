"""Store what is known about media assets."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from adapters.database.engine import Database
from adapters.database.library_rows import storable
from adapters.database.tables import MediaAssetRow
from application.ports.media_assets import asset_key
from application.ports.pagination import Page
from domain.storage.assets import AssetKind, AssetNameTaken, AssetNotFound, MediaAsset

_AT_ONCE: Final = 500
"""Number of paths in one statement."""


class SqlMediaAssets:
    """Each call is one short transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, asset: MediaAsset) -> None:
        """See `application.ports.media_assets.MediaAssets`."""
        row = insert(MediaAssetRow).values(
            asset_id=asset.asset_id,
            owner=asset.owner,
            kind=asset.kind.value,
            place=asset_key(asset),
            path=asset.path,
            document=msgspec.json.encode(asset).decode(),
        )
        try:
            await self._database.write(row)
        except IntegrityError:
            if await self.named(asset.owner, asset.kind, asset.name) is None:
                raise
            raise AssetNameTaken from None

    async def get(self, asset_id: UUID) -> MediaAsset:
        """See `application.ports.media_assets.MediaAssets`."""
        query = select(MediaAssetRow.document).where(MediaAssetRow.asset_id == asset_id)
        rows = await self._database.read(query)
        if not rows:
            raise AssetNotFound
        return msgspec.json.decode(rows[0].document, type=MediaAsset)

    async def named(self, owner: str, kind: AssetKind, name: str) -> MediaAsset | None:
        """See `application.ports.media_assets.MediaAssets`."""
        query = select(MediaAssetRow.document).where(
            MediaAssetRow.owner == owner, MediaAssetRow.place == f"{kind}/{name}"
        )
        rows = await self._database.read(query)
        return msgspec.json.decode(rows[0].document, type=MediaAsset) if rows else None

    async def of_owner(self, owner: str, kind: AssetKind) -> tuple[MediaAsset, ...]:
        """See `application.ports.media_assets.MediaAssets`."""
        query = select(MediaAssetRow.document).where(
            MediaAssetRow.owner == owner, MediaAssetRow.kind == kind.value
        )
        rows = await self._database.read(query.order_by(MediaAssetRow.place))
        return tuple(msgspec.json.decode(row.document, type=MediaAsset) for row in rows)

    async def page(self, owner: str, after: str | None, most: int) -> Page[MediaAsset]:
        """See `application.ports.media_assets.MediaAssets`."""
        query = select(MediaAssetRow.document).where(MediaAssetRow.owner == owner)
        if after is not None:
            query = query.where(MediaAssetRow.place > after)
        rows = await self._database.read(query.order_by(MediaAssetRow.place).limit(most + 1))
        assets = [msgspec.json.decode(row.document, type=MediaAsset) for row in rows]
        last = asset_key(assets[most - 1]) if len(assets) > most else None
        return Page(items=tuple(assets[:most]), last=last)

    async def after(self, asset_id: UUID | None, most: int) -> tuple[MediaAsset, ...]:
        """See `application.ports.media_assets.MediaAssets`."""
        query = select(MediaAssetRow.document).order_by(MediaAssetRow.asset_id).limit(most)
        if asset_id is not None:
            query = query.where(MediaAssetRow.asset_id > asset_id)
        rows = await self._database.read(query)
        return tuple(msgspec.json.decode(row.document, type=MediaAsset) for row in rows)

    async def used(self, paths: Collection[str]) -> frozenset[str]:
        """See `application.ports.media_assets.MediaAssets`."""
        storable_paths, used = [each for each in paths if storable(each)], set[str]()
        for start in range(0, len(storable_paths), _AT_ONCE):
            some = MediaAssetRow.path.in_(storable_paths[start : start + _AT_ONCE])
            rows = await self._database.read(select(MediaAssetRow.path).where(some))
            used.update(row.path for row in rows)
        return frozenset(used)

    async def remove(self, asset_id: UUID) -> None:
        """See `application.ports.media_assets.MediaAssets`."""
        row = delete(MediaAssetRow).where(MediaAssetRow.asset_id == asset_id)
        if not await self._database.write(row):
            raise AssetNotFound
