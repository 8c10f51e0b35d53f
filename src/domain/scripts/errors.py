"""Errors of scripts, their voices, their pictures and their videos."""

from domain.shared.errors import Broken, Conflict, NotFound, NotReady


class ScriptNotFound(NotFound):
    """There is no script with this id."""

    code = "script-not-found"


class VideoInProgress(Conflict):
    """The video is still being made; cancel its job first."""

    code = "video-in-progress"


class SpeechUnavailable(NotReady):
    """No voice can speak now: install the extra `speech`, or try again later."""

    code = "speech-unavailable"


class SpeechFailed(Broken):
    """The voice failed."""

    code = "speech-failed"


class ImageModelFailed(Broken):
    """The image model drew no picture."""

    code = "image-model-failed"
