"""A broken rule: where, and what to do about it."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import msgspec

from domain.shared.texts import printable, shortened

MOST: Final = 100
"""Violations that are named at once; of more it is only said how many."""

_ROOM: Final = 64_000
"""Bytes of JSON that all of them may take together."""
_LONGEST_PATH: Final = 200
_LONGEST_MESSAGE: Final = 500


class Concern(StrEnum):
    """What a rule protects."""

    SHAPE = "shape"
    RULE = "rule"
    SECURITY = "security"


class Violation(msgspec.Struct, frozen=True, kw_only=True):
    """One broken rule of a document."""

    path: str
    """JSON path of what is wrong, `$.moves[3].duration`."""
    message: str
    """What is wrong and what to do, for a person."""
    concern: Concern = Concern.RULE


class Findings:
    """Violations as they are found; of very many the first are kept and the rest are counted."""

    def __init__(self) -> None:
        """Begin with none."""
        self.kept: list[Violation] = []
        self.more = 0
        """How many were found that are not kept."""
        self.unsafe = False
        """Whether one of them all, kept or not, is a matter of security."""

    def add(self, path: str, message: str, concern: Concern = Concern.SHAPE) -> None:
        """Take one more."""
        self.unsafe = self.unsafe or concern is Concern.SECURITY
        if len(self.kept) < MOST:
            self.kept.append(Violation(path=path, message=message, concern=concern))
        else:
            self.more += 1


def bounded(violations: Iterable[Violation], more: int = 0) -> tuple[Violation, ...]:
    """The first violations, their texts cut, and one that says how many more there are.

    ``more`` is how many there are besides. Whatever was wrong, an answer with them stays below
    100 kB.
    """
    kept: list[Violation] = []
    left, rest = _ROOM, 0
    for violation in violations:
        cut = _cut(violation)
        left -= len(msgspec.json.encode(cut))
        if rest or left < 0 or len(kept) == MOST:
            rest += 1
        else:
            kept.append(cut)
    if rest + more == 0:
        return tuple(kept)
    message = f"And {rest + more} more."
    return (*kept, Violation(path="$", message=message, concern=Concern.SHAPE))


def _cut(violation: Violation) -> Violation:
    return msgspec.structs.replace(
        violation,
        path=printable(shortened(violation.path, _LONGEST_PATH)),
        message=printable(shortened(violation.message, _LONGEST_MESSAGE)),
    )
