"""Lock for completing a multipart upload: one upload of a key at a time."""

import asyncio
import hashlib
import io
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from adapters.storage.s3_client import Answer, Call, S3Client, removed
from adapters.storage.s3_errors import CONFLICT, EXISTS, MISSING, code, sdk_errors
from adapters.storage.upload_marker import MARK, marked
from application.concurrency.retries import pause
from application.concurrency.shielding import finish_even_if_cancelled

_log = logging.getLogger("bachata.storage")

Ask = Callable[[Call, Mapping[str, object]], Awaitable[Answer]]
"""Calls the SDK, and lets the call finish even if the caller is cancelled."""

VOID: Final = timedelta(minutes=5)
"""Age from which a lock counts as abandoned: no completing call takes that long."""


@asynccontextmanager
async def multipart_lock(client: S3Client, key: str, mark: str, ask: Ask) -> AsyncGenerator[None]:
    """Hold the lock of a key; raises one of `sdk_errors`, and TimeoutError while others hold it.

    A server should refuse one of two uploads that complete at the same moment. SeaweedFS 4.48
    confirms both in one of ten cases, but it refuses one of two small objects. Such a small
    internal object is the lock.
    """
    lock = f"{client.keys.own}claim-{hashlib.sha256(key.encode()).hexdigest()}"
    try:
        await _acquired(client, lock, mark, ask)
        yield
    finally:
        await finish_even_if_cancelled(_released(client, lock, mark))


async def _acquired(client: S3Client, lock: str, mark: str, ask: Ask) -> None:
    async with asyncio.timeout(client.limits.call):
        while not await _created(client, lock, mark, ask):
            answer = await _looked_up(client, lock)
            if answer is not None and marked(answer) == mark:
                return
            if answer is not None and _age(answer) >= VOID:
                await removed(client, lock)
                continue
            await asyncio.sleep(pause(1, client.limits.pause))


async def _created(client: S3Client, lock: str, mark: str, ask: Ask) -> bool:
    arguments = {"Key": lock, "Body": io.BytesIO(), "Metadata": {MARK: mark}, **client.only_new}
    try:
        await ask("put_object", arguments)
    except sdk_errors() as error:
        if code(error) not in EXISTS | CONFLICT:
            raise
        return False
    return True


async def _looked_up(client: S3Client, lock: str) -> Answer | None:
    try:
        return await client.ask("head_object", {"Key": lock})
    except sdk_errors() as error:
        if code(error) not in MISSING:
            raise
        return None


def _age(answer: Answer) -> timedelta:
    """Return the age by the server's clock."""
    since: datetime = answer["LastModified"]
    now = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
    return now - since


async def _released(client: S3Client, lock: str, mark: str) -> None:
    """Release the lock, if this upload holds it."""
    try:
        answer = await _looked_up(client, lock)
        if answer is not None and marked(answer) == mark:
            await removed(client, lock)
    except sdk_errors() as error:
        # Others must wait until the lock expires; the uploaded file is not affected.
        _log.warning("a lock was left behind: %s", error)
