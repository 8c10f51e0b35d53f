"""The amount of motion at the start and end of the library's clips."""

from application.ports.move_embeddings import MoveEmbeddings
from domain.planning.costs import Motion


class MotionCache:
    """Caches the motion of all clips until the embeddings change."""

    def __init__(self, embeddings: MoveEmbeddings) -> None:
        """Take the port."""
        self._embeddings = embeddings
        self._entry: tuple[str, Motion] | None = None

    async def __call__(self) -> Motion | None:
        """Return the motion by the moves' ids; None if no clip has been analysed."""
        version = await self._embeddings.version()
        if self._entry is None or self._entry[0] != version:
            self._entry = (version, await self._embeddings.motion())
        return self._entry[1] or None
