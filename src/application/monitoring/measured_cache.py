"""Count how often the cache has a file."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from application.monitoring.catalogue import CACHE_LOOKUPS
from application.ports.artifact_cache import ArtifactCache
from application.ports.metrics import Metrics

T = TypeVar("T")


class MeasuredCache:
    """An `ArtifactCache` that counts `hit`, `made`, and `failed` for a file that was not made."""

    def __init__(self, artifacts: ArtifactCache, metrics: Metrics) -> None:
        """Take the cache and the metrics."""
        self._artifacts = artifacts
        self._metrics = metrics

    async def get_or_create(
        self,
        key: str,
        into: Path,
        make: Callable[[Path], Awaitable[None]],
        read: Callable[[Path], T],
    ) -> T:
        """See `application.ports.artifact_cache.ArtifactCache`."""
        result = "hit"

        async def making(place: Path) -> None:
            nonlocal result
            result = "failed"
            await make(place)
            result = "made"

        try:
            return await self._artifacts.get_or_create(key, into, making, read)
        except BaseException:
            result = "failed"
            raise
        finally:
            self._metrics.add(CACHE_LOOKUPS, result)
