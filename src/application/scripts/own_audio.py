"""Find the recordings and the music of a script's author."""

from pathlib import Path

import msgspec

from application.ports.media_assets import MediaAssets
from application.ports.media_files import Known, MediaFiles
from domain.shared.errors import MediaNotFound, UnreadableMedia
from domain.storage.assets import AssetKind


class Unplayable(Exception):
    """The audio file cannot be played; the text says why."""


class OwnAudio(msgspec.Struct, frozen=True, kw_only=True):
    """An audio file of the author on the local disk."""

    file: Path
    properties: Known


async def find_audio(assets: MediaAssets, owner: str, name: str, files: MediaFiles) -> OwnAudio:
    """Return the audio file of an owner by its name in scripts; raises `Unplayable`."""
    asset = await assets.named(owner, AssetKind.AUDIO, name)
    if asset is None:
        raise Unplayable("you have no audio of this name")
    try:
        properties = await files.known(asset.path)
        if properties.media.sound is None:
            raise Unplayable("the file has no sound")
        return OwnAudio(file=await files.local(asset.path), properties=properties)
    except (MediaNotFound, UnreadableMedia) as error:
        raise Unplayable(str(error)) from None
