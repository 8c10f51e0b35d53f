"""Port for the media assets of callers."""

from collections.abc import Collection
from typing import Protocol
from uuid import UUID

from application.ports.pagination import Page
from domain.storage.assets import AssetKind, MediaAsset


def asset_key(asset: MediaAsset) -> str:
    """Return the place of an asset in lists: its kind and its name."""
    return f"{asset.kind}/{asset.name}"


class MediaAssets(Protocol):
    """Stores what is known about media assets. All writes survive any failure."""

    async def add(self, asset: MediaAsset) -> None:
        """Store a new asset; raises `AssetNameTaken` if its owner has one of its kind and name."""
        ...

    async def get(self, asset_id: UUID) -> MediaAsset:
        """Return the asset; raises `AssetNotFound`."""
        ...

    async def named(self, owner: str, kind: AssetKind, name: str) -> MediaAsset | None:
        """Return an owner's asset by its name; None if there is none."""
        ...

    async def of_owner(self, owner: str, kind: AssetKind) -> tuple[MediaAsset, ...]:
        """Return all assets of an owner and a kind, by name."""
        ...

    async def page(self, owner: str, after: str | None, most: int) -> Page[MediaAsset]:
        """Return up to ``most`` assets of an owner, by kind and name, after a page's `last`."""
        ...

    async def after(self, asset_id: UUID | None, most: int) -> tuple[MediaAsset, ...]:
        """Return up to ``most`` assets of all owners, by id, whose ids come after ``asset_id``."""
        ...

    async def used(self, paths: Collection[str]) -> frozenset[str]:
        """Return those of the storage paths at which an asset of any owner has its file."""
        ...

    async def remove(self, asset_id: UUID) -> None:
        """Forget an asset; raises `AssetNotFound`."""
        ...
