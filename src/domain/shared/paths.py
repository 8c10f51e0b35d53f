"""Storage paths: where media may lie, and what a path may never say."""

import re
from typing import Final
from uuid import UUID

from domain.shared import texts
from domain.shared.errors import UnsafePath

LONGEST: Final = 500
"""Characters in the longest path."""

LOCAL_USER: Final = "local"
"""The caller of the embedded default, where nobody has to log in."""

_ESCAPED: Final = re.compile(r"%(2e|2f|5c)", re.IGNORECASE)
_LIBRARY_FILE: Final = re.compile(
    r"(?:clips|songs)/[^/]+?-(?P<contents>[0-9a-f]{16})(?:-[0-9a-f]{12})?(?:\.mp4)?"
)
"""Files that were stored before paths were used once only have no second token."""
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def fault(path: str) -> str | None:
    """Say why ``path`` is no storage path, or None when it is one.

    A storage path is relative, `/`-separated and at most 500 characters long, and
    means the same place to every file system, URL and command line.
    """
    if len(path) > LONGEST:
        return f"is longer than {LONGEST} characters"
    checks = (
        (not path, "is empty"),
        (path.startswith("/"), "is absolute; give it relative to the storage"),
        (texts.fault(path) is not None, f"holds {texts.fault(path)}"),
        ("\\" in path, "holds a backslash; separate folders by '/'"),
        (_ESCAPED.search(path) is not None, "holds an escaped dot or slash"),
        (_SCHEME.match(path) is not None, "has a scheme or a drive letter"),
    )
    for broken, reason in checks:
        if broken:
            return reason
    return next(filter(None, map(_segment_fault, path.split("/"))), None)


def _segment_fault(segment: str) -> str | None:
    if not segment:
        return "has an empty segment"
    if segment == "..":
        return "climbs with '..'"
    if segment == ".":
        return "has a '.' segment"
    if segment.startswith("-"):
        return "has a segment that begins with '-'"
    return None


def checked(path: str) -> str:
    """Return ``path``, or raise `UnsafePath`."""
    if reason := fault(path):
        raise UnsafePath(f"The path {path[:80]!r} {reason}.")
    return path


def output_folder(owner: str) -> str:
    """Folder of an owner's films, with its closing slash."""
    return f"output/user_{owner}/"


def film(owner: str, task_id: UUID) -> str:
    """Where the film of a task is published."""
    return f"{output_folder(owner)}{task_id}.mp4"


def clip(move_id: str, contents: str, once: str) -> str:
    """Where the clip of a library move lies.

    ``contents`` is a fingerprint of it, and no other file ever lies at a path with this ``once``.
    """
    return checked(f"clips/{move_id}-{contents}-{once}.mp4")


def song(song_id: str, contents: str, once: str) -> str:
    """Where the sound of a library song lies; the rest as of a `clip`."""
    return checked(f"songs/{song_id}-{contents}-{once}")


def contents_of(path: str) -> str | None:
    """The fingerprint in the path of a library file; None where the path is of no such file."""
    found = _LIBRARY_FILE.fullmatch(path)
    return found and found["contents"]
