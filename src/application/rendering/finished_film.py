"""The response about a finished film."""

from uuid import UUID

import msgspec

from domain.rendering.assembly import State
from domain.shared.result_warnings import ResultWarning


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
    warnings: tuple[ResultWarning, ...] = ()
    """Warnings: how the result differs from the request."""
