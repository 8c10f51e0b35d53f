"""Which paths a storage takes, and which key each of them has in a bucket."""

import hashlib
from typing import Final

from adapters.storage import folders
from domain.shared import paths
from domain.shared.errors import UnsafePath

INCOMING: Final = ".incoming"
"""Folder of what is the storage's own; no storage path leads there."""

LONGEST: Final = 1024
"""Bytes of the longest key that S3 and Google Cloud Storage take."""


def safe(path: str) -> str:
    """Return a storage path, or raise `UnsafePath`."""
    if paths.checked(path).split("/")[0] == INCOMING:
        raise UnsafePath(f"{INCOMING!r} is the storage's own.")
    return path


def above(path: str) -> list[str]:
    """The folders a path lies in, the outermost first."""
    names = path.split("/")[:-1]
    return ["/".join(names[: depth + 1]) for depth in range(len(names))]


class Keys:
    """Keys below a folder of a bucket, which is the whole bucket when it is empty."""

    def __init__(self, folder: str) -> None:
        self._start = f"{folder}/" if folder else ""

    def of(self, path: str) -> str:
        """The key of a storage path; two paths never share one.

        It is the path itself, byte for byte in UTF-8, but for segments longer than the names of
        files may be, which servers that keep objects in folders refuse, and for paths whose key
        would be too long: those are `~` and a SHA-256, like the names of `LocalStorage`.
        """
        key = self._start + "/".join(folders.names(path))
        if len(key.encode()) <= LONGEST:
            return key
        return f"{self._start}~{hashlib.sha256(path.encode()).hexdigest()}"

    def below(self, path: str) -> str:
        """What the keys of all paths in the folder ``path`` begin with."""
        return f"{self._start}{'/'.join(folders.names(path))}/"

    @property
    def own(self) -> str:
        """What the keys begin with that are the storage's own."""
        return f"{self._start}{INCOMING}/"

    @property
    def all(self) -> str:
        """What every key begins with."""
        return self._start
