"""Kinds, limits and storage paths of the files of media assets."""

import re
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

from domain.library.limits import Allowance
from domain.library.media_checks import too_many_pixels
from domain.shared import paths
from domain.shared.errors import TooLarge, UnacceptedMedia, UnsafePath
from domain.storage.assets import AssetKind, MediaAsset

PICTURE: Final = Allowance(what="picture", size=20_000_000, seconds=0)
RECORDING: Final = Allowance(what="recording", size=100_000_000, seconds=15 * 60)

LARGEST: Final = Allowance(what="media asset", size=RECORDING.size, seconds=RECORDING.seconds)
"""Limits of a file whose kind is not known yet."""

HEAD: Final = 64
"""Bytes at the beginning of a file that tell its type."""

ACCEPTED_PICTURES: Final = "JPEG, PNG or WebP"
ACCEPTED_RECORDINGS: Final = "WAV, MP3, M4A, FLAC, Ogg, AAC, WebM or MKV"

MEDIA_TYPES: Final = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "flac": "audio/flac",
    "ogg": "audio/ogg",
    "aac": "audio/aac",
    "mka": "audio/x-matroska",
    "bin": "application/octet-stream",
}
"""Media types by the endings of storage paths."""

_OWNER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
"""Matches owners that every file system accepts as the name of a folder."""
_PICTURES: Final = ((b"\xff\xd8\xff", "jpg"), (b"\x89PNG\r\n\x1a\n", "png"))
_SOUNDS: Final = ((b"fLaC", "flac"), (b"OggS", "ogg"), (b"\x1aE\xdf\xa3", "mka"), (b"ID3", "mp3"))
_CODECS: Final = {"mp3": "mp3", "aac": "aac"}
"""Endings of streams without a container, by codec."""


class UploadedKind(StrEnum):
    """Kind of an uploaded asset."""

    IMAGE = "image"
    AUDIO = "audio"


class Pixels(msgspec.Struct, frozen=True):
    """The size of a picture in pixels, upright."""

    width: int
    height: int

    def refuse_excess(self, allowance: Allowance) -> None:
        """Raise `TooLarge` for more pixels than the ``allowance``."""
        text = too_many_pixels(self.width, self.height, allowance.pixels, "this one has")
        if text is not None:
            raise TooLarge(text)


def picture_ending(head: bytes) -> str | None:
    """Return `jpg`, `png` or `webp` by the first bytes of a file; None if it is no picture."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    return next((ending for beginning, ending in _PICTURES if head.startswith(beginning)), None)


def recording_ending(head: bytes, codec: str) -> str:
    """Return the ending of a recording by its first bytes, else by the codec of its sound."""
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return "wav"
    if head[4:8] == b"ftyp":
        return "m4a"
    known = next((ending for beginning, ending in _SOUNDS if head.startswith(beginning)), None)
    if known == "mp3" and codec != "mp3":
        # A tag of MP3s may precede every stream.
        known = None
    return known or _CODECS.get(codec, "bin")


def asset_path(owner: str, kind: AssetKind, asset_id: UUID, ending: str) -> str:
    """Return the storage path of an asset's file, which no other file ever has.

    Raises `UnsafePath` for an owner that cannot be the name of a folder.
    """
    if not _OWNER.fullmatch(owner):
        raise UnsafePath("The id of the owner cannot be part of a storage path.")
    images, audio = paths.asset_folders(owner)
    folder = images if kind is AssetKind.IMAGE else audio
    return paths.checked(f"{folder}{asset_id}.{ending}")


def media_type_of(asset: MediaAsset) -> str:
    """Return the media type of an asset's file."""
    return MEDIA_TYPES.get(asset.path.rpartition(".")[2], MEDIA_TYPES["bin"])


def refuse_other_kind(requested: UploadedKind | None, kind: AssetKind) -> None:
    """Raise `UnacceptedMedia` if a file is not of the kind that its owner asked for."""
    if requested is not None and requested.value != kind.value:
        accepted = ACCEPTED_PICTURES if requested is UploadedKind.IMAGE else ACCEPTED_RECORDINGS
        raise UnacceptedMedia(
            f"The file is of the kind `{kind}`, and the form says `{requested}`: "
            f"`{requested}` is {accepted}. Leave the field out, or send another file."
        )


def file_name(name: str) -> str:
    """Return the last part of a file's name, without characters that no displayed text has."""
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(each for each in last if each.isprintable())
    return kept.strip()[:200]
