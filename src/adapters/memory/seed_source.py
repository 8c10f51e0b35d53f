"""Records of the earlier system in memory."""

from collections.abc import AsyncIterator, Iterable, Mapping
from pathlib import Path

from anyio.lowlevel import checkpoint

from domain.legacy.seeds import Model, Record


class MemorySeedSource:
    """Returns given records."""

    def __init__(
        self,
        records: Mapping[Model, Iterable[Record]],
        others: Mapping[str, int] | None = None,
        media: Path | None = None,
    ) -> None:
        """Take the records of each model, the numbers of other records, and a folder of media."""
        self.name = "records in memory"
        self.media = media
        self._records = {model: tuple(some) for model, some in records.items()}
        self._others = dict(others or {})

    async def records(self, model: Model) -> AsyncIterator[Record]:
        """See `application.ports.seed_source.SeedSource`."""
        for record in self._records.get(model, ()):
            await checkpoint()
            yield record

    async def others(self) -> Mapping[str, int]:
        """See `application.ports.seed_source.SeedSource`."""
        await checkpoint()
        return self._others

    async def passed_over(self) -> tuple[str, ...]:
        """See `application.ports.seed_source.SeedSource`."""
        await checkpoint()
        return ()
