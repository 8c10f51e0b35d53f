"""Storage of media files in a bucket of an object storage."""

import asyncio
import io
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import quote
from uuid import uuid4

from adapters.storage import listing
from adapters.storage.bucket import MEGABYTE, Bucket, Limits, Profile
from adapters.storage.conditional_put import ConditionalPut
from adapters.storage.downloads import Download
from adapters.storage.folders import is_plain
from adapters.storage.keys import INCOMING, LONGEST, above, safe
from adapters.storage.s3_client import S3Client, open_client, removed
from adapters.storage.s3_errors import (
    EXISTS,
    MISSING,
    NO_UPLOAD,
    code,
    sdk_errors,
    translated_errors,
)
from adapters.storage.threaded_io import ThreadedIo
from application.concurrency.shielding import finish_even_if_cancelled
from application.concurrency.task_groups import run_all
from application.concurrency.timeouts import FETCH_QUEUE_WAIT, place_in
from application.media.item_attempts import ItemAttempts
from application.ports.storage import Stored, StoredFile
from domain.shared.errors import MediaTaken, StorageFailed

CHUNK: Final = 256 * 1024
"""Bytes per read."""
ABANDONED: Final = timedelta(hours=6)
"""Age at which an upload counts as abandoned: 2 GB at the slowest speed take that long."""

_READY: Final = b"ready"


class S3Storage:
    """Stores each file as an object, under the key of its path.

    An object exists when its upload has finished, and is never replaced: the last request of an
    upload is a conditional create, which the server decides. As on a disk, a path is a file or a
    folder, not both; only two processes that create the two at the same moment can violate this.
    """

    def __init__(self, client: S3Client) -> None:
        self._client = client
        self._disk = ThreadedIo("the disk of the work folder")
        self._downloads = asyncio.Semaphore(client.limits.downloads)
        self._creates_only = False
        """True after the server has refused to replace an object."""

    async def fetch(self, path: str, into: Path) -> None:
        """See `application.ports.storage.Storage`."""
        part = into.with_name(f".{uuid4().hex}.part")
        with translated_errors(safe(path)):
            async with place_in(self._downloads, "a free place to fetch a file", FETCH_QUEUE_WAIT):
                try:
                    await self._download(path, part)
                    await self._disk.run(
                        lambda _: part.replace(into), undo=lambda _: into.unlink(missing_ok=True)
                    )
                finally:
                    await self._disk.run(lambda _: part.unlink(missing_ok=True))

    async def put(self, source: Path, path: str, *, may_take_ownership: bool = False) -> None:
        """See `application.ports.storage.Storage`; raises `MediaTaken` before
        most of the upload.
        """
        with translated_errors(safe(path)):
            size = await self._disk.run(lambda _: source.stat().st_size)
            if await self._is_taken(path, size):
                raise MediaTaken
            await ConditionalPut(self._client, self._disk, source, path)(size)

    async def describe(self, path: str) -> Stored:
        """See `application.ports.storage.Storage`."""
        with translated_errors(safe(path)):
            try:
                answer = await self._client.ask("head_object", {"Key": self._client.keys.of(path)})
            except sdk_errors() as error:
                if code(error) in MISSING:
                    await self._require_bucket()
                raise
        return Stored(size=int(answer["ContentLength"]), etag=str(answer["ETag"]).strip('"'))

    async def read(self, path: str, first: int, length: int) -> AsyncIterator[bytes]:
        """See `application.ports.storage.Storage`."""
        if length <= 0:
            await self.describe(path)
            return
        with translated_errors(safe(path)):
            reading = Download(self._client, path, CHUNK, first, first + length)
            async with aclosing(reading.chunks()) as chunks:
                async for chunk in chunks:
                    yield chunk

    async def open(self, path: str) -> None:
        """See `application.ports.storage.Storage`; objects of a bucket have no descriptor."""
        safe(path)

    async def delete(self, path: str) -> None:
        """See `application.ports.storage.Storage`."""
        with translated_errors(safe(path)):
            await removed(self._client, self._client.keys.of(path))

    async def files(self, folder: str) -> AsyncIterator[StoredFile]:
        """See `application.ports.storage.Storage`."""
        start = self._client.keys.below(safe(folder))
        with translated_errors(folder):
            async with aclosing(listing.objects(self._client, start)) as entries:
                async for each in entries:
                    path = each.key.removeprefix(self._client.keys.all)
                    if is_plain(path):
                        yield StoredFile(path=path, size=each.size, age=each.age)

    async def link(self, path: str, name: str, seconds: int) -> str | None:
        """See `application.ports.storage.Storage`; it computes the URL without a request."""
        plain = "".join(
            c if c.isascii() and c.isprintable() and c not in '"\\' else "_" for c in name
        )
        disposition = f"inline; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
        with translated_errors(safe(path)):
            arguments = {
                "Key": self._client.keys.of(path),
                "ResponseContentDisposition": disposition,
            }
            return await self._client.sign(seconds, arguments)

    async def ready(self) -> str:
        """See `application.ports.storage.Storage`; the server must refuse to replace a file."""
        key = f"{self._client.keys.own}ready-{uuid4().hex}"
        with translated_errors(INCOMING):
            await self._write(key)
            try:
                async with self._client.body(key) as body:
                    whole = await body.read(len(_READY)) == _READY
                if not self._creates_only:
                    await self._require_refusal(key)
            finally:
                await finish_even_if_cancelled(removed(self._client, key))
        if not whole:
            raise StorageFailed(
                "The media storage does not return the bytes that were written to it."
            )
        return f"object storage, profile {self._client.profile}"

    async def remove_leftovers(self, older_than: timedelta = ABANDONED) -> int:
        """Remove what processes that died left unfinished, and say how much there was.

        A file that cannot be removed is logged and keeps no other from it.
        """
        attempts = ItemAttempts("removing the unfinished file")
        before = datetime.now(UTC) - older_than
        count = 0
        with translated_errors(INCOMING):
            async for entry in listing.objects(self._client, self._client.keys.own):
                if entry.since < before:
                    count += await attempts(entry.key, removed(self._client, entry.key))
            if self._client.profile is Profile.GCS:
                # This profile has no multipart uploads.
                return count
            async for upload in listing.unfinished(self._client, self._client.keys.all):
                if upload.since < before:
                    count += await attempts(upload.key, self._abandon(upload))
        return count

    async def _download(self, path: str, into: Path) -> None:
        file = await self._disk.run(lambda _: into.open("xb"), undo=io.BufferedWriter.close)
        try:
            async with aclosing(Download(self._client, path, MEGABYTE).chunks()) as chunks:
                async for chunk in chunks:
                    await self._disk.run(lambda _, some=chunk: file.write(some))
        finally:
            await self._disk.run(lambda _: file.close())

    async def _is_taken(self, path: str, size: int) -> bool:
        """Return True if a path is a file or a folder, or is below a file.

        A small file needs no check for a file at its own path, because its only request would be
        refused.
        """
        questions = [self._is_folder, self._is_below_a_file]
        if size > self._client.limits.part:
            questions.append(self._is_file)
        answers: list[bool] = []

        async def note(question: Callable[[str], Awaitable[bool]]) -> None:
            answers.append(await question(path))

        await run_all(note(question) for question in questions)
        return any(answers)

    async def _is_below_a_file(self, path: str) -> bool:
        """Return True if a parent of the path is a file.

        A prefix with objects below it is a folder, so only the first prefix that is not a folder
        can be a file. Usually the direct parent is a folder.
        """
        parts = above(path)
        if not parts or await self._is_folder(parts[-1]):
            return False
        first, last = 0, len(parts) - 1
        while first < last:
            middle = (first + last) // 2
            if await self._is_folder(parts[middle]):
                first = middle + 1
            else:
                last = middle
        return await self._is_file(parts[first])

    async def _is_file(self, path: str) -> bool:
        try:
            await self._client.ask("head_object", {"Key": self._client.keys.of(path)})
        except sdk_errors() as error:
            if code(error) in MISSING:
                return False
            raise
        return True

    async def _is_folder(self, path: str) -> bool:
        start = self._client.keys.below(path)
        if len(start.encode()) > LONGEST:
            return False
        inside = listing.objects(self._client, start, 1)
        async with aclosing(inside) as objects:
            return await anext(objects, None) is not None

    async def _require_bucket(self) -> None:
        """Raise `StorageFailed` if the bucket is missing: an answer about an
        object does not tell.
        """
        try:
            await self._client.ask("head_bucket")
        except sdk_errors() as error:
            if code(error) in MISSING:
                raise StorageFailed("The bucket of the media storage does not exist.") from None
            raise

    async def _write(self, key: str) -> None:
        """Create a small internal object."""
        arguments = {"Key": key, "Body": io.BytesIO(_READY), **self._client.only_new}
        await self._client.ask("put_object", arguments)

    async def _require_refusal(self, key: str) -> None:
        """Raise if the server ignores conditions, because one film could then replace another."""
        try:
            await self._write(key)
        except sdk_errors() as error:
            if code(error) not in EXISTS:
                raise
            self._creates_only = True
        else:
            raise StorageFailed(
                "The media storage ignores If-None-Match and replaces existing files; use a newer "
                "server or another BACHATA_S3_PROFILE."
            )

    async def _abandon(self, upload: listing.Unfinished) -> None:
        """Abort an upload; another process may have aborted it already."""
        arguments = {"Key": upload.key, "UploadId": upload.upload_id}
        try:
            await self._client.ask("abort_multipart_upload", arguments)
        except sdk_errors() as error:
            if code(error) not in NO_UPLOAD:
                raise


@asynccontextmanager
async def open_s3(bucket: Bucket, limits: Limits | None = None) -> AsyncGenerator[S3Storage]:
    """Open a storage in an existing bucket that is readable and writable.

    Raises `StorageFailed`.
    """
    async with open_client(bucket, limits or Limits()) as client:
        storage = S3Storage(client)
        await storage.ready()
        await storage.remove_leftovers()
        yield storage
