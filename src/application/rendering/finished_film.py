"""The response about a finished film."""

from uuid import UUID

import msgspec

from domain.rendering.assembly import State


class FinishedFilm(msgspec.Struct, frozen=True, kw_only=True):
    """A finished film."""

    task_id: UUID
    status: State
    video_id: UUID
    video_url: str
    """URL of the film."""
    duration_seconds: float
    """Seconds that the assembly took."""
    video_duration_seconds: float
    """Duration of the film in seconds."""
    blueprint_url: str
    degradations: tuple[str, ...] = ()
    """Warnings: how the result differs from the request."""
