"""Several voices, of which the first that can speak does."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from application.ports.speech import Speech, Spoken, Utterance
from domain.scripts.errors import SpeechFailed, SpeechUnavailable
from domain.scripts.languages import Language

_log: Final = logging.getLogger("bachata.speech")


class SeveralVoices:
    """Speaks with the first voice that speaks the language, or with the next one if that fails.

    `Spoken.voice` names the voice that spoke, and the log says why another one did not.
    """

    def __init__(self, voices: Sequence[Speech]) -> None:
        """Take the voices, the preferred one first."""
        self._voices = tuple(voices)

    def voice(self, language: Language) -> str | None:
        """See `application.ports.speech.Speech`; the name is that of the preferred voice."""
        names = (each.voice(language) for each in self._voices)
        return next((name for name in names if name is not None), None)

    async def speak(self, utterance: Utterance, into: Path) -> Spoken:
        """See `application.ports.speech.Speech`; raises the error of the last voice."""
        failure: SpeechUnavailable | SpeechFailed = SpeechUnavailable(
            f"No voice speaks {utterance.language.value!r}: install the extra `speech`."
        )
        for speech in self._voices:
            if (name := speech.voice(utterance.language)) is None:
                continue
            try:
                return await speech.speak(utterance, into)
            except (SpeechUnavailable, SpeechFailed) as error:
                _log.warning("the voice %s does not speak: %s", name, error)
                failure = error
        raise failure

    async def ready(self) -> str:
        """See `application.ports.speech.Speech`; raises only if no voice is ready."""
        names: list[str] = []
        failure: SpeechUnavailable | SpeechFailed = SpeechUnavailable()
        for speech in self._voices:
            try:
                names.append(await speech.ready())
            except (SpeechUnavailable, SpeechFailed) as error:
                failure = error
        if not names:
            raise failure
        return "; ".join(names)
