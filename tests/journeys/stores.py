"""The stores of the journeys: files and SQLite, or a bucket and Postgres."""

import shutil
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from sqlalchemy import make_url

from entrypoints.environment import from_environment
from entrypoints.settings import Settings
from tests.contracts import postgres, s3

BUCKET = "journeys"


class Stores(Protocol):
    """Gives every data folder a storage and a database of its own."""

    async def environment(self, data: Path) -> dict[str, str]:
        """Return the environment of a service for a data folder."""
        ...

    async def copied(self, data: Path, into: Path) -> Path:
        """Return a folder like another one, its media and its records included."""
        ...

    async def media(self, data: Path) -> dict[str, str]:
        """Every file that is stored, by its storage path, and a sign of what is in it."""
        ...


async def settings_of(stores: Stores, data: Path, more: Mapping[str, str] = {}) -> Settings:
    """The settings of a service over a data folder."""
    here = await stores.environment(data)
    return from_environment({**here, "BACHATA_DATA_DIR": str(data), **more})


class MediaFiles:
    """Everything in the data folder, as a service without settings has it."""

    async def environment(self, data: Path) -> dict[str, str]:
        return {}

    async def copied(self, data: Path, into: Path) -> Path:
        return Path(shutil.copytree(data, into))

    async def media(self, data: Path) -> dict[str, str]:
        folder = data / "media"
        files = [path for path in folder.rglob("*") if path.is_file()]
        return {
            path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
            for path in files
        }


class Servers:
    """A folder of a bucket, and a database, for each data folder."""

    def __init__(self, media: s3.Server, records: str, template: str) -> None:
        self._media, self._records, self._template = media, records, template
        self._known: dict[Path, tuple[str, str]] = {}

    async def environment(self, data: Path) -> dict[str, str]:
        if data not in self._known:
            url = await postgres.created(self._records, self._template)
            self._known[data] = (uuid4().hex, url)
        folder, url = self._known[data]
        return {
            "STORAGE_BACKEND": "s3",
            "BACHATA_S3_BUCKET": BUCKET,
            "BACHATA_S3_PREFIX": folder,
            "BACHATA_S3_ENDPOINT_URL": self._media.endpoint,
            "BACHATA_S3_ACCESS_KEY": s3.ACCESS,
            "BACHATA_S3_SECRET_KEY": s3.SECRET,
            "BACHATA_DATABASE_URL": url,
        }

    async def copied(self, data: Path, into: Path) -> Path:
        folder, url = self._known[data]
        copy = uuid4().hex
        for path in await self.media(data):
            source = {"Bucket": BUCKET, "Key": f"{folder}/{path}"}
            key = f"{copy}/{path}"
            await self._answer_of("copy_object", CopySource=source, Bucket=BUCKET, Key=key)
        records = await postgres.created(self._records, str(make_url(url).database))
        self._known[into] = (copy, records)
        return Path(shutil.copytree(data, into))

    async def media(self, data: Path) -> dict[str, str]:
        prefix = f"{self._known[data][0]}/"
        answer = await self._answer_of("list_objects_v2", Bucket=BUCKET, Prefix=prefix)
        assert not answer["IsTruncated"]
        return {
            each["Key"].removeprefix(prefix): each["ETag"] for each in answer.get("Contents", ())
        }

    async def gone(self) -> None:
        """Drop the databases."""
        for _, url in self._known.values():
            await postgres.dropped(self._records, url)

    async def _answer_of(self, call: str, **arguments: object) -> dict[str, Any]:
        return await s3.answer_of(self._media.endpoint, call, **arguments)
