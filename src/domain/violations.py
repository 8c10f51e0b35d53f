"""A broken rule: where, and what to do about it."""

from enum import StrEnum

import msgspec


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
