"""A file created where there is none, whatever becomes of the answers."""

import asyncio
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from adapters.storage import listing
from adapters.storage.s3_client import Line, removed
from adapters.storage.s3_errors import CONFLICT, MISSING, TAKEN, code, foreign
from adapters.storage.threaded_io import Steps
from adapters.storage.upload_marker import marked
from adapters.storage.uploads import Upload
from application.concurrency.retries import pause
from application.concurrency.shielding import finish_even_if_cancelled
from domain.shared.errors import MediaTaken


class Creation:
    """One putting of a local file.

    An answer may be lost, and the same call be refused when it is tried again: whose file it is
    that is there, its mark tells.
    """

    def __init__(self, line: Line, steps: Steps, source: Path, path: str) -> None:
        """Take the file and its storage path."""
        self._line = line
        self._steps = steps
        self._source = source
        self._path = path
        self._key = line.keys.of(path)
        self._mark = uuid4().hex

    async def __call__(self, size: int) -> None:
        """Create it; raises `MediaTaken`, or one of `foreign` and then leaves nothing behind."""
        retries = self._line.limits.retries
        for tried in range(1, retries + 2):
            left = retries + 1 - tried
            upload = Upload(self._line, self._steps, self._source, self._path, self._mark)
            try:
                await upload(size)
            except asyncio.CancelledError:
                if upload.may_be_there:
                    await finish_even_if_cancelled(self._take_back())
                raise
            except foreign() as error:
                there = await self._mark_there() if upload.may_be_there else None
                if there == self._mark:
                    return
                if code(error) in TAKEN:
                    if there is not None or not left:
                        raise MediaTaken from None
                    if await self._is_missing():
                        await self._clear(self._line.keys.below(self._path))
                elif not left or code(error) not in CONFLICT:
                    raise
            else:
                return
            await asyncio.sleep(pause(tried, self._line.limits.pause))

    async def _mark_there(self) -> str | None:
        """The mark of the object that is there; None when there is none, or nobody can tell."""
        with suppress(*foreign()):
            return marked(await self._line.ask("head_object", {"Key": self._key}))
        return None

    async def _is_missing(self) -> bool:
        """Whether the storage says that there is no object, and not merely nothing."""
        try:
            await self._line.ask("head_object", {"Key": self._key})
        except foreign() as error:
            return code(error) in MISSING
        return False

    async def _take_back(self) -> None:
        """Remove the object that nobody wants any more, if it came to be."""
        with suppress(*foreign()):
            if await self._mark_there() == self._mark:
                await removed(self._line, self._key)

    async def _clear(self, folder: str) -> None:
        """Remove what SeaweedFS keeps of a folder that is empty and takes for an object."""
        async for inner in listing.folders(self._line, folder):
            await self._clear(inner)
        await removed(self._line, folder)
