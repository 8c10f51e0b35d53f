"""Failures of single clips, told from what stands in the way of all clips."""

import errno
import os
from typing import Final

from application.media.cut_plans import ORDINARY, WORK
from application.ports.clip_encoder import ClipEncoder
from application.ports.storage import Storage
from application.ports.workspace import Workspace
from domain.shared.errors import (
    AssemblyTimedOut,
    BachataError,
    Conflict,
    FFmpegMissing,
    Interrupted,
    NotFound,
    NotReady,
    Refused,
    StorageFailed,
)

MISSING: Final = "Its file is not in the storage."
"""Reason why a song or a move without a file is unusable."""

_DISK: Final = tuple(
    os.strerror(code) for code in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.ENFILE)
)
"""The system's messages for a full or read-only disk, which FFmpeg repeats."""
_NOT_OF_CLIPS: Final = (
    *(NotFound, Conflict, FFmpegMissing, StorageFailed, NotReady, Interrupted, AssemblyTimedOut),
    *(OSError, MemoryError),
)
"""Errors that do not depend on a clip's contents; a time-out is an OSError."""


def is_of_the_clip(error: Exception) -> bool:
    """Return True if the clip may be the cause of a failed encoding."""
    return not isinstance(error, _NOT_OF_CLIPS)


class Surroundings:
    """The resources that all clips need: the storage, a work disk, and FFmpeg."""

    def __init__(self, storage: Storage, workspace: Workspace, clips: ClipEncoder) -> None:
        """Take the ports."""
        self._storage = storage
        self._workspace = workspace
        self._clips = clips

    async def check(self, error: Exception) -> None:
        """After a failed clip, raise the error that would make every other clip fail too, if there
        is one.

        A refusal concerns only the clip. For any other failure, this tests each resource.
        """
        if isinstance(error, Refused | NotFound):
            return
        if _is_of_the_disk(error):
            raise error
        await self._storage.ready()
        await self._workspace.ready()
        async with self._workspace.take(WORK) as folder:
            await self._clips.self_test(ORDINARY, folder)


def _is_of_the_disk(error: Exception) -> bool:
    details = error.details if isinstance(error, BachataError) else None
    text = f"{error} {details or ''}"
    return any(words in text for words in _DISK)
