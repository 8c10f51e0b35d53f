"""Pictures, recordings and music of callers."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from domain.shared.errors import Conflict, NotFound


class AssetKind(StrEnum):
    """Kind of a media asset."""

    IMAGE = "image"
    AUDIO = "audio"
    VIDEO_CLIP = "video_clip"
    TEXT_OVERLAY = "text_overlay"


class AssetSource(StrEnum):
    """Origin of an asset."""

    GENERATED = "generated"
    STOCK = "stock"
    USER_UPLOADED = "user_uploaded"


class MediaAsset(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a caller, for any number of videos; it never changes."""

    asset_id: UUID
    owner: str
    kind: AssetKind
    source: AssetSource = AssetSource.USER_UPLOADED
    path: str
    """Storage path."""
    size: int
    """Bytes."""
    digest: str
    """SHA-256 of the contents, in hexadecimal digits."""
    name: str
    """Name in scripts; no two assets of an owner and a kind have the same."""
    description: str = ""
    duration: float | None = None
    """Seconds of sound or video."""
    width: int | None = None
    """Pixels, as the following."""
    height: int | None = None
    created_at: datetime


class AssetNotFound(NotFound):
    """There is no media asset with this id."""

    code = "asset-not-found"


class AssetNameTaken(Conflict):
    """You have a media asset of this kind and name already; choose another name."""

    code = "asset-name-taken"
