"""The outcome of a migration, record by record."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

import msgspec

from domain.legacy.seeds import Model


class Came(StrEnum):
    """The outcome for a record."""

    TAKEN = "taken"
    COMPLETED = "completed"
    """It existed already; its film, clip or embeddings did not."""
    THERE = "there already"
    LEFT_OUT = "left out"


PRESENT: Final = frozenset({Came.TAKEN, Came.COMPLETED, Came.THERE})
"""Outcomes after which the record exists here."""


class Migrated(msgspec.Struct, frozen=True, kw_only=True):
    """A record, its outcome, and notes."""

    model: Model
    key: str
    """Key in the earlier system."""
    came: Came
    id: str | None = None
    """Current id."""
    notes: tuple[str, ...] = ()
    """Differences from the original, and reasons why a record was skipped."""


class Dropped(msgspec.Struct, frozen=True, kw_only=True):
    """A model or a field that the migration does not use."""

    name: str
    """A name such as `choreographytask.job_execution_name`, or the label of a model."""
    records: int
    why: str


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """Expected and actual number of records of a model."""

    model: Model
    expected: int
    found: int


class Norms(msgspec.Struct, frozen=True, kw_only=True):
    """Range of the norms of the embeddings that were read back; 1 is correct."""

    rows: int
    least: float | None = None
    most: float | None = None


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """The result of verifying a migration."""

    counts: tuple[Counted, ...]
    norms: Norms
    checksums: int
    """Number of files in the storage whose SHA-256 equals that of the original file."""
    faults: tuple[str, ...]
    """Defects; empty if everything is correct."""


class MigrationReport(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of migrating a source."""

    source: str
    dry_run: bool
    """True if nothing was written and this only predicts the outcome."""
    records: tuple[Migrated, ...]
    dropped: tuple[Dropped, ...]
    passed_over: tuple[str, ...]
    """Files that are neither fixtures nor lists, with reasons."""
    verified: Verified | None
    """None after a dry run."""

    def count(self, model: Model, came: Came) -> int:
        """Return the number of records of a model with this outcome."""
        return sum(each.model is model and each.came is came for each in self.records)

    @property
    def took_nothing(self) -> bool:
        """True if everything that can be migrated existed already."""
        return not any(each.came in (Came.TAKEN, Came.COMPLETED) for each in self.records)


class Findings:
    """Collects outcomes during a migration."""

    def __init__(self) -> None:
        self.records: list[Migrated] = []
        self._dropped: dict[tuple[str, str], int] = {}

    def came(
        self,
        model: Model,
        key: str,
        came: Came,
        item: str | None = None,
        notes: Sequence[str] = (),
    ) -> None:
        """Record the outcome of a record, whose current id is ``item``."""
        self.records.append(Migrated(model=model, key=key, came=came, id=item, notes=tuple(notes)))

    def left_out(self, model: Model, key: str, *why: str) -> None:
        """Record why a record was skipped."""
        self.came(model, key, Came.LEFT_OUT, None, why)

    def drop(self, name: str, why: str, records: int = 1) -> None:
        """Record that the migration does not use a field or a model."""
        self._dropped[name, why] = self._dropped.get((name, why), 0) + records

    @property
    def dropped(self) -> tuple[Dropped, ...]:
        """Unused fields and models, sorted by name."""
        return tuple(
            Dropped(name=name, records=records, why=why)
            for (name, why), records in sorted(self._dropped.items())
        )

    def present(self, model: Model) -> list[Migrated]:
        """Return the records of a model that exist here now, each id once."""
        by_id = {
            each.id: each
            for each in self.records
            if each.model is model and each.came in PRESENT and each.id is not None
        }
        return list(by_id.values())
