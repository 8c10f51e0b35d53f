"""The answer about a film that is ready."""

from uuid import UUID

import msgspec

from domain.rendering.assembly import State


class FinishedFilm(msgspec.Struct, frozen=True, kw_only=True):
    """A film that is ready to be watched."""

    task_id: UUID
    status: State
    video_id: UUID
    video_url: str
    """Where the film is played from."""
    duration_seconds: float
    """How long it took to make."""
    video_duration_seconds: float
    """How long the film lasts."""
    blueprint_url: str
    degradations: tuple[str, ...] = ()
    """What had to be done otherwise than asked."""
