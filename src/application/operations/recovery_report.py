"""The result of a recovery of the storage."""

import logging
from enum import StrEnum

import msgspec

from application.media.item_attempts import ItemFailure
from application.operations.file_removal import RemovedFile

_log = logging.getLogger("bachata.recovery")


class Owner(StrEnum):
    """The kind of item that a file belongs to."""

    SONG = "song"
    MOVE = "move"
    FILM = "film"


class Unfound(msgspec.Struct, frozen=True, kw_only=True):
    """A song, a move or a film whose file is missing."""

    owner: Owner
    id: str
    path: str


class Recovery(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a recovery."""

    removed: tuple[RemovedFile, ...] = ()
    size: int = 0
    """Bytes of what was removed."""
    failed: tuple[ItemFailure, ...] = ()
    """Files, songs, moves and films that failed now; the next recovery tries them again."""
    held_back: tuple[str, ...] = ()
    """Paths of orphaned library files, so many that the database may be the wrong one."""
    unfound: tuple[Unfound, ...] = ()
    """Items without a file; the planner does not use them."""
    found_again: int = 0
    """Number of songs, moves and films whose files are back."""


def log_recovery(recovery: Recovery) -> None:
    """Log what a recovery has changed, and what an operator has to do."""
    for each in recovery.unfound:
        facts = {"owner": each.owner, "id": each.id, "path": each.path}
        _log.warning("the file is not in the storage", extra=facts)
    log_held_back(recovery.held_back)
    if recovery.removed or recovery.found_again:
        facts = {
            "files": len(recovery.removed),
            "bytes": recovery.size,
            "found_again": recovery.found_again,
        }
        _log.info("the storage was recovered", extra=facts)


def log_held_back(paths: tuple[str, ...]) -> None:
    """Log that library files without an owner are kept, if there are any."""
    if paths:
        facts = {"files": len(paths)}
        _log.warning("kept library files without an owner: they are the majority", extra=facts)
