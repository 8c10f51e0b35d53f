"""Errors of the S3 SDK and its connections, translated to those of the domain."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final, cast

from application.media.disk_errors import translated
from domain.shared.errors import BachataError, DiskFull, MediaNotFound, StorageFailed

MISSING: Final = frozenset({"NoSuchKey", "NotFound", "404"})
EXISTS: Final = frozenset({"PreconditionFailed", "412"})
CONFLICT: Final = frozenset({"ConditionalRequestConflict", "OperationAborted", "409"})
"""Two writes of one key conflicted; neither succeeded."""
NO_UPLOAD: Final = frozenset({"NoSuchUpload"})
NOTHING_THERE: Final = frozenset({"InvalidRange", "416"})
"""The range begins after the last byte."""

_SENTENCES: Final = (
    (
        {"NoSuchBucket"},
        "The bucket of the media storage does not exist; the request was for {path!r}.",
    ),
    (
        {"AccessDenied", "Forbidden", "403", "AllAccessDisabled", "AccountProblem"},
        "The media storage denies access to {path!r}.",
    ),
    (
        {
            *("InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken"),
            *("AuthorizationHeaderMalformed", "InvalidSecurity", "Unauthorized", "401"),
        },
        "The media storage rejects the access keys; the request was for {path!r}.",
    ),
    ({"EntityTooLarge"}, "The file for {path!r} is larger than the media storage accepts."),
    (
        {"SlowDown", "ServiceUnavailable", "503", "InternalError", "500", "502", "504"},
        "The media storage failed repeatedly at {path!r}; it is overloaded or broken.",
    ),
)
_NO_ROOM: Final = {
    *("XMinioStorageFull", "InsufficientStorage", "InsufficientCapacity", "507"),
    *("QuotaExceeded", "XMinioAdminBucketQuotaExceeded", "StorageFull"),
}
_FULL: Final = (
    "The media storage is full, so {path!r} was not stored; free space in it, or raise its quota."
)
_SILENT: Final = "The media storage did not answer in time at {path!r}."
_OUT_OF_REACH: Final = "The media storage cannot be reached; the request was for {path!r}."
_CUT: Final = "The media storage repeatedly closed the connection at {path!r}."
_NO_KEYS: Final = "The access keys of the media storage are missing; the request was for {path!r}."


def sdk_errors() -> tuple[type[Exception], ...]:
    """Return all exceptions that a call may raise; for ``except``."""
    import aiohttp
    from botocore.exceptions import BotoCoreError, ClientError  # pyright: ignore[reportMissingTypeStubs]

    return (BotoCoreError, ClientError, aiohttp.ClientError, TimeoutError)


def broken_off() -> tuple[type[Exception], ...]:
    """Return the exceptions of reading a body that ends too early or arrives too slowly."""
    import aiohttp
    from botocore.exceptions import BotoCoreError  # pyright: ignore[reportMissingTypeStubs]

    return (BotoCoreError, aiohttp.ClientError, TimeoutError, ConnectionError)


def code(error: BaseException) -> str:
    """Return the server's error code; empty for any other error."""
    response = cast(dict[str, Any], getattr(error, "response", None) or {})
    return str(cast(dict[str, Any], response.get("Error") or {}).get("Code", ""))


@contextmanager
def translated_errors(path: str) -> Generator[None]:
    """Translate the errors of calls into the domain's errors with the storage path."""
    try:
        yield
    except BachataError:
        raise
    except sdk_errors() as error:
        raise _ours(error, path) from error
    except OSError as error:
        # The original message may contain a path of this machine.
        failure = StorageFailed(f"The media storage failed at {path!r}: {error.strerror}.")
        raise translated(error, failure) from error


def _ours(error: Exception, path: str) -> BachataError:
    from botocore import exceptions  # pyright: ignore[reportMissingTypeStubs]

    if reason := code(error):
        return _refusal(reason, path)
    slow = (TimeoutError, exceptions.ConnectTimeoutError, exceptions.ReadTimeoutError)
    no_keys = (
        exceptions.NoCredentialsError,
        exceptions.PartialCredentialsError,
        exceptions.CredentialRetrievalError,
    )
    unreachable = (exceptions.EndpointConnectionError, exceptions.ProxyConnectionError)
    kinds = ((slow, _SILENT), (no_keys, _NO_KEYS), (unreachable, _OUT_OF_REACH))
    sentence = next((each for kind, each in kinds if isinstance(error, kind)), _CUT)
    return StorageFailed(sentence.format(path=path))


def _refusal(reason: str, path: str) -> BachataError:
    if reason in MISSING:
        return MediaNotFound(path)
    if reason in _NO_ROOM:
        return DiskFull(_FULL.format(path=path))
    for codes, sentence in _SENTENCES:
        if reason in codes:
            return StorageFailed(sentence.format(path=path))
    return StorageFailed(f"The media storage failed at {path!r}: {reason}.")
