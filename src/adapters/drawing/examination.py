"""Examine the font of all words."""

from collections.abc import Mapping
from string import ascii_letters, digits, punctuation
from typing import Final

from adapters.drawing.fonts import font_version, undrawable
from application.operations.diagnose import CheckResult, Fact
from domain.scripts.languages import Language

_NAMES: Final[Mapping[Language, str]] = {
    Language.ENGLISH: "English",
    Language.SPANISH: "Spanish",
    Language.PORTUGUESE: "Portuguese",
}
LETTERS: Final[Mapping[Language, str]] = {
    Language.ENGLISH: f"{ascii_letters}{digits}{punctuation}\u2018\u2019\u201c\u201d\u2013\u2014…",
    Language.SPANISH: "áéíóúüñÁÉÍÓÚÜÑ¿¡«»ªº",
    Language.PORTUGUESE: "áâãàçéêíóôõúüÁÂÃÀÇÉÊÍÓÔÕÚÜªº",
}
"""Characters that a language is written with, in addition to those of English."""


def examine_font() -> CheckResult:
    """Return the version of the font, and whether it draws each language."""
    missing = {language: undrawable(letters) for language, letters in LETTERS.items()}
    facts: dict[str, Fact] = {"font": font_version()}
    facts |= {language.value: not letters for language, letters in missing.items()}
    drawn = [_NAMES[language] for language, letters in missing.items() if not letters]
    return CheckResult(
        detail=f"{font_version()}; draws {', '.join(drawn) or 'no language'}",
        warnings=tuple(
            f"The font cannot draw these characters of {_NAMES[language]}: {letters}"
            for language, letters in missing.items()
            if letters
        ),
        facts=facts,
    )
