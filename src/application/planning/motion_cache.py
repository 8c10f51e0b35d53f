"""How much moves where the clips of the library begin and end."""

from application.ports.move_embeddings import MoveEmbeddings
from domain.planning.costs import Motion


class MotionCache:
    """Reads the motion of all clips once, and again when anything has changed."""

    def __init__(self, embeddings: MoveEmbeddings) -> None:
        """Take the port."""
        self._embeddings = embeddings
        self._known: tuple[str, Motion] | None = None

    async def __call__(self) -> Motion | None:
        """Return it by the moves' ids; None where nobody has watched any clip."""
        version = await self._embeddings.version()
        if self._known is None or self._known[0] != version:
            self._known = (version, await self._embeddings.motion())
        return self._known[1] or None
