"""Where the records of the earlier system are read."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Protocol

from domain.legacy.seeds import Model, Record


class SeedSource(Protocol):
    """A dump or a database of the earlier system; nothing in it is ever changed."""

    name: str
    """What it is, for a person; no password and no folder of the machine is in it."""
    media: Path | None
    """Folder that songs, clips and films may lie in; None where there is none."""

    def records(self, model: Model) -> AsyncIterator[Record]:
        """Yield every record of a model once, in the same order whenever they are read.

        Their keys are those by which other records name them. Raises `NotReady` when they cannot
        be read.
        """
        ...

    async def others(self) -> Mapping[str, int]:
        """How many records there are of each model that is none of ours, by its label."""
        ...

    async def passed_over(self) -> tuple[str, ...]:
        """What lies beside the records and could not be read, and why."""
        ...
