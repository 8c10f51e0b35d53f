"""Uploads to a bucket: small files in one request, large ones in parts."""

import asyncio
import base64
import hashlib
import io
import logging
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from threading import Event
from typing import Final

from adapters.storage.bucket import MEGABYTE, Profile
from adapters.storage.multipart_lock import multipart_lock
from adapters.storage.s3_client import Answer, Call, S3Client
from adapters.storage.s3_errors import NO_UPLOAD, code, sdk_errors
from adapters.storage.threaded_io import ThreadedIo, ended
from adapters.storage.upload_marker import MARK
from application.concurrency.shielding import finish_even_if_cancelled
from application.concurrency.task_groups import run_all
from domain.shared.errors import StorageFailed

_log = logging.getLogger("bachata.storage")

_MOST_PARTS: Final = 10_000
_BLOCK: Final = MEGABYTE
_KINDS: Final = {
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
    ".webm": "video/webm",
    ".m4a": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
}
"""Media types by file extension, for browsers that open a link."""


class Upload:
    """The upload of a local file that creates an object, or nothing.

    Raises one of `sdk_errors`; a code in `TAKEN` means that the object already exists.
    """

    def __init__(
        self, client: S3Client, disk: ThreadedIo, source: Path, path: str, mark: str
    ) -> None:
        """Take a storage path, and a ``mark`` that is unique to this upload."""
        self._client = client
        self._disk = disk
        self._source = source
        self._path = path
        self._key = client.keys.of(path)
        self._mark = mark
        self._about = {
            "Metadata": {MARK: mark},
            "ContentType": _KINDS.get(Path(path).suffix.lower(), "application/octet-stream"),
        }
        self.may_be_there = False
        """True after the start of the last call, which makes the object visible."""

    async def __call__(self, size: int) -> None:
        """Upload a file of ``size`` bytes; deletes an incomplete result."""
        if size <= self._client.limits.part:
            await self._at_once(size)
        elif self._client.profile is Profile.GCS:
            await self._from_disk(size)
        else:
            await self._in_parts(size)

    async def _at_once(self, size: int) -> None:
        body, digest = await self._disk.run(lambda _: self._part(0, size))
        with body:
            await self._create(body, digest, size)

    async def _from_disk(self, size: int) -> None:
        """Upload in one request of any size, with little of it in memory."""
        digest = await self._disk.run(self._digest)
        file = await self._disk.run(lambda _: self._source.open("rb"), io.BufferedReader.close)
        try:
            await self._create(file, digest, size)
        finally:
            file.close()

    async def _create(self, body: io.BufferedIOBase, digest: str, size: int) -> None:
        self.may_be_there = True
        arguments = {"Key": self._key, "Body": body, "ContentMD5": digest, **self._about}
        await self._carried_out("put_object", {**arguments, **self._client.only_new}, size)

    async def _in_parts(self, size: int) -> None:
        arguments = {"Key": self._key, **self._about}
        answer = await self._carried_out("create_multipart_upload", arguments, undo=self._abort)
        upload = {"Key": self._key, "UploadId": str(answer["UploadId"])}
        try:
            parts = {"MultipartUpload": {"Parts": await self._parts(upload, size)}}
            ending = {**upload, **parts, **self._client.only_new}
            async with multipart_lock(self._client, self._key, self._mark, self._carried_out):
                self.may_be_there = True
                await self._carried_out("complete_multipart_upload", ending)
        except BaseException:
            await finish_even_if_cancelled(self._abort(answer))
            raise

    async def _carried_out(
        self,
        call: Call,
        arguments: Mapping[str, object],
        size: int = 0,
        undo: Callable[[Answer], Coroutine[None, None, None]] | None = None,
    ) -> Answer:
        """Finish a call even if the caller is cancelled, because only its answer
        shows its effect.
        """
        work = asyncio.ensure_future(self._client.ask(call, arguments, size=size))
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            await ended(work, f"the storage to {call}", self._client.limits.parting)
            if undo is not None and not work.cancelled() and work.exception() is None:
                await finish_even_if_cancelled(undo(work.result()))
            raise

    async def _parts(self, upload: dict[str, str], size: int) -> list[dict[str, object]]:
        """Upload the parts, a few at a time, and return what the upload is ended with.

        All or nothing: a file without one of its parts is none.
        """
        limits = self._client.limits
        length = max(limits.part, -(-size // _MOST_PARTS))
        starts = enumerate(range(0, size, length), start=1)
        etags: dict[int, str] = {}

        async def work() -> None:
            for number, at in starts:
                most = min(length, size - at)
                body, digest = await self._disk.run(lambda _, a=at, m=most: self._part(a, m))
                # Release the bytes, because the SDK keeps references to the part.
                with body:
                    part = {"PartNumber": number, "Body": body, "ContentMD5": digest}
                    answer = await self._client.ask("upload_part", {**upload, **part}, size=most)
                etags[number] = str(answer["ETag"])

        await run_all(work() for _ in range(limits.parts_at_once))
        return [{"PartNumber": number, "ETag": etags[number]} for number in sorted(etags)]

    async def _abort(self, answer: Answer) -> None:
        upload = {"Key": self._key, "UploadId": str(answer["UploadId"])}
        try:
            await self._client.ask("abort_multipart_upload", upload)
        except sdk_errors() as error:
            if code(error) not in NO_UPLOAD:
                facts = {"path": self._path, "error": str(error)}
                _log.warning(
                    "parts of a file were left behind; a later start removes them", extra=facts
                )

    def _part(self, at: int, length: int) -> tuple[io.BytesIO, str]:
        """Return bytes of the source, and their digest, which the storage checks."""
        with self._source.open("rb", buffering=0) as file:
            file.seek(at)
            body = file.read(length)
        if len(body) < length:
            raise StorageFailed(f"The file for {self._path!r} changed while it was stored.")
        return io.BytesIO(body), _base64(hashlib.md5(body, usedforsecurity=False).digest())

    def _digest(self, unwanted: Event) -> str:
        md5 = hashlib.md5(usedforsecurity=False)
        with self._source.open("rb") as file:
            while (block := file.read(_BLOCK)) and not unwanted.is_set():
                md5.update(block)
        return _base64(md5.digest())


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()
