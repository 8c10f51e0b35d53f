"""The object key of each storage path."""

import hashlib
from typing import Final

from adapters.storage import folders
from domain.shared import paths
from domain.shared.errors import UnsafePath

INCOMING: Final = ".incoming"
"""Internal folder of the storage; no storage path may begin with it."""

LONGEST: Final = 1024
"""Maximum bytes of a key in S3 and Google Cloud Storage."""


def safe(path: str) -> str:
    """Return a valid storage path; raises `UnsafePath` otherwise."""
    if paths.checked(path).split("/")[0] == INCOMING:
        raise UnsafePath(f"{INCOMING!r} is reserved for the storage.")
    return path


def above(path: str) -> list[str]:
    """Return the parent folders of a path, the outermost first."""
    names = path.split("/")[:-1]
    return ["/".join(names[: depth + 1]) for depth in range(len(names))]


class Keys:
    """Keys below a folder of a bucket; an empty folder means the whole bucket."""

    def __init__(self, folder: str) -> None:
        self._start = f"{folder}/" if folder else ""

    def of(self, path: str) -> str:
        """Return the key of a storage path; two paths never share one.

        The key is the path itself, byte for byte in UTF-8. A segment too long for a file name,
        which some servers refuse, and a path too long for a key become `~` and a SHA-256, as in
        `LocalStorage`.
        """
        key = self._start + "/".join(folders.names(path))
        if len(key.encode()) <= LONGEST:
            return key
        return f"{self._start}~{hashlib.sha256(path.encode()).hexdigest()}"

    def below(self, path: str) -> str:
        """Return the common prefix of the keys in the folder ``path``."""
        return f"{self._start}{'/'.join(folders.names(path))}/"

    @property
    def own(self) -> str:
        """Prefix of internal keys."""
        return f"{self._start}{INCOMING}/"

    @property
    def all(self) -> str:
        """Prefix of all keys."""
        return self._start
