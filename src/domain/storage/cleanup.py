"""Rules about the files that a cleanup may delete."""

from collections.abc import Collection
from datetime import timedelta
from enum import StrEnum
from typing import Final

import msgspec

FRESH: Final = timedelta(hours=1)
"""Age below which no file is deleted; a file without its record yet is never that old."""
_MEGABYTE: Final = 1_000_000


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """The limits of one kind of stored files; null is no limit."""

    max_age_days: int | None = None
    """Days after which a file goes that nothing refers to."""
    max_size_mb: int | None = None
    """Megabytes of the kind above which files go that nothing refers to, the oldest first."""
    preserve_completed_videos: bool = True
    """True if the limits do not apply to completed videos."""


class Reason(StrEnum):
    """Reason why a file goes."""

    ORPHANED = "orphaned"
    """No record names it."""
    TOO_OLD = "too_old"
    """It is older than its policy allows."""
    TOO_LARGE = "too_large"
    """All files of its kind have more bytes than the policy allows, and it is the oldest."""


class HeldFile(msgspec.Struct, frozen=True, kw_only=True):
    """A stored file, and whether anything needs it."""

    path: str
    size: int
    """Bytes."""
    age: timedelta
    needed: bool
    """True if something refers to it, or may do so soon."""


def excess(files: Collection[HeldFile], policy: Policy) -> tuple[tuple[HeldFile, Reason], ...]:
    """Return the files of one kind that go by its policy, the oldest first, each with the reason.

    A file that is needed, or younger than an hour, never goes, but its bytes count.
    """
    removable = [each for each in files if not each.needed and each.age >= FRESH]
    removable.sort(key=lambda each: (-each.age, each.path))
    total = sum(each.size for each in files)
    going: list[tuple[HeldFile, Reason]] = []
    for each in removable:
        reason = _reason(each, total, policy)
        if reason is not None:
            going.append((each, reason))
            total -= each.size
    return tuple(going)


def _reason(file: HeldFile, total: int, policy: Policy) -> Reason | None:
    oldest, most = policy.max_age_days, policy.max_size_mb
    if oldest is not None and file.age > timedelta(days=oldest):
        return Reason.TOO_OLD
    if most is not None and total > most * _MEGABYTE:
        return Reason.TOO_LARGE
    return None
