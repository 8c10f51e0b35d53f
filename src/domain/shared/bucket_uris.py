"""Bucket URIs (`gs://`, `s3://`) in records of earlier systems, translated to storage paths."""

import re
from typing import Final

import msgspec

from domain.shared import paths
from domain.shared.errors import UnsafePath

_ADDRESS: Final = re.compile(r"(?P<scheme>gs|s3)://(?P<bucket>[^/]*)/?(?P<key>.*)", re.I | re.S)


class Home(msgspec.Struct, frozen=True, kw_only=True):
    """The bucket of this installation, where the media files are."""

    bucket: str = ""
    """Name of the bucket; empty if the storage is not a bucket."""
    folder: str = ""
    """Folder of the bucket that storage paths are relative to, without leading or trailing slash.
    """


def key_of(text: str) -> str | None:
    """Return the key that a `gs://` or `s3://` URI names in any bucket; None for a plain path."""
    parts = _ADDRESS.fullmatch(text)
    return parts["key"] if parts else None


def path_of(text: str, home: Home) -> str:
    """Return the storage path for a plain path or for a URI of the bucket `home`.

    `gs://` and `s3://` are equivalent here, because a bucket may have moved from one provider to
    the other under the same name. Raises `UnsafePath`, which names the URI, if it points to another
    bucket or to another folder.
    """
    parts = _ADDRESS.fullmatch(text)
    if parts is None:
        return paths.checked(text)
    quote = repr(text[:200])
    if not home.bucket:
        raise UnsafePath(f"{quote} refers to a bucket, but this storage has none.")
    if parts["bucket"] != home.bucket:
        raise UnsafePath(f"{quote} is not in the bucket {home.bucket!r} of this storage.")
    start = f"{home.folder}/" if home.folder else ""
    if not parts["key"].startswith(start):
        raise UnsafePath(f"{quote} is not in the folder {home.folder!r} of this storage's bucket.")
    return paths.checked(parts["key"].removeprefix(start))
