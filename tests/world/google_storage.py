"""A server that does what Google Cloud Storage does with S3 calls, and refuses what it refuses.

Written after Google's reference of its XML API and what is reported of it. Where Google would pass
over something silently, this refuses it, so that nobody relies on it unnoticed.
"""

import base64
import hashlib
import hmac
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote
from xml.sax.saxutils import escape

import msgspec
from aiohttp import web

from adapters.storage.bucket import Bucket, Profile

ACCESS, SECRET = "GOOG1EXAMPLE", "hmac-secret"
BUCKET = "ours"
REGION = "auto"
DATE = "Sat, 21 Nov 2026 18:00:00 GMT"

_WORDS: Final = {
    "AWS4-HMAC-SHA256": ("AWS4", "s3", "aws4_request", "x-amz-"),
    "GOOG4-HMAC-SHA256": ("GOOG4", "storage", "goog4_request", "x-goog-"),
}
"""The parts of each kind of signature, and the headers that belong to it."""


class Refusal(Exception):
    """An error answer."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


class Kept(msgspec.Struct, frozen=True):
    """An object."""

    content: bytes
    kind: str
    metadata: Mapping[str, str]

    @property
    def etag(self) -> str:
        """As Google makes it of an object that came in one request."""
        return f'"{hashlib.md5(self.content, usedforsecurity=False).hexdigest()}"'


class GoogleStorage:
    """One bucket, in memory."""

    def __init__(self) -> None:
        self.objects: dict[str, Kept] = {}
        self.asked: list[str] = []
        """Method, key and what is asked of every request."""
        self.endpoint = ""

    @property
    def bucket(self) -> Bucket:
        """Its bucket, and the keys that it knows."""
        return Bucket(
            name=BUCKET,
            endpoint=self.endpoint,
            profile=Profile.GCS,
            access_key=ACCESS,
            secret_key=SECRET,
        )

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        body = await request.read()
        bucket, _, key = request.path.removeprefix("/").partition("/")
        self.asked.append(f"{request.method} {key}?{request.query_string}")
        try:
            refuse_foreign(request)
            verify(request)
            return self._answered(request, bucket, key, body)
        except Refusal as refusal:
            text = f"<?xml version='1.0'?><Error><Code>{refusal.code}</Code></Error>"
            empty = request.method == "HEAD"
            return web.Response(
                status=refusal.status,
                text=None if empty else text,
                content_type="application/xml",
            )

    def _answered(self, request: web.Request, bucket: str, key: str, body: bytes) -> web.Response:
        if bucket != BUCKET:
            raise Refusal(404, "NoSuchBucket")
        if not key:
            return self._listed(request) if request.method == "GET" else web.Response()
        if request.method == "PUT":
            return self._created(request, key, body)
        if key not in self.objects:
            raise Refusal(404, "NoSuchKey")
        if request.method == "DELETE":
            del self.objects[key]
            return web.Response(status=204)
        return self._read(request, self.objects[key])

    def _created(self, request: web.Request, key: str, body: bytes) -> web.Response:
        digest = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
        if request.headers.get("Content-MD5", digest) != digest:
            raise Refusal(400, "BadDigest")
        if request.headers.get("x-goog-if-generation-match") == "0" and key in self.objects:
            raise Refusal(412, "PreconditionFailed")
        start = "x-goog-meta-"
        names = [name for name in request.headers if name.lower().startswith(start)]
        metadata = {name.lower().removeprefix(start): request.headers[name] for name in names}
        entry = Kept(body, request.headers.get("Content-Type", ""), metadata)
        self.objects[key] = entry
        return web.Response(headers={"ETag": entry.etag, "x-goog-generation": "1"})

    def _read(self, request: web.Request, entry: Kept) -> web.Response:
        if request.headers.get("If-Match", entry.etag) != entry.etag:
            raise Refusal(412, "PreconditionFailed")
        headers = {f"x-goog-meta-{name}": value for name, value in entry.metadata.items()}
        headers |= {"ETag": entry.etag, "Last-Modified": DATE}
        content, status, size = entry.content, 200, len(entry.content)
        if range_header := request.headers.get("Range"):
            first, _, last = range_header.removeprefix("bytes=").partition("-")
            content = content[int(first) : int(last) + 1 if last else None]
            if int(first) >= size:
                raise Refusal(416, "InvalidRange")
            status = 206
            end = int(first) + len(content) - 1
            headers["Content-Range"] = f"bytes {first}-{end}/{size}"
        if request.method == "HEAD":
            return web.Response(headers={**headers, "Content-Length": str(size)})
        return web.Response(status=status, body=content, headers=headers)

    def _listed(self, request: web.Request) -> web.Response:
        query = request.query
        if query.get("list-type") != "2":
            raise Refusal(400, "InvalidArgument")
        after = query.get("continuation-token", "")
        most = int(query.get("max-keys", "1000"))
        every = sorted(k for k in self.objects if k.startswith(query.get("prefix", "")))
        left = [key for key in every if key > after]
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        elements = "".join(
            f"<Contents><Key>{escape(quote(key))}</Key><Size>{len(self.objects[key].content)}</Size>"
            f"<LastModified>{now}</LastModified></Contents>"
            for key in left[:most]
        )
        more = (
            f"<IsTruncated>true</IsTruncated>"
            f"<NextContinuationToken>{escape(left[most - 1])}</NextContinuationToken>"
            if len(left) > most
            else "<IsTruncated>false</IsTruncated>"
        )
        text = (
            "<?xml version='1.0'?><ListBucketResult>"
            f"<EncodingType>url</EncodingType>{more}{elements}</ListBucketResult>"
        )
        return web.Response(text=text, content_type="application/xml")


def refuse_foreign(request: web.Request) -> None:
    """Refuse what Google does not know, or knows otherwise."""
    names = [name.lower() for name in request.headers]
    amazons = [name for name in names if name.startswith("x-amz-")]
    googles = [name for name in names if name.startswith("x-goog-")]
    if amazons and googles:
        raise Refusal(400, "ExcessHeaderValues")
    checked = ("x-amz-checksum-", "x-amz-sdk-checksum", "x-amz-trailer")
    hashed = request.headers.get("x-amz-content-sha256", "")
    if (
        any(name.startswith(checked) for name in names)
        or hashed.startswith("STREAMING-")
        or "aws-chunked" in request.headers.get("Content-Encoding", "")
    ):
        raise Refusal(403, "SignatureDoesNotMatch")
    if request.method == "PUT" and "if-none-match" in names:
        raise Refusal(501, "NotImplemented")
    if request.method == "POST":
        # Neither deleting many at once, nor uploads in parts, which end without any condition.
        raise Refusal(501, "NotImplemented")


def verify(request: web.Request) -> None:
    """Check the signature of a request, in its headers or in its query; raises `Refusal`."""
    path, _, query = request.raw_path.partition("?")
    if "X-Amz-Signature" in request.query:
        parameters = request.query
        query = query.partition("&X-Amz-Signature=")[0]
        signature = {
            name: parameters[f"X-Amz-{name}"]
            for name in ("Credential", "SignedHeaders", "Signature")
        }
        algorithm, stamp, hashed = (
            parameters["X-Amz-Algorithm"],
            parameters["X-Amz-Date"],
            "UNSIGNED-PAYLOAD",
        )
    else:
        algorithm, _, rest = request.headers.get("Authorization", "").partition(" ")
        if algorithm not in _WORDS:
            raise Refusal(403, "AccessDenied")
        signature = dict(part.split("=", 1) for part in rest.split(", "))
        family = _WORDS[algorithm][3]
        stamp = request.headers[f"{family}date"]
        hashed = request.headers[f"{family}content-sha256"]
    prefix, service, last, family = _WORDS[algorithm]
    access, date, region, *credential_scope = signature["Credential"].split("/")
    if access != ACCESS or credential_scope != [service, last] or region != REGION:
        raise Refusal(403, "InvalidAccessKeyId")
    signed = signature["SignedHeaders"].split(";")
    owed = [name.lower() for name in request.headers if name.lower().startswith(family)]
    if not {"host", *owed} <= set(signed) or signed != sorted(signed):
        raise Refusal(403, "SignatureDoesNotMatch")
    pairs = sorted(pair.partition("=") for pair in query.split("&") if pair)
    canonical = "\n".join(
        [
            request.method,
            path,
            "&".join(f"{name}={value}" for name, _, value in pairs),
            *(f"{name}:{' '.join(request.headers[name].split())}" for name in signed),
            "",
            signature["SignedHeaders"],
            hashed,
        ]
    )
    scope = f"{date}/{region}/{service}/{last}"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    key = f"{prefix}{SECRET}".encode()
    for word in (date, region, service, last, f"{algorithm}\n{stamp}\n{scope}\n{digest}"):
        key = hmac.new(key, word.encode(), hashlib.sha256).digest()
    if not hmac.compare_digest(key.hex(), signature["Signature"]) or not stamp.startswith(date):
        raise Refusal(403, "SignatureDoesNotMatch")


@asynccontextmanager
async def google_storage() -> AsyncGenerator[GoogleStorage]:
    """Serve an empty bucket."""
    storage = GoogleStorage()
    application = web.Application(client_max_size=1 << 30)
    handler: Callable[..., object] = storage.handle
    application.router.add_route("*", "/{path:.*}", handler)  # pyright: ignore[reportArgumentType]
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        storage.endpoint = f"http://{host}:{port}"
        yield storage
    finally:
        await runner.cleanup()
