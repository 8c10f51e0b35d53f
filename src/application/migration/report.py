"""What came of bringing the records of the earlier system over, record by record."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

import msgspec

from domain.legacy.seeds import Model


class Came(StrEnum):
    """What became of a record."""

    TAKEN = "taken"
    COMPLETED = "completed"
    """It was there already; its film, its clip or what finds it was not."""
    THERE = "there already"
    LEFT_OUT = "left out"


KEPT: Final = frozenset({Came.TAKEN, Came.COMPLETED, Came.THERE})
"""What is in the library or on record afterwards."""


class Migrated(msgspec.Struct, frozen=True, kw_only=True):
    """A record, what became of it, and why."""

    model: Model
    key: str
    """What the earlier system knew it by."""
    came: Came
    id: str | None = None
    """What it is known by now."""
    notes: tuple[str, ...] = ()
    """What is otherwise than it was, and why a record was left out."""


class Dropped(msgspec.Struct, frozen=True, kw_only=True):
    """A model or a field that nothing is made of here."""

    name: str
    """Like `choreographytask.job_execution_name`, or the label of a model."""
    records: int
    why: str


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """How many records of a model are to be there, and how many are."""

    model: Model
    expected: int
    found: int


class Norms(msgspec.Struct, frozen=True, kw_only=True):
    """How long the rows of the embeddings are that were read back; 1 is right."""

    rows: int
    least: float | None = None
    most: float | None = None


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What was read back, and what was wrong with it."""

    counts: tuple[Counted, ...]
    norms: Norms
    checksums: int
    """Files read back out of the storage whose SHA-256 was that of the file that was taken."""
    faults: tuple[str, ...]
    """Nothing, when everything is as it should be."""


class MigrationReport(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that came of a source."""

    source: str
    dry_run: bool
    """Nothing was written: it is what would have come of it."""
    records: tuple[Migrated, ...]
    dropped: tuple[Dropped, ...]
    passed_over: tuple[str, ...]
    """Files that are no fixtures and no lists, and why."""
    verified: Verified | None
    """None after a dry run."""

    def count(self, model: Model, came: Came) -> int:
        """How many records of a model came out so."""
        return sum(each.model is model and each.came is came for each in self.records)

    @property
    def took_nothing(self) -> bool:
        """Whether everything that could be taken was there already."""
        return not any(each.came in (Came.TAKEN, Came.COMPLETED) for each in self.records)


class Findings:
    """What is known so far of the records, while they are brought over."""

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
        """Note what became of a record, which is ``item`` now."""
        self.records.append(Migrated(model=model, key=key, came=came, id=item, notes=tuple(notes)))

    def left_out(self, model: Model, key: str, *why: str) -> None:
        """Note why a record was not taken."""
        self.came(model, key, Came.LEFT_OUT, None, why)

    def drop(self, name: str, why: str, records: int = 1) -> None:
        """Note that nothing is made of a field or of a model."""
        self._dropped[name, why] = self._dropped.get((name, why), 0) + records

    @property
    def dropped(self) -> tuple[Dropped, ...]:
        """Fields and models that nothing is made of, by their names."""
        return tuple(
            Dropped(name=name, records=records, why=why)
            for (name, why), records in sorted(self._dropped.items())
        )

    def kept(self, model: Model) -> list[Migrated]:
        """Records of a model that are in the library or on record now, each id once."""
        found = {
            each.id: each
            for each in self.records
            if each.model is model and each.came in KEPT and each.id is not None
        }
        return list(found.values())
