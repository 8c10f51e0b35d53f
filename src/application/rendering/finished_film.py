"""The response about a finished film."""

from uuid import UUID

import msgspec

from domain.rendering.assembly import State
from domain.shared.raw_json import Passed, nothing
from domain.shared.result_warnings import ResultWarning


class FinishedFilm(msgspec.Struct, frozen=True, kw_only=True):
    """A finished film."""

    task_id: UUID
    """Id of the task that made the film."""
    status: State
    video_id: UUID
    """Id of the film; the same as `task_id`."""
    video_url: str
    """URL of the film."""
    duration_seconds: float
    """Seconds that the request took."""
    video_duration_seconds: float
    """Duration of the film in seconds."""
    blueprint_url: str
    """URL of the film's Blueprint."""
    warnings: tuple[ResultWarning, ...] = ()
    """Differences between the result and the request."""
    metadata: Passed = msgspec.field(default_factory=nothing)
    """The metadata of the request."""
