"""Errors about scripts and their videos."""

from domain.shared.errors import Conflict, NotFound


class ScriptNotFound(NotFound):
    """There is no script with this id."""

    code = "script-not-found"


class VideoInProgress(Conflict):
    """The video is still being made; cancel its job first."""

    code = "video-in-progress"
