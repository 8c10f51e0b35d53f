"""The status that a command ends with: one table, which docs/API.md shows to people."""

from collections.abc import Mapping
from typing import Final

from domain.shared import errors

DONE: Final = 0
NOT_RIGHT: Final = 1
"""What was asked cannot be done as it stands, or what was checked is not right."""
USAGE: Final = 2
"""The command line is wrong; click's own status."""
NOT_STARTED: Final = 3
"""The server did not start."""
FAILED: Final = 4
"""The service failed, and nothing is wrong with what was asked."""
LATER: Final = 5
"""A part is not ready, or everything is taken; later it may go well."""
DISK: Final = 6
"""A disk is full or read-only."""
TIME: Final = 7
"""The film was not ready within the time limit."""
BUG: Final = 70
"""The program has a fault."""
SIGNAL: Final = 128
"""And the number of the signal that the command was stopped by."""

EXIT: Final[Mapping[type[errors.BachataError], int]] = {
    errors.Refused: NOT_RIGHT,
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
    errors.AssemblyTimedOut: TIME,
    errors.BachataError: FAILED,
}
"""Status by kind of error; the nearest kind above an error is the one that counts."""


def status_of(error: errors.BachataError) -> int:
    """The status that a command which raised ``error`` ends with."""
    return next(EXIT[each] for each in type(error).__mro__ if each in EXIT)
