"""Stream a film."""

from uuid import UUID

import msgspec

from application.media.stored_content import StoredContent
from application.ports.storage import Storage, Stored
from application.ports.tasks import TaskRepository
from domain.rendering.assembly import State
from domain.shared.errors import TaskNotFound, VideoNotFound


class Film(msgspec.Struct, frozen=True, kw_only=True):
    """A published film."""

    path: str
    stored: Stored


class StreamVideo:
    """Streams the bytes of a film, all or a range."""

    def __init__(self, tasks: TaskRepository, storage: Storage) -> None:
        """Take the ports."""
        self._tasks = tasks
        self._storage = storage

    async def __call__(self, video_id: UUID, owner: str) -> Film:
        """Find a published film; raises `VideoNotFound`, also for another owner's film."""
        try:
            assembly = await self._tasks.get(video_id)
        except TaskNotFound:
            raise VideoNotFound from None
        path, mine = assembly.output_path, assembly.owner == owner and not assembly.removed
        if not mine or assembly.state is not State.COMPLETED or path is None:
            raise VideoNotFound
        return Film(path=path, stored=await self._storage.describe(path))

    def content(self, film: Film) -> StoredContent:
        """Return the bytes of a film."""
        return StoredContent(self._storage, film.path)
