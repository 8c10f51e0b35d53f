"""Port for the records of the earlier system."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Protocol

from domain.legacy.seeds import Model, Record


class SeedSource(Protocol):
    """A dump or a database of the earlier system, used read-only."""

    name: str
    """Name for users, without password and folder."""
    media: Path | None
    """Folder that may contain songs, clips and films; None if there is none."""

    def records(self, model: Model) -> AsyncIterator[Record]:
        """Yield every record of a model once, always in the same order.

        Its keys are those by which other records refer to it. Raises `NotReady` if the records
        cannot be read.
        """
        ...

    async def others(self) -> Mapping[str, int]:
        """Return the number of records of each model that is not migrated, by its label."""
        ...

    async def passed_over(self) -> tuple[str, ...]:
        """Return the unreadable items beside the records, with reasons."""
        ...
