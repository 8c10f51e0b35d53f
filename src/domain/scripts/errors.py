"""Errors of scripts, their voices and their pictures."""

from domain.shared.errors import Broken, NotReady


class SpeechUnavailable(NotReady):
    """No voice can speak now: install the extra `speech`, or try again later."""

    code = "speech-unavailable"


class SpeechFailed(Broken):
    """The voice failed."""

    code = "speech-failed"


class ImageModelFailed(Broken):
    """The image model drew no picture."""

    code = "image-model-failed"
