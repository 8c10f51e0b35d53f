"""Kinds of stored files, by the folders in which they lie."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from domain.shared import paths


class StorageKind(StrEnum):
    """Kind of stored files."""

    VIDEOS = "videos"
    """Films of dances and of scripts."""
    IMAGES = "images"
    """Pictures of callers."""
    AUDIO = "audio"
    """Recordings and music of callers, and the mixed sound of narrated videos."""
    TEMP = "temp"
    """Clips of scenes, of which narrated videos are joined; each is made again on demand."""
    STOCK = "stock"
    """Songs and clips of the library."""
    CACHE = "cache"
    """Encoded clips and songs that all machines share; each is made again on demand."""


FOLDERS: Final[Mapping[StorageKind, tuple[str, ...]]] = {
    StorageKind.VIDEOS: ("output", "videos"),
    StorageKind.IMAGES: ("assets/images",),
    StorageKind.AUDIO: ("assets/audio",),
    StorageKind.TEMP: ("assets/clips", "assets/temp"),
    StorageKind.STOCK: ("clips", "songs", "stock"),
    StorageKind.CACHE: ("cache",),
}
"""The folders of each kind."""

_MADE: Final = re.compile(r"assets/(?:clips/[0-9a-f]{64}\.mp4|audio/[0-9a-f]{64}\.wav)")
_UPLOADED: Final = re.compile(
    r"assets/(?:images|audio)/[^/]+/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[a-z0-9]+"
)


def own_folders(owner: str) -> Mapping[StorageKind, tuple[str, ...]]:
    """Return the folders of one owner's files; other kinds belong to all users together."""
    images, audio = paths.asset_folders(owner)
    return {
        StorageKind.VIDEOS: (paths.output_folder(owner).rstrip("/"),),
        StorageKind.IMAGES: (images.rstrip("/"),),
        StorageKind.AUDIO: (audio.rstrip("/"),),
    }


def kind_of(path: str) -> StorageKind | None:
    """Return the kind of a stored file; None outside the folders of all kinds."""
    for kind, folders in FOLDERS.items():
        if any(path.startswith(f"{folder}/") for folder in folders):
            return kind
    return None


def is_made(path: str) -> bool:
    """Return True for a scene's clip or the sound of a narrated video, named by their contents.

    Any number of videos may use it, and later ones find it by its name.
    """
    return _MADE.fullmatch(path) is not None


def is_uploaded(path: str) -> bool:
    """Return True for a path that `domain.storage.asset_files.asset_path` has made."""
    return _UPLOADED.fullmatch(path) is not None
