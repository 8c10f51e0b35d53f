"""Which bucket media lies in, and how patient to be with it."""

from enum import StrEnum
from typing import Final

import msgspec

MEGABYTE: Final = 1024 * 1024


class Profile(StrEnum):
    """Whose ways a server has."""

    AWS = "aws"
    """Amazon S3, and what does as it does: SeaweedFS, MinIO, R2, Ceph, ..."""
    GCS = "gcs"
    """Google Cloud Storage, asked through its XML API with HMAC keys."""


class Bucket(msgspec.Struct, frozen=True, kw_only=True):
    """A bucket and how to get at it."""

    name: str
    endpoint: str = ""
    """URL of the server; empty for the one that Amazon, or Google, has."""
    region: str = ""
    folder: str = ""
    """Folder of the bucket that everything lies in, without slashes at its ends."""
    profile: Profile = Profile.AWS
    access_key: str = ""
    """Empty: the SDK looks for keys where it always does."""
    secret_key: str = ""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How long to wait, how often to try, and how much at once."""

    connect: float = 5.0
    """Seconds until a connection stands."""
    silence: float = 20.0
    """Seconds without a single byte of an answer."""
    call: float = 60.0
    """Seconds that a call takes at most with all its retries, beside the bytes it carries."""
    parting: float = 10.0
    """Seconds that a call which changes something may still take when its caller is cancelled."""
    slowest: float = 100_000.0
    """Bytes a second; what is slower counts as stalled."""
    retries: int = 3
    """Tries after the first."""
    pause: float = 0.5
    """Seconds before a body that was cut is asked for again, at most; doubled every time."""
    part: int = 8 * MEGABYTE
    """Bytes of a part of an upload; S3 takes 5 MB or more, and 10,000 parts."""
    parts_at_once: int = 3
    downloads: int = 8
    """Files fetched at a time."""
    connections: int = 50

    def seconds(self, size: int) -> float:
        """How long a call may take that carries ``size`` bytes."""
        return self.call + size / self.slowest
