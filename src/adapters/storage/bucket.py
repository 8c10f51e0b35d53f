"""Configuration of a bucket and of the limits for calls to it."""

from enum import StrEnum
from typing import Final

import msgspec

MEGABYTE: Final = 1024 * 1024


class Profile(StrEnum):
    """The protocol variant of a server."""

    AWS = "aws"
    """Amazon S3 and S3-compatible servers: SeaweedFS, MinIO, R2, Ceph, ..."""
    GCS = "gcs"
    """Google Cloud Storage, through its XML API with HMAC keys."""


class Bucket(msgspec.Struct, frozen=True, kw_only=True):
    """A bucket and its credentials."""

    name: str
    endpoint: str = ""
    """URL of the server; empty for the default server of Amazon or Google."""
    region: str = ""
    folder: str = ""
    """Folder of the bucket for all files, without leading or trailing slash."""
    profile: Profile = Profile.AWS
    access_key: str = ""
    """Access key; if empty, the SDK searches for keys in its usual places."""
    secret_key: str = ""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Timeouts, retries and parallelism."""

    connect: float = 5.0
    """Maximum seconds to open a connection."""
    silence: float = 20.0
    """Maximum seconds without a byte of an answer."""
    call: float = 60.0
    """Maximum seconds of a call with all its retries, plus the time for the bytes it transfers."""
    parting: float = 10.0
    """Maximum seconds that a modifying call may still take after its caller is cancelled."""
    slowest: float = 100_000.0
    """Minimum bytes per second; a slower transfer counts as stalled."""
    retries: int = 3
    """Number of tries after the first."""
    pause: float = 0.5
    """Maximum seconds before the retry of an interrupted download; doubles with each retry."""
    part: int = 8 * MEGABYTE
    """Bytes of one part of an upload; S3 accepts 5 MB or more, and 10,000 parts."""
    parts_at_once: int = 3
    downloads: int = 8
    """Number of parallel downloads."""
    connections: int = 50

    def seconds(self, size: int) -> float:
        """Return the time limit in seconds for a call that transfers ``size`` bytes."""
        return self.call + size / self.slowest
