"""Failures of single clips: said in words, and told from what stands in the way of all clips."""

import errno
import logging
import os
from typing import Final

from application.media.cut_plans import ORDINARY, WORK
from application.ports.clip_encoder import ClipEncoder
from application.ports.storage import Storage
from application.ports.workspace import Workspace
from domain.shared.errors import (
    AssemblyTimedOut,
    BachataError,
    Broken,
    Conflict,
    FFmpegMissing,
    Interrupted,
    InvalidRequest,
    NotFound,
    NotReady,
    Refused,
    StorageFailed,
)

_log = logging.getLogger("bachata.clips")

MISSING: Final = "Its file is not in the storage."
"""Why no film can be made with a song or a move while that is so."""

_LONGEST: Final = 500
"""Characters of a reason."""
_LAST: Final = 2
"""Lines of a failure's details that are told: the last ones say what ended the work."""
_DISK: Final = tuple(
    os.strerror(code) for code in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.ENFILE)
)
"""The system's own words for a disk that takes nothing, which FFmpeg repeats."""
_NOT_OF_CLIPS: Final = (
    *(NotFound, Conflict, FFmpegMissing, StorageFailed, NotReady, Interrupted, AssemblyTimedOut),
    *(OSError, MemoryError),
)
"""What says nothing of a clip's contents; a time-out is an OSError."""


def reason_of(error: Exception, what: str) -> str:
    """Say in a sentence or two why ``what`` failed, in text that any database can store.

    What is no error of the product is logged with its trace.
    """
    if isinstance(error, BachataError):
        said = [str(error)]
        if isinstance(error, InvalidRequest):
            said = [f"{each.path}: {each.message}" for each in error.violations]
        elif isinstance(error, Broken) and error.details:
            said += [line for line in error.details.splitlines() if line.strip()][-_LAST:]
    elif isinstance(error, OSError):
        said = [str(error) or type(error).__name__]
    else:
        _log.error("%s failed", what, exc_info=error)
        said = [f"The service failed on it ({type(error).__name__}); its log says why."]
    text = " ".join(said).encode(errors="replace").decode().replace("\0", "?")
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def is_of_the_clip(error: Exception) -> bool:
    """Whether a failure to make film of a clip is the clip's, if nothing else is in the way."""
    return not isinstance(error, _NOT_OF_CLIPS)


class Surroundings:
    """What all clips need: the storage, a disk to work on, and FFmpeg."""

    def __init__(self, storage: Storage, workspace: Workspace, clips: ClipEncoder) -> None:
        """Take the ports."""
        self._storage = storage
        self._workspace = workspace
        self._clips = clips

    async def check(self, error: Exception) -> None:
        """After a clip has failed, raise what lets every other clip fail, too, if there is such.

        A refusal is certain. Of any other failure it is found out by trying all that a clip needs.
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
    said = f"{error} {details or ''}"
    return any(words in said for words in _DISK)
