"""Ids made out of names, in any script."""

import hashlib
import re
import unicodedata
from collections.abc import Callable
from typing import Final

Spell = Callable[[str], str]
"""Writes a text of any script in ASCII; what it does not know it leaves out."""

LONGEST: Final = 100
"""Characters of an id that is made of a name."""
RESERVED: Final = frozenset({"search"})
"""Words that addresses have in the place of an id, as in `/api/moves/search`."""

_DIGITS: Final = 8
"""Hexadecimal digits that stand for what cannot be spelled."""
_TELLING: Final = ("L", "N", "Sc", "Sm", "So")
"""Categories of Unicode that a name is known by: letters, numbers, symbols."""
_UNSEEN: Final = ("C", "M", "Sk")
"""Those that only change what stands beside them, or how it is shown."""


def slug(name: str) -> str:
    """The ASCII letters, digits, hyphens and underscores of a name; `unnamed` where it has none.

    Ids were made so before names were spelled; two names of another script have the same.
    """
    return _joined(_folded(name))[:LONGEST].strip("-_") or "unnamed"


def id_of(name: str, spell: Spell) -> str:
    """An id out of a name: lower case ASCII letters, digits, hyphens and underscores.

    The same name has the same id. What cannot be spelled, and the end of a long name, is a hash.
    No id is a word of `RESERVED`.
    """
    spelled = [(each, _spelled(each, spell)) for each in unicodedata.normalize("NFC", name)]
    known = _joined("".join(_without_marks(*each) for each in spelled))
    lost = "".join(each for each, ascii_text in spelled if not ascii_text and _tells(each))
    if not known:
        return f"unnamed-{_hash(name)}" if name else "unnamed"
    if len(known) > LONGEST:
        lost = name
    if lost:
        known = f"{known[: LONGEST - _DIGITS - 1].strip('-_')}-{_hash(lost)}"
    return f"{known}-1" if known in RESERVED else known


def _spelled(character: str, spell: Spell) -> str:
    """What ASCII decomposes to it stays what it was in `slug`."""
    if folded := _folded(character):
        return folded
    if _tells(character):
        return spell(character)
    return "" if unicodedata.category(character).startswith(_UNSEEN) else " "


def _without_marks(character: str, ascii_text: str) -> str:
    """What is spelled of a letter but the marks that stand for sounds ASCII has no letter for."""
    return ascii_text if character.isascii() else re.sub("[`']", "", ascii_text)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _joined(text: str) -> str:
    return re.sub(r"[^a-z0-9_]+", "-", text.lower()).strip("-_")


def _tells(character: str) -> bool:
    return unicodedata.category(character).startswith(_TELLING)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:_DIGITS]
