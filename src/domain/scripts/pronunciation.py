"""Write a text out as a reader says it: abbreviations, amounts and signs become words."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Final

import msgspec

from domain.scripts.languages import Language

_ABBREVIATIONS: Final[Mapping[Language, Mapping[str, str]]] = {
    Language.ENGLISH: {
        "Mr.": "Mister",
        "Mrs.": "Missus",
        "Ms.": "Miz",
        "Dr.": "Doctor",
        "Prof.": "Professor",
        "Jr.": "Junior",
        "Sr.": "Senior",
        "vs.": "versus",
        "etc.": "et cetera",
        "e.g.": "for example",
        "i.e.": "that is",
        "approx.": "approximately",
        "a.m.": "A M",
        "p.m.": "P M",
        "U.S.": "U S",
        "U.K.": "U K",
    },
    Language.SPANISH: {
        "Sr.": "Señor",
        "Sra.": "Señora",
        "Srta.": "Señorita",
        "Sres.": "Señores",
        "Dr.": "Doctor",
        "Dra.": "Doctora",
        "Prof.": "Profesor",
        "Ud.": "usted",
        "Uds.": "ustedes",
        "etc.": "etcétera",
        "p. ej.": "por ejemplo",
        "p.ej.": "por ejemplo",
        "EE. UU.": "Estados Unidos",
        "EE.UU.": "Estados Unidos",
        "a. m.": "de la mañana",
        "a.m.": "de la mañana",
        "p. m.": "de la tarde",
        "p.m.": "de la tarde",
        "Av.": "Avenida",
        "Avda.": "Avenida",
        "pág.": "página",
        "aprox.": "aproximadamente",
        "núm.": "número",
    },
    Language.PORTUGUESE: {
        "Sr.": "Senhor",
        "Sra.": "Senhora",
        "Srta.": "Senhorita",
        "Srs.": "Senhores",
        "Dr.": "Doutor",
        "Dra.": "Doutora",
        "Prof.": "Professor",
        "Profa.": "Professora",
        "etc.": "etcétera",
        "p. ex.": "por exemplo",
        "p.ex.": "por exemplo",
        "EUA": "Estados Unidos",
        "Av.": "Avenida",
        "pág.": "página",
        "aprox.": "aproximadamente",
        "núm.": "número",
        "n.º": "número",
    },
}
_KEEPS_ITS_END: Final = frozenset({"etc.", "a.m.", "p.m.", "a. m.", "p. m.", "U.S.", "U.K."})
"""Abbreviations whose period ends the sentence too, if a capital follows."""

_MONEY: Final[Mapping[Language, Mapping[str, tuple[str, str, str]]]] = {
    Language.ENGLISH: {
        "$": ("dollar", "dollars", "and"),
        "US$": ("dollar", "dollars", "and"),
        "R$": ("real", "reais", "and"),
        "€": ("euro", "euros", "and"),
        "£": ("pound", "pounds", "and"),
    },
    Language.SPANISH: {
        "$": ("dólar", "dólares", "con"),
        "US$": ("dólar", "dólares", "con"),
        "R$": ("real", "reales", "con"),
        "RD$": ("peso", "pesos", "con"),
        "€": ("euro", "euros", "con"),
        "£": ("libra", "libras", "con"),
    },
    Language.PORTUGUESE: {
        "$": ("dólar", "dólares", "e"),
        "US$": ("dólar", "dólares", "e"),
        "R$": ("real", "reais", "e"),
        "€": ("euro", "euros", "e"),
        "£": ("libra", "libras", "e"),
    },
}
"""One, many, and the word before the cents."""

_SIGNS: Final[Mapping[Language, Mapping[str, str]]] = {
    Language.ENGLISH: {"&": "and", "%": "percent", "+": "plus", "=": "equals", "@": "at"},
    Language.SPANISH: {"&": "y", "%": "por ciento", "+": "más", "=": "igual a", "@": "arroba"},
    Language.PORTUGUESE: {"&": "e", "%": "por cento", "+": "mais", "=": "igual a", "@": "arroba"},
}
_SYMBOL: Final = r"(?:US|RD|R)?\$|[€£]"
_NUMBER: Final = r"\d{1,3}(?:[.,\u00a0 ]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?"
_QUOTES: Final = '"\u201c\u201d\u201e\u00ab\u00bb\u2039\u203a'
"""Marks that a reader does not say."""

_SPOKEN_SYMBOLS: Final = "°©®™"
"""Other symbols are pictures."""


class Piece(msgspec.Struct, frozen=True):
    """A part of the spoken text, and the part of the author's text that it says, as offsets."""

    spoken: int
    spoken_end: int
    start: int
    end: int


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """A text as it is said, and the places in the author's text that its parts come from."""

    text: str
    pieces: tuple[Piece, ...]

    def place_of(self, offset: int) -> int | None:
        """Return the offset in the author's text of an offset in the spoken one; None outside."""
        low, high = 0, len(self.pieces)
        while low < high:
            middle = (low + high) // 2
            if self.pieces[middle].spoken_end <= offset:
                low = middle + 1
            else:
                high = middle
        if low == len(self.pieces) or offset < self.pieces[low].spoken:
            return None
        piece = self.pieces[low]
        verbatim = piece.spoken_end - piece.spoken == piece.end - piece.start
        return piece.start + (offset - piece.spoken if verbatim else 0)


def read_out(text: str, language: Language) -> Reading:
    """Return the text as a reader says it in this language."""
    spoken: list[str] = []
    pieces: list[Piece] = []
    length = 0

    def add(words: str, start: int, end: int) -> None:
        nonlocal length
        if words:
            pieces.append(Piece(length, length + len(words), start, end))
            spoken.append(words)
            length += len(words)

    done = 0
    for match in _pattern(language).finditer(text):
        add(_sayable(text[done : match.start()]), done, match.start())
        add(_as_words(match, text, language), match.start(), match.end())
        done = match.end()
    add(_sayable(text[done:]), done, len(text))
    return Reading(text="".join(spoken), pieces=tuple(pieces))


def _sayable(text: str) -> str:
    """Return a text of the same length without what voices stumble over."""
    return "".join(" " if _is_unspoken(mark) else mark for mark in text)


@cache
def _is_unspoken(mark: str) -> bool:
    """Return True for quotes, emoji and invisible characters."""
    if mark in _QUOTES:
        return True
    if unicodedata.category(mark) == "So":
        return mark not in _SPOKEN_SYMBOLS
    return not (mark.isprintable() or mark.isspace())


@cache
def _pattern(language: Language) -> re.Pattern[str]:
    """Return the pattern of all that is said otherwise than it is written."""
    longest_first = sorted(_ABBREVIATIONS[language], key=len, reverse=True)
    words = "|".join(re.escape(each).replace(r"\ ", r"\s?") for each in longest_first)
    signs = "".join(re.escape(each) for each in _SIGNS[language])
    return re.compile(
        rf"(?P<short>(?<![\w.])(?:{words})(?!\w))"
        rf"|(?P<symbol>(?<!\w)(?:{_SYMBOL}))\s?(?P<amount>{_NUMBER})(?![\w])"
        rf"|(?<![\w.,])(?P<sum>{_NUMBER})\s?(?P<after>[€£$])"
        r"|(?<!\d)(?P<hour>\d{1,2})h(?P<minute>\d\d)\b"
        rf"|(?P<sign>[{signs}])"
    )


def _as_words(match: re.Match[str], text: str, language: Language) -> str:
    groups = match.groupdict()
    if short := groups["short"]:
        return _written_out(short, text[match.end() :], language)
    if amount := groups["amount"] or groups["sum"]:
        symbol = groups["symbol"] or groups["after"]
        return _money(amount, symbol, language)
    if hour := groups["hour"]:
        return f"{int(hour)} {_HOURS[language]} {groups['minute']}"
    return f" {_SIGNS[language][groups['sign']]} "


_HOURS: Final = {
    Language.ENGLISH: "hours",
    Language.SPANISH: "horas",
    Language.PORTUGUESE: "horas e",
}


def _written_out(short: str, rest: str, language: Language) -> str:
    known = _ABBREVIATIONS[language]
    key = short if short in known else re.sub(r"\s", " ", short)
    words = known.get(key) or known[next(each for each in known if _same(each, key))]
    ends = key in _KEEPS_ITS_END and re.match(r"\s*(?:\Z|\s[^\W\d_a-zà-þ])", rest)
    return f"{words}." if ends else words


def _same(one: str, other: str) -> bool:
    return one.replace(" ", "") == other.replace(" ", "")


def _money(amount: str, symbol: str, language: Language) -> str:
    """Return an amount as it is said: '5 dollars and 50'."""
    names = _MONEY[language]
    one, many, link = names.get(symbol) or names["$"]
    whole, cents = _split(amount)
    name = one if whole == "1" else many
    return f"{whole} {name} {link} {cents}" if cents else f"{whole} {name}"


def _split(amount: str) -> tuple[str, str]:
    """Return the whole part without grouping, and two digits of cents or nothing."""
    if match := re.search(r"[.,](\d{1,2})\Z", amount):
        cents = f"{match[1]:0<2}".lstrip("0")
        return re.sub(r"\D", "", amount[: match.start()]), cents
    return re.sub(r"\D", "", amount), ""
