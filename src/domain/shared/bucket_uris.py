"""Addresses of files in buckets, as records of earlier systems hold them."""

import re
from typing import Final

import msgspec

from domain.shared import paths
from domain.shared.errors import UnsafePath

_ADDRESS: Final = re.compile(r"(?P<scheme>gs|s3)://(?P<bucket>[^/]*)/?(?P<key>.*)", re.I | re.S)


class Home(msgspec.Struct, frozen=True, kw_only=True):
    """The bucket that media lies in."""

    bucket: str = ""
    """Empty where there is none."""
    folder: str = ""
    """Folder of the bucket that storage paths begin in, without slashes at its ends."""


def key_of(said: str) -> str | None:
    """The key of the file in some bucket that a record means; None for a path of its own."""
    found = _ADDRESS.fullmatch(said)
    return found["key"] if found else None


def path_of(said: str, home: Home) -> str:
    """The storage path that a record means by a path of its own, or by an address at home.

    `gs://` and `s3://` are the same here: a bucket may have moved from one to the other under its
    name. Raises `UnsafePath`, which names the address, for one that lies elsewhere.
    """
    found = _ADDRESS.fullmatch(said)
    if found is None:
        return paths.checked(said)
    shown = repr(said[:200])
    if not home.bucket:
        raise UnsafePath(f"{shown} lies in a bucket, and this storage has none.")
    if found["bucket"] != home.bucket:
        raise UnsafePath(f"{shown} does not lie in the bucket {home.bucket!r} of this storage.")
    start = f"{home.folder}/" if home.folder else ""
    if not found["key"].startswith(start):
        raise UnsafePath(f"{shown} does not lie in the folder {home.folder!r} of its bucket.")
    return paths.checked(found["key"].removeprefix(start))
