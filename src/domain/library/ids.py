"""Make ids from names in any script."""

import hashlib
import re
import unicodedata
from collections.abc import Callable
from typing import Final

Spell = Callable[[str], str]
"""Transliterates a text of any script to ASCII; it omits unknown characters."""

LONGEST: Final = 100
"""Maximum length of an id made from a name, in characters."""
RESERVED: Final = frozenset({"search"})
"""Words that stand in the place of an id in URLs, as in `/api/moves/search`."""

_DIGITS: Final = 8
"""Number of hexadecimal digits of the hash for characters that cannot be transliterated."""
_TELLING: Final = ("L", "N", "Sc", "Sm", "So")
"""Unicode categories that identify a name: letters, numbers, symbols."""
_UNSEEN: Final = ("C", "M", "Sk")
"""Unicode categories that only modify or format other characters."""


def slug(name: str) -> str:
    """Return the ASCII letters, digits, hyphens and underscores of a name; `unnamed` if there are
    none.

    Earlier versions made all ids this way; two names in another script get the same id.
    """
    return _joined(_folded(name))[:LONGEST].strip("-_") or "unnamed"


def id_of(name: str, spell: Spell) -> str:
    """Return an id made from a name: lower case ASCII letters, digits, hyphens and underscores.

    The same name always gives the same id. A hash replaces characters that cannot be
    transliterated, and the end of a long name. No id is a word of `RESERVED`.
    """
    spelled = [(each, _spelled(each, spell)) for each in unicodedata.normalize("NFC", name)]
    plain = _joined("".join(_without_marks(*each) for each in spelled))
    lost = "".join(each for each, ascii_text in spelled if not ascii_text and _tells(each))
    if not plain:
        return f"unnamed-{_hash(name)}" if name else "unnamed"
    if len(plain) > LONGEST:
        lost = name
    if lost:
        plain = f"{plain[: LONGEST - _DIGITS - 1].strip('-_')}-{_hash(lost)}"
    return f"{plain}-1" if plain in RESERVED else plain


def _spelled(character: str, spell: Spell) -> str:
    """Return the ASCII form of a character; if Unicode decomposes it to ASCII, the same as in
    `slug`.
    """
    if folded := _folded(character):
        return folded
    if _tells(character):
        return spell(character)
    return "" if unicodedata.category(character).startswith(_UNSEEN) else " "


def _without_marks(character: str, ascii_text: str) -> str:
    """Return the transliteration without marks for sounds that ASCII has no letter for."""
    return ascii_text if character.isascii() else re.sub("[`']", "", ascii_text)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _joined(text: str) -> str:
    return re.sub(r"[^a-z0-9_]+", "-", text.lower()).strip("-_")


def _tells(character: str) -> bool:
    return unicodedata.category(character).startswith(_TELLING)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:_DIGITS]
