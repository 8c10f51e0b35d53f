"""A voice that hums."""

import wave
from collections.abc import Collection
from fractions import Fraction
from math import pi, sin
from pathlib import Path
from typing import Final

from application.concurrency.threads import FILES
from application.ports.speech import LONGEST, Spoken, Utterance
from domain.scripts.caption_breaks import tokens_of
from domain.scripts.captions import SpokenWord
from domain.scripts.errors import SpeechFailed, SpeechUnavailable
from domain.scripts.languages import Language

_RATE: Final = 48_000
_LETTER: Final = Fraction(1, 15)
"""Seconds of a letter at the usual speed."""
_TONE: Final = 220
_LEVEL: Final = 7_300
"""A sine of this amplitude has about -16 LUFS."""


class MemorySpeech:
    """Hums each text for as long as it is, and names the times of its words.

    It speaks ``languages``. It raises ``failure`` instead if there is one.
    """

    def __init__(
        self,
        languages: Collection[Language] = tuple(Language),
        *,
        name: str = "hum",
        times: bool = True,
        failure: SpeechUnavailable | SpeechFailed | None = None,
    ) -> None:
        """Take the voice's name, and whether it tells ``times`` of words."""
        self._languages = languages
        self._name = name
        self._times = times
        self.failure = failure
        self.spoken: list[Utterance] = []
        """All utterances so far."""

    def voice(self, language: Language) -> str | None:
        """See `application.ports.speech.Speech`."""
        return f"{self._name} {language.value}" if language in self._languages else None

    async def speak(self, utterance: Utterance, into: Path) -> Spoken:
        """See `application.ports.speech.Speech`."""
        voice = self.voice(utterance.language)
        if self.failure is not None:
            raise self.failure
        if voice is None:
            raise SpeechUnavailable(f"No voice speaks the language {utterance.language.value!r}.")
        if not any(mark.isalnum() for mark in utterance.text):
            raise SpeechFailed("The voice says nothing for this text.")
        words = _words(utterance)
        samples = round(words[-1].end * _RATE)
        if samples > LONGEST * _RATE:
            raise SpeechFailed(f"The text takes more than {LONGEST} s to speak.")
        self.spoken.append(utterance)
        await FILES.run(lambda: _write(into, samples))
        return Spoken(
            seconds=Fraction(samples, _RATE), words=words if self._times else (), voice=voice
        )

    async def ready(self) -> str:
        """See `application.ports.speech.Speech`."""
        if self.failure is not None:
            raise self.failure
        return self._name


def _words(utterance: Utterance) -> tuple[SpokenWord, ...]:
    letter = _LETTER / Fraction(utterance.speed).limit_denominator(100)
    words: list[SpokenWord] = []
    at = Fraction(0)
    for token in tokens_of(utterance.text):
        end = Fraction(round((at + letter * (len(token.text) + 1)) * _RATE), _RATE)
        words.append(SpokenWord(token.text, at, end))
        at = end
    return tuple(words)


def _write(file: Path, samples: int) -> None:
    period = b"".join(
        round(_LEVEL * sin(2 * pi * _TONE * each / _RATE)).to_bytes(2, "little", signed=True)
        for each in range(_RATE // 20)
    )
    whole, rest = divmod(2 * samples, len(period))
    with wave.open(str(file), "wb") as opened:
        opened.setnchannels(1)
        opened.setsampwidth(2)
        opened.setframerate(_RATE)
        opened.writeframes(period * whole + period[:rest])
