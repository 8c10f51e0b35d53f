"""List the objects of a bucket page by page."""

from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final, cast

import msgspec

from adapters.storage.s3_client import S3Client

PAGE: Final = 1000
"""Maximum entries of a page in S3."""


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """An object of a bucket."""

    key: str
    size: int
    """Size in bytes."""
    since: datetime
    age: timedelta
    """Age by the server's clock."""


class Unfinished(msgspec.Struct, frozen=True, kw_only=True):
    """An unfinished multipart upload."""

    key: str
    upload_id: str
    since: datetime


async def objects(client: S3Client, start: str, page: int = PAGE) -> AsyncGenerator[Listed]:
    """Yield every object whose key begins with ``start``, by key; raises one of `sdk_errors`."""
    more: dict[str, object] = {}
    while True:
        answer = await client.ask("list_objects_v2", {"Prefix": start, "MaxKeys": page, **more})
        now = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
        for each in _entries(answer, "Contents"):
            since: datetime = each["LastModified"]
            yield Listed(key=each["Key"], size=int(each["Size"]), since=since, age=now - since)
        if not answer.get("IsTruncated"):
            return
        more = {"ContinuationToken": answer["NextContinuationToken"]}


async def folders(client: S3Client, start: str) -> AsyncGenerator[str]:
    """Yield the prefix of every folder directly below ``start``, which ends in a slash."""
    more: dict[str, object] = {}
    while True:
        answer = await client.ask("list_objects_v2", {"Prefix": start, "Delimiter": "/", **more})
        for each in _entries(answer, "CommonPrefixes"):
            yield each["Prefix"]
        if not answer.get("IsTruncated"):
            return
        more = {"ContinuationToken": answer["NextContinuationToken"]}


async def unfinished(client: S3Client, start: str, page: int = PAGE) -> AsyncGenerator[Unfinished]:
    """Yield every unfinished multipart upload with the prefix ``start``; raises
    one of `sdk_errors`.
    """
    more: dict[str, object] = {}
    while True:
        answer = await client.ask(
            "list_multipart_uploads", {"Prefix": start, "MaxUploads": page, **more}
        )
        for each in _entries(answer, "Uploads"):
            yield Unfinished(key=each["Key"], upload_id=each["UploadId"], since=each["Initiated"])
        if not answer.get("IsTruncated"):
            return
        # Some servers do not return the next marker, so use the last entry.
        last = _entries(answer, "Uploads")[-1]
        more = {
            "KeyMarker": answer.get("NextKeyMarker") or last["Key"],
            "UploadIdMarker": answer.get("NextUploadIdMarker") or last["UploadId"],
        }


def _entries(answer: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return cast(list[dict[str, Any]], answer.get(name) or [])
