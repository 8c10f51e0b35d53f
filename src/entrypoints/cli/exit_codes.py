"""The exit codes of commands: one table, which docs/API.md shows."""

from collections.abc import Mapping
from typing import Final

from domain.accounts.errors import Forbidden, NotAuthenticated
from domain.shared import errors
from domain.storage.quota import QuotaExceeded

DONE: Final = 0
NOT_RIGHT: Final = 1
"""The request cannot be fulfilled, or a check found problems."""
USAGE: Final = 2
"""The command line is wrong; this is click's own code."""
NOT_STARTED: Final = 3
"""The server did not start."""
FAILED: Final = 4
"""The service failed; the request is valid."""
LATER: Final = 5
"""A part of the service is not ready or at its limit; a later try may succeed."""
DISK: Final = 6
"""A disk is full or read-only, or a quota has no room."""
TIME: Final = 7
"""The film was not ready within the time limit."""
BUG: Final = 70
"""The program has a bug."""
SIGNAL: Final = 128
"""Plus the number of the signal that stopped the command."""

EXIT: Final[Mapping[type[errors.BachataError], int]] = {
    errors.Refused: NOT_RIGHT,
    NotAuthenticated: NOT_RIGHT,
    Forbidden: NOT_RIGHT,
    errors.NotFound: NOT_RIGHT,
    errors.Conflict: NOT_RIGHT,
    errors.Busy: LATER,
    errors.Broken: FAILED,
    errors.NotReady: LATER,
    errors.DatabaseBehind: NOT_RIGHT,
    errors.DatabaseAhead: NOT_RIGHT,
    errors.MigrationFailed: FAILED,
    errors.DiskFull: DISK,
    errors.DiskReadOnly: DISK,
    QuotaExceeded: DISK,
    errors.AssemblyTimedOut: TIME,
    errors.BachataError: FAILED,
}
"""Exit code by error type; the nearest base class of an error decides."""


def status_of(error: errors.BachataError) -> int:
    """Return the exit code of a command that raised ``error``."""
    return next(EXIT[each] for each in type(error).__mro__ if each in EXIT)
