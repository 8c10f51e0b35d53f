"""Create-only uploads to Google Cloud Storage.

Google ignores `If-None-Match` in uploads, refuses `x-goog-` headers beside `x-amz-` ones
("ExcessHeaderValues"), and cannot complete a multipart upload conditionally. So each file is
uploaded in one request with Google's own headers and signature, which is AWS's version 4 with other
names.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

ENDPOINT: Final = "https://storage.googleapis.com"
REGION: Final = "auto"

_ALGORITHM: Final = "GOOG4-HMAC-SHA256"
_UNSIGNED: Final = "UNSIGNED-PAYLOAD"
"""TLS and Content-MD5 protect the body."""
_SIGNED: Final = ("content-md5", "content-type")


class HmacKey(NamedTuple):
    """HMAC key of a service account or a user, for the XML API."""

    access: str
    secret: str


def create_only(client: Any, key: HmacKey) -> None:  # noqa: ANN401 - the SDK has no types
    """Make every `put_object` of an S3 client create a file, or fail with `PreconditionFailed`."""
    from botocore import UNSIGNED  # pyright: ignore[reportMissingTypeStubs]

    def by_nobody_else(**_: object) -> object:
        return UNSIGNED

    def sign(request: Any, **_: object) -> None:  # noqa: ANN401 - the SDK has no types
        originals = {str(name).lower(): str(request.headers[name]) for name in request.headers}
        for name in list(request.headers):
            if str(name).lower().startswith("x-amz-"):
                del request.headers[name]
        headers = {**_theirs(originals), "x-goog-if-generation-match": "0"}
        now = datetime.now(UTC)
        for name, value in signed(str(request.method), str(request.url), headers, key, now).items():
            del request.headers[name]
            request.headers[name] = value

    client.meta.events.register("choose-signer.s3.PutObject", by_nobody_else)
    client.meta.events.register("before-sign.s3.PutObject", sign)


def _theirs(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers to sign, with Google's names instead of AWS's."""
    renamed = {
        f"x-goog-{name.removeprefix('x-amz-')}": value
        for name, value in headers.items()
        if name.startswith("x-amz-meta-")
    }
    return {**renamed, **{name: headers[name] for name in _SIGNED if name in headers}}


def signed(
    method: str, url: str, headers: Mapping[str, str], key: HmacKey, at: datetime
) -> dict[str, str]:
    """Return the headers of a request without query, and its signature headers; names in lower
    case.

    https://cloud.google.com/storage/docs/authentication/signatures
    """
    stamp = at.strftime("%Y%m%dT%H%M%SZ")
    parts = urlsplit(url)
    whole = {**headers, "host": parts.netloc, "x-goog-date": stamp}
    whole["x-goog-content-sha256"] = _UNSIGNED
    names = sorted(whole)
    canonical = "\n".join(
        (
            method,
            parts.path,
            parts.query,
            *(f"{name}:{' '.join(whole[name].split())}" for name in names),
            "",
            ";".join(names),
            _UNSIGNED,
        )
    )
    scope = f"{stamp[:8]}/{REGION}/storage/goog4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    signature = _mac(_signing_key(key, scope), f"{_ALGORITHM}\n{stamp}\n{scope}\n{digest}").hex()
    whole["authorization"] = (
        f"{_ALGORITHM} Credential={key.access}/{scope}, "
        f"SignedHeaders={';'.join(names)}, Signature={signature}"
    )
    return whole


def _signing_key(key: HmacKey, scope: str) -> bytes:
    digest = f"GOOG4{key.secret}".encode()
    for word in scope.split("/"):
        digest = _mac(digest, word)
    return digest


def _mac(key: bytes, message: str) -> bytes:
    return hmac.new(key, message.encode(), hashlib.sha256).digest()
