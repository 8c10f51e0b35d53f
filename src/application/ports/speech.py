"""Port for voices that read texts aloud."""

from fractions import Fraction
from pathlib import Path
from typing import Annotated, Final, Protocol

import msgspec
from msgspec import Meta

from domain.scripts.captions import SpokenWord
from domain.scripts.languages import Language

SLOWEST: Final = 0.7
FASTEST: Final = 1.4
LONGEST: Final = Fraction(600)
"""Seconds of the longest video, and so of the longest utterance."""


class Utterance(msgspec.Struct, frozen=True, kw_only=True):
    """A text to be read aloud."""

    text: str
    language: Language
    speed: Annotated[float, Meta(ge=SLOWEST, le=FASTEST)] = 1.0
    """1 is the voice's usual speed."""


class Spoken(msgspec.Struct, frozen=True, kw_only=True):
    """The sound of an utterance."""

    seconds: Fraction
    words: tuple[SpokenWord, ...] = ()
    """Words of the text as the author wrote them, in order; empty if the voice gives no times."""
    voice: str = ""
    """The voice that spoke; another one than `Speech.voice` named if that one could not."""


class Speech(Protocol):
    """Reads texts aloud, as a reader would say them: numbers, abbreviations and signs are words.

    A text is data: nothing in it is a command to the voice. The same voice and utterance have the
    same sound, unless a service on the network speaks.
    """

    def voice(self, language: Language) -> str | None:
        """Return the name and version of the voice, on which with the utterance the sound depends.

        Return None if this speech cannot speak the language.
        """
        ...

    async def speak(self, utterance: Utterance, into: Path) -> Spoken:
        """Write a WAV file of 48 kHz, mono, 16 bits, of about -16 LUFS, without silence around.

        At most 50 ms of silence remain at either end. Raises `SpeechUnavailable` if the voice
        cannot be used now or does not speak the language, and `SpeechFailed` if it fails or says
        nothing; then there is no file.
        """
        ...

    async def ready(self) -> str:
        """Return the names of the voices; raises `SpeechUnavailable` or `SpeechFailed`."""
        ...
