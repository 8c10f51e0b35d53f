"""The client of one bucket, which lives as long as the process, and its calls."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final, Literal, cast

import msgspec

from adapters.storage import google
from adapters.storage.bucket import Bucket, Limits, Profile
from adapters.storage.keys import INCOMING, Keys
from adapters.storage.s3_errors import MISSING, code, sdk_errors, translated_errors
from domain.shared.errors import StorageFailed

Call = Literal[
    "abort_multipart_upload",
    "complete_multipart_upload",
    "create_multipart_upload",
    "delete_object",
    "generate_presigned_url",
    "get_object",
    "head_bucket",
    "head_object",
    "list_multipart_uploads",
    "list_objects_v2",
    "put_object",
    "upload_part",
]
Answer = dict[str, Any]

_ELSEWHERE: Final = "us-east-1"
"""Region for servers without regions, because signatures need one."""


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """The body of an object during a download."""

    stream: Any
    etag: str
    """ETag as the server sends it, with quotes."""
    first: int
    """Index of the first byte."""
    end: int
    """Index after the last byte."""

    async def read(self, most: int) -> bytes:
        """Return up to ``most`` bytes; raises one of `broken_off` if fewer come than announced."""
        return cast(bytes, await self.stream.read(most))


class S3Client:
    """Calls to one bucket, each with a time limit."""

    def __init__(self, client: Any, bucket: Bucket, limits: Limits) -> None:  # noqa: ANN401
        self.client = client
        self.bucket = bucket
        self.limits = limits
        self.keys = Keys(bucket.folder)
        self.profile = bucket.profile

    async def ask(
        self, call: Call, arguments: Mapping[str, object] | None = None, *, size: int = 0
    ) -> Answer:
        """Call the SDK for the bucket; ``size`` is the number of bytes that the call transfers.

        Raises one of `sdk_errors` after the last try, and TimeoutError.
        """
        async with asyncio.timeout(self.limits.seconds(size)):
            method = getattr(self.client, call)
            return cast(Answer, await method(Bucket=self.bucket.name, **(arguments or {})))

    @property
    def only_new(self) -> dict[str, object]:
        """Arguments that make the last call of an upload fail if the object exists."""
        # For Google, the signed headers of the call contain the condition.
        return {} if self.profile is Profile.GCS else {"IfNoneMatch": "*"}

    async def sign(self, seconds: int, arguments: Mapping[str, object]) -> str:
        """Return a URL that gives access to an object for ``seconds`` without keys."""
        parameters = {"Bucket": self.bucket.name, **arguments}
        url = self.client.generate_presigned_url("get_object", Params=parameters, ExpiresIn=seconds)
        async with asyncio.timeout(self.limits.call):
            return cast(str, await url)

    @asynccontextmanager
    async def body(
        self, key: str, first: int = 0, end: int | None = None, etag: str | None = None
    ) -> AsyncGenerator[Body]:
        """Open an object, or part of it; with ``etag``, only that version."""
        arguments: dict[str, object] = {"Key": key}
        if first or end is not None:
            arguments["Range"] = f"bytes={first}-{'' if end is None else end - 1}"
        if etag is not None:
            arguments["IfMatch"] = etag
        answer = await self.ask("get_object", arguments)
        stream = answer["Body"]
        try:
            length = int(answer["ContentLength"])
            start = _start(answer.get("ContentRange"))
            yield Body(stream=stream, etag=str(answer["ETag"]), first=start, end=start + length)
        finally:
            stream.close()


async def removed(client: S3Client, key: str) -> None:
    """Delete an object; a missing one is no error."""
    try:
        await client.ask("delete_object", {"Key": key})
    except sdk_errors() as error:
        # Google reports a missing object, Amazon does not.
        if code(error) not in MISSING:
            raise


def _start(content_range: object) -> int:
    """Return the index of the first byte, for example of `bytes 5-9/20`."""
    if content_range is None:
        return 0
    return int(str(content_range).removeprefix("bytes ").partition("-")[0])


@asynccontextmanager
async def open_client(bucket: Bucket, limits: Limits) -> AsyncGenerator[S3Client]:
    """Create the client, which takes a third of a second; raises `StorageFailed`."""
    import aioboto3  # pyright: ignore[reportMissingTypeStubs]

    session = cast(Any, aioboto3).Session(
        aws_access_key_id=bucket.access_key or None,
        aws_secret_access_key=bucket.secret_key or None,
        region_name=_region(bucket),
    )
    with translated_errors(INCOMING):
        context = session.client(
            "s3", endpoint_url=_endpoint(bucket), config=_config(bucket, limits)
        )
        client = await context.__aenter__()
    try:
        if bucket.profile is Profile.GCS:
            google.create_only(client, await _hmac_key(session))
        yield S3Client(client, bucket, limits)
    finally:
        await context.__aexit__(None, None, None)


def _region(bucket: Bucket) -> str | None:
    if bucket.region:
        return bucket.region
    if bucket.profile is Profile.GCS:
        return google.REGION
    return _ELSEWHERE if bucket.endpoint else None


def _endpoint(bucket: Bucket) -> str | None:
    return bucket.endpoint or (google.ENDPOINT if bucket.profile is Profile.GCS else None)


def _config(bucket: Bucket, limits: Limits) -> object:
    from aiobotocore.config import AioConfig  # pyright: ignore[reportMissingTypeStubs]

    return cast(Any, AioConfig)(
        signature_version="s3v4",
        connect_timeout=limits.connect,
        read_timeout=limits.silence,
        max_pool_connections=limits.connections,
        retries={"mode": "standard", "total_max_attempts": 1 + limits.retries},
        # Content-MD5, which every server supports, is sent with all uploads.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={
            "addressing_style": "path" if _endpoint(bucket) else "auto",
            # Hashing a part for its signature would block the event loop.
            "payload_signing_enabled": False,
        },
    )


async def _hmac_key(session: Any) -> google.HmacKey:  # noqa: ANN401 - the SDK has no types
    credentials = await session.get_credentials()
    if credentials is None:
        raise StorageFailed(
            "The HMAC keys for Google Cloud Storage are missing; set BACHATA_S3_ACCESS_KEY and "
            "BACHATA_S3_SECRET_KEY."
        )
    frozen = await credentials.get_frozen_credentials()
    return google.HmacKey(str(frozen.access_key), str(frozen.secret_key))
