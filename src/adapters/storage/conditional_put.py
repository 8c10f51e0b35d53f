"""Create an object only if there is none, even if answers of the server get lost."""

import asyncio
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from adapters.storage import listing
from adapters.storage.s3_client import S3Client, removed
from adapters.storage.s3_errors import CONFLICT, EXISTS, MISSING, code, sdk_errors
from adapters.storage.threaded_io import ThreadedIo
from adapters.storage.upload_marker import marked
from adapters.storage.uploads import Upload
from application.concurrency.retries import pause
from application.concurrency.shielding import finish_even_if_cancelled
from domain.shared.errors import MediaTaken


class ConditionalPut:
    """The upload of one local file to one path.

    An answer may get lost, and the retry of a successful call is then refused. A marker in the
    object's metadata shows whether the existing object is from this upload.
    """

    def __init__(self, client: S3Client, disk: ThreadedIo, source: Path, path: str) -> None:
        """Take the file and its storage path."""
        self._client = client
        self._disk = disk
        self._source = source
        self._path = path
        self._key = client.keys.of(path)
        self._mark = uuid4().hex

    async def __call__(self, size: int) -> None:
        """Create the object; raises `MediaTaken`, or one of `sdk_errors` after deleting a partial
        result.
        """
        retries = self._client.limits.retries
        for attempt in range(1, retries + 2):
            retries_left = retries + 1 - attempt
            upload = Upload(self._client, self._disk, self._source, self._path, self._mark)
            try:
                await upload(size)
            except asyncio.CancelledError:
                if upload.may_be_there:
                    await finish_even_if_cancelled(self._take_back())
                raise
            except sdk_errors() as error:
                there = await self._mark_there() if upload.may_be_there else None
                if there == self._mark:
                    return
                if code(error) in EXISTS:
                    if there is not None or not retries_left:
                        raise MediaTaken from None
                    if await self._is_missing():
                        await self._clear(self._client.keys.below(self._path))
                elif not retries_left or code(error) not in CONFLICT:
                    raise
            else:
                return
            await asyncio.sleep(pause(attempt, self._client.limits.pause))

    async def _mark_there(self) -> str | None:
        """Return the marker of the existing object; None if there is none or the server does not
        answer.
        """
        with suppress(*sdk_errors()):
            return marked(await self._client.ask("head_object", {"Key": self._key}))
        return None

    async def _is_missing(self) -> bool:
        """Return True only if the server says that there is no object."""
        try:
            await self._client.ask("head_object", {"Key": self._key})
        except sdk_errors() as error:
            return code(error) in MISSING
        return False

    async def _take_back(self) -> None:
        """Delete the object if it is from this upload."""
        with suppress(*sdk_errors()):
            if await self._mark_there() == self._mark:
                await removed(self._client, self._key)

    async def _clear(self, folder: str) -> None:
        """Delete the objects that SeaweedFS keeps for empty folders."""
        async for inner in listing.folders(self._client, folder):
            await self._clear(inner)
        await removed(self._client, folder)
