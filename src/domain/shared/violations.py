"""A broken rule of a document: its place, and what the user can do about it."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import msgspec

from domain.shared.texts import printable, shortened

MOST: Final = 100
"""Maximum number of violations in one answer; the rest is only counted."""

_ROOM: Final = 64_000
"""Maximum size of all violations in one answer, in bytes of JSON."""
_LONGEST_PATH: Final = 200
_LONGEST_MESSAGE: Final = 500


class Concern(StrEnum):
    """The kind of rule: the shape of a document, a rule of the product, or security."""

    SHAPE = "shape"
    RULE = "rule"
    SECURITY = "security"


class Violation(msgspec.Struct, frozen=True, kw_only=True):
    """One broken rule of a document."""

    path: str
    """JSON path of the error, such as `$.moves[3].duration`."""
    message: str
    """Message for the user: the error and how to correct it."""
    concern: Concern = Concern.RULE


class Findings:
    """A collection of violations: it keeps the first `MOST` and counts the rest."""

    def __init__(self) -> None:
        """Start empty."""
        self.violations: list[Violation] = []
        self.more = 0
        """Number of violations that are counted but not kept."""
        self.unsafe = False
        """True if at least one violation, kept or not, concerns security."""

    def add(self, path: str, message: str, concern: Concern = Concern.SHAPE) -> None:
        """Add a violation."""
        self.unsafe = self.unsafe or concern is Concern.SECURITY
        if len(self.violations) < MOST:
            self.violations.append(Violation(path=path, message=message, concern=concern))
        else:
            self.more += 1


def bounded(violations: Iterable[Violation], more: int = 0) -> tuple[Violation, ...]:
    """Return the first violations with shortened texts, and one more that counts the rest.

    ``more`` is the number of violations that the caller already left out. The one that counts has
    the concern of the last one listed. The result is always below 100 kB of JSON.
    """
    first: list[Violation] = []
    room, rest = _ROOM, 0
    for violation in violations:
        cut = _cut(violation)
        room -= len(msgspec.json.encode(cut))
        if rest or room < 0 or len(first) == MOST:
            rest += 1
        else:
            first.append(cut)
    if rest + more == 0:
        return tuple(first)
    message = f"And {rest + more} more."
    concern = first[-1].concern if first else Concern.SHAPE
    return (*first, Violation(path="$", message=message, concern=concern))


def _cut(violation: Violation) -> Violation:
    return msgspec.structs.replace(
        violation,
        path=printable(shortened(violation.path, _LONGEST_PATH)),
        message=printable(shortened(violation.message, _LONGEST_MESSAGE)),
    )
