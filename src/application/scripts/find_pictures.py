"""Find a picture for each scene of a script."""

import hashlib
import logging
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from application.ports.artifact_cache import ArtifactCache
from application.ports.embedder import Embedder
from application.ports.image_model import ImageModel
from application.ports.media_assets import MediaAssets
from application.ports.media_files import MediaFiles
from application.scripts.notes import Notes
from domain.library.embeddings import Vector, unpacked
from domain.scripts.errors import ImageModelFailed
from domain.scripts.scenes import Scene
from domain.shared.errors import MediaNotFound
from domain.shared.result_warnings import WarningCode
from domain.storage.assets import AssetKind, MediaAsset

_LIKE: Final = 0.24
"""Least similarity of a picture's name and description to the words of a scene.

A description of one word has 0.26 with a sentence of twelve that contains it; one that shares only
the subject of the whole script has 0.2.
"""

_log = logging.getLogger("bachata.scripts")


class ScenePicture(msgspec.Struct, frozen=True, kw_only=True):
    """A picture file for a scene."""

    file: Path
    digest: str
    """The same for the same bytes."""
    name: str
    """The picture's name for warnings."""


class FindPictures:
    """Offers pictures: the author's own, then their stock by words, then the image model's."""

    def __init__(
        self,
        assets: MediaAssets,
        embedder: Embedder,
        image_model: ImageModel,
        artifacts: ArtifactCache,
    ) -> None:
        """Take the ports."""
        self._assets = assets
        self._embedder = embedder
        self._image_model = image_model
        self._artifacts = artifacts

    async def stock(self, owner: str) -> tuple[tuple[MediaAsset, Vector], ...]:
        """Return the pictures of an owner, with the vectors of their names and descriptions."""
        pictures = await self._assets.of_owner(owner, AssetKind.IMAGE)
        return tuple(
            [
                (each, await self._embedder.read(f"{_words(each.name)} {each.description}"))
                for each in pictures
            ]
        )

    async def __call__(
        self,
        number: int,
        scene: Scene,
        stock: Sequence[tuple[MediaAsset, Vector]],
        upright: bool,
        files: MediaFiles,
        folder: Path,
        notes: Notes,
    ) -> AsyncGenerator[ScenePicture]:
        """Yield pictures, the best first; the caller goes on to the next if it cannot use one.

        None at all is left if the scene's background is to be drawn. Pictures that are missing are
        noted.
        """
        if scene.image is not None:
            own = next((each for each, _ in stock if each.name == scene.image), None)
            if own is None:
                notes.add(
                    WarningCode.PICTURE_REPLACED,
                    f"Scene {number} does not show {scene.image!r}: you have no picture of this "
                    "name.",
                )
            elif (picture := await self._of_asset(own, files, notes, number)) is not None:
                yield picture
        for asset in await self._like(scene, stock):
            if asset.name != scene.image:
                picture = await self._of_asset(asset, files, notes, number)
                if picture is not None:
                    yield picture
        if self._image_model.available:
            picture = await self._generated(number, scene, upright, folder, notes)
            if picture is not None:
                yield picture

    async def _like(
        self, scene: Scene, stock: Sequence[tuple[MediaAsset, Vector]]
    ) -> list[MediaAsset]:
        words = unpacked(await self._embedder.read(scene.text))
        fits = [(_product(words, unpacked(vector)), asset) for asset, vector in stock]
        near = [(fit, asset) for fit, asset in fits if fit >= _LIKE]
        near.sort(key=lambda pair: (-pair[0], pair[1].name))
        return [asset for _, asset in near]

    async def _of_asset(
        self, asset: MediaAsset, files: MediaFiles, notes: Notes, number: int
    ) -> ScenePicture | None:
        try:
            file = await files.local(asset.path)
        except MediaNotFound:
            notes.add(
                WarningCode.PICTURE_REPLACED,
                f"Scene {number} does not show {asset.name!r}: its file is missing.",
            )
            return None
        return ScenePicture(file=file, digest=asset.digest, name=asset.name)

    async def _generated(
        self, number: int, scene: Scene, upright: bool, folder: Path, notes: Notes
    ) -> ScenePicture | None:
        made_of = (self._image_model.name, scene.text, upright)
        digest = hashlib.sha256(msgspec.json.encode(made_of)).hexdigest()
        into = folder / f"picture-{digest}"

        async def draw(path: Path) -> None:
            await self._image_model.draw(scene.text, upright, path)

        try:
            await self._artifacts.get_or_create(f"picture-{digest}", into, draw, Path)
        except ImageModelFailed as error:
            _log.warning("the image model made no picture: %s", error)
            notes.add(
                WarningCode.PICTURE_REPLACED,
                f"The image model made no picture for scene {number}, so it is drawn: {error}",
            )
            return None
        return ScenePicture(file=into, digest=digest, name="the picture of the image model")


def _words(name: str) -> str:
    """Return the words in the name of a file, without its ending."""
    return name.rpartition(".")[0] or name


def _product(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))
