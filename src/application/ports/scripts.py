"""Port for scripts, and for what is known about their videos."""

from collections.abc import Iterable
from typing import Protocol
from uuid import UUID

from domain.scripts.narrated_video import NarratedVideo
from domain.scripts.script import Script


class ScriptRepository(Protocol):
    """Stores scripts, which never change, and their videos. All writes survive any failure."""

    async def add(self, script: Script) -> None:
        """Store a new script; its id is new."""
        ...

    async def get(self, script_id: UUID) -> Script:
        """Return the script; raises `ScriptNotFound`."""
        ...

    async def remove(self, script_id: UUID) -> None:
        """Forget a script; one that is unknown is no error, and its videos stay."""
        ...

    async def keep_video(self, video: NarratedVideo) -> None:
        """Store what is known about a video, in place of what was known before."""
        ...

    async def video(self, video_id: UUID) -> NarratedVideo | None:
        """Return what is known about a video; None for the film of a dance."""
        ...

    async def videos(self, video_ids: Iterable[UUID]) -> dict[UUID, NarratedVideo]:
        """Return what is known about each of these videos that is made of a script."""
        ...

    async def remove_video(self, video_id: UUID) -> None:
        """Forget a video; one that is unknown is no error."""
        ...
