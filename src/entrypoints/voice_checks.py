"""The check of `bachata-buddy doctor` that tries the voices of narrated videos."""

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from adapters.cage.cage import Cage
from application.concurrency.threads import FILES
from application.operations.diagnose import CheckResult, Fact
from application.ports.speech import Speech, Utterance
from domain.scripts.languages import Language
from domain.shared.errors import BachataError
from entrypoints.settings import Settings
from entrypoints.voices import GEMINI, open_voices

_WORD = {Language.ENGLISH: "Hello", Language.SPANISH: "Hola", Language.PORTUGUESE: "Olá"}


async def check_voices(settings: Settings) -> CheckResult:
    """Return the voices that speak, those that do not, and why; no voice at all is a warning.

    Each voice says a word in each of its languages, except for Gemini, whose answers are paid for.
    """
    async with AsyncExitStack() as stack:
        voices = open_voices(settings, stack, Cage(settings.cage))
        return await tried(voices, await _remarks(settings), _why_no_gemini(settings))


async def tried(
    voices: Mapping[str, Speech], remarks: Sequence[str] = (), missing: Sequence[str] = ()
) -> CheckResult:
    """Return the result for some voices, the best first.

    ``remarks`` are warnings about the settings, and ``missing`` tells which other voices there are.
    """
    names: list[str] = []
    reasons = [*missing]
    speakers: dict[Language, str] = {}
    with TemporaryDirectory(prefix="bachata-doctor-") as folder:
        for name, speech in voices.items():
            try:
                names.append(await speech.ready())
                # One that is ready knows its languages.
                languages = [each for each in Language if speech.voice(each) is not None]
            except BachataError as error:
                reasons.append(f"{name} does not speak: {error}")
                continue
            for language in languages:
                try:
                    if name != GEMINI:
                        utterance = Utterance(text=_WORD[language], language=language)
                        await speech.speak(utterance, Path(folder, f"{language.value}.wav"))
                except BachataError as error:
                    reasons.append(f"{name} does not speak {language.value}: {error}")
                else:
                    speakers.setdefault(language, name)
    mute = tuple(each.value for each in Language if each not in speakers)
    facts: dict[str, Fact] = {each.value: name for each, name in speakers.items()}
    facts |= {"voices": tuple(names), "not_available": tuple(reasons), "without_voice": mute}
    spoken = ", ".join(f"{each.value}: {name}" for each, name in speakers.items())
    detail = "; ".join((f"{spoken or 'no voice speaks'}", *names, *reasons))
    lacking = (f"No voice speaks {', '.join(mute)}: install the extra `speech`.",) if mute else ()
    return CheckResult(detail=detail, warnings=(*remarks, *lacking), facts=facts)


def _why_no_gemini(settings: Settings) -> tuple[str, ...]:
    if settings.asks_gemini_for_media:
        return ()
    if settings.gemini_api_key:
        return (f"{GEMINI} does not speak: BACHATA_GEMINI_MEDIA is off.",)
    return (f"{GEMINI} does not speak: there is no key.",)


async def _remarks(settings: Settings) -> tuple[str, ...]:
    """Return what is wrong with the settings of voices."""
    lost = [
        f"The Piper voice of BACHATA_PIPER_VOICES for {language.value} has no file at {file}."
        for language, file in settings.voice_files.items()
        if not await FILES.run(file.is_file)
    ]
    return tuple(lost)
