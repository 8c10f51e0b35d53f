"""The narrated video of a script, beside the record of its making."""

from uuid import UUID

import msgspec

from domain.scripts.composition import CompositionSettings


class NarratedVideo(msgspec.Struct, frozen=True, kw_only=True):
    """The script and the options of a video, and its captions."""

    video_id: UUID
    """Id of the task that makes it, and of its job."""
    owner: str
    script_id: UUID
    title: str
    settings: CompositionSettings
    """The options of the request."""
    captions: str | None = None
    """The text of the WebVTT file, once the voices are made; None without captions."""
