"""Add a local picture or recording to the assets of an owner unless it is there already."""

from pathlib import Path
from uuid import UUID

from application.media.store_file import digest_of
from application.ports.media_assets import MediaAssets
from application.storage.add_asset import AddAsset, AssetForm
from domain.storage.asset_files import UploadedKind
from domain.storage.assets import AssetKind, AssetNameTaken, MediaAsset


class TakeAsset:
    """Turns a local file into an asset, which has the name of the file in scripts."""

    def __init__(self, assets: MediaAssets, add_asset: AddAsset) -> None:
        """Take the port, and the use case that adds assets."""
        self._assets = assets
        self._add_asset = add_asset

    async def __call__(
        self, file: Path, kind: UploadedKind, asset_id: UUID, owner: str
    ) -> MediaAsset:
        """Return the asset, whose id is ``asset_id`` if it is new.

        Raises `AssetNameTaken` if the owner has another file of this kind and name, and as
        `AddAsset` does.
        """
        earlier = await self._assets.named(owner, AssetKind(kind), file.name)
        if earlier is None:
            form = AssetForm(name=file.name, kind=kind)
            return await self._add_asset(file, form, asset_id, owner, own=True)
        if earlier.digest != await digest_of(file):
            raise AssetNameTaken(
                f"You have another media asset of the name {file.name!r}: rename the file, or "
                "remove that asset."
            )
        return earlier
