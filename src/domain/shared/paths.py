"""Storage paths: their rules, and the paths of films, clips and songs."""

import re
from typing import Final
from uuid import UUID

from domain.shared import texts
from domain.shared.errors import UnsafePath

LONGEST: Final = 500
"""Maximum length of a path in characters."""

LOCAL_USER: Final = "local"
"""Owner of everything on an installation without user accounts."""

OWNED: Final = "user_"
"""Beginning of the name of a caller's folder of films."""

_ESCAPED: Final = re.compile(r"%(2e|2f|5c)", re.IGNORECASE)
_LIBRARY_FILE: Final = re.compile(
    r"(?:clips|songs)/[^/]+?-(?P<contents>[0-9a-f]{16})(?:-[0-9a-f]{12})?(?:\.mp4)?"
)
"""Matches library files; older paths end without the second token, which makes a path unique."""
_ATTEMPT: Final = re.compile(r"\.attempt-[0-9]+(?=\.[^./]*\Z)")
_OF_OWNERS: Final = re.compile(r"output/|assets/(?:images|audio)/[^/]+/", re.IGNORECASE)
"""Matches paths in the folders of owners: of their films and of their media assets."""
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def fault(path: str) -> str | None:
    """Return the reason why ``path`` is not a valid storage path, or None if it is valid.

    A storage path is relative, separated by `/`, has at most 500 characters, and means the same to
    every file system, URL and command line.
    """
    if len(path) > LONGEST:
        return f"is longer than {LONGEST} characters"
    checks = (
        (not path, "is empty"),
        (path.startswith("/"), "is absolute; give a path relative to the storage"),
        (texts.fault(path) is not None, f"holds {texts.fault(path)}"),
        ("\\" in path, "contains a backslash; separate folders by '/'"),
        (_ESCAPED.search(path) is not None, "contains an escaped dot or slash"),
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
        return "contains '..'"
    if segment == ".":
        return "has a '.' segment"
    if segment.startswith("-"):
        return "has a segment that begins with '-'"
    return None


def checked(path: str) -> str:
    """Return ``path`` if it is valid; raises `UnsafePath` otherwise."""
    if reason := fault(path):
        raise UnsafePath(f"The path {path[:80]!r} {reason}.")
    return path


def output_folder(owner: str) -> str:
    """Return the folder of an owner's films, with a trailing slash."""
    return f"output/{OWNED}{owner}/"


def film(owner: str, task_id: UUID) -> str:
    """Return the storage path of the film that a task makes."""
    return f"{output_folder(owner)}{task_id}.mp4"


def of_attempt(path: str, attempt: int) -> str:
    """Return the path of a film for an attempt to make it: each later attempt has its own.

    So a worker that was taken over and the one that took over never write the same file.
    """
    if attempt <= 1:
        return path
    stem, dot, suffix = path.rpartition(".")
    return f"{stem}.attempt-{attempt}{dot}{suffix}"


def without_attempt(path: str) -> str:
    """Return the path of the first attempt, given the path of any attempt."""
    return _ATTEMPT.sub("", path)


def is_file_of_another(path: str, owner: str) -> bool:
    """Return True for a path in the folder of another owner's films or media assets, on any file
    system.
    """
    own = (output_folder(owner), *asset_folders(owner))
    return _OF_OWNERS.match(path.casefold()) is not None and not path.startswith(own)


def asset_folders(owner: str) -> tuple[str, str]:
    """Return the folders of an owner's pictures and of their recordings, with trailing slashes."""
    return f"assets/images/{owner}/", f"assets/audio/{owner}/"


def clip(move_id: str, contents: str, once: str) -> str:
    """Return the storage path for the clip of a library move.

    ``contents`` is a fingerprint of the file. ``once`` is a token that no other file's path
    contains.
    """
    return checked(f"clips/{move_id}-{contents}-{once}.mp4")


def song(song_id: str, contents: str, once: str) -> str:
    """Return the storage path for the audio file of a library song; arguments as for `clip`."""
    return checked(f"songs/{song_id}-{contents}-{once}")


def contents_of(path: str) -> str | None:
    """Return the fingerprint in the path of a library file; None for any other path."""
    parts = _LIBRARY_FILE.fullmatch(path)
    return parts and parts["contents"]
