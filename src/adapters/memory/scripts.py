"""Scripts in memory."""

from collections.abc import Iterable
from uuid import UUID

from anyio.lowlevel import checkpoint

from domain.scripts.errors import ScriptNotFound
from domain.scripts.narrated_video import NarratedVideo
from domain.scripts.script import Script


class MemoryScriptRepository:
    """Stores scripts, and what is known about their videos, as long as the process runs."""

    def __init__(self) -> None:
        self._scripts: dict[UUID, Script] = {}
        self._videos: dict[UUID, NarratedVideo] = {}

    async def add(self, script: Script) -> None:
        """See `application.ports.scripts.ScriptRepository`."""
        await checkpoint()
        self._scripts[script.script_id] = script

    async def get(self, script_id: UUID) -> Script:
        """See `application.ports.scripts.ScriptRepository`."""
        await checkpoint()
        if script_id not in self._scripts:
            raise ScriptNotFound
        return self._scripts[script_id]

    async def remove(self, script_id: UUID) -> None:
        """See `application.ports.scripts.ScriptRepository`."""
        await checkpoint()
        self._scripts.pop(script_id, None)

    async def keep_video(self, video: NarratedVideo) -> None:
        """See `application.ports.scripts.ScriptRepository`."""
        await checkpoint()
        self._videos[video.video_id] = video

    async def video(self, video_id: UUID) -> NarratedVideo | None:
        """See `application.ports.scripts.ScriptRepository`."""
        await checkpoint()
        return self._videos.get(video_id)

    async def videos(self, video_ids: Iterable[UUID]) -> dict[UUID, NarratedVideo]:
        """See `application.ports.scripts.ScriptRepository`."""
        await checkpoint()
        return {each: self._videos[each] for each in video_ids if each in self._videos}

    async def remove_video(self, video_id: UUID) -> None:
        """See `application.ports.scripts.ScriptRepository`."""
        await checkpoint()
        self._videos.pop(video_id, None)
