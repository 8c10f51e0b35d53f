"""Divide a text into captions: at ends of sentences, then of phrases, then between words."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from typing import Final

import msgspec

LINE: Final = 42
"""Characters of a line that viewers read at a glance (Netflix, BBC subtitle guidelines)."""

_MOST_WORDS: Final = 40
"""Words in a caption at most: 40 of one letter fill it."""

_SENTENCE, _CLAUSE, _BEFORE_LINK, _ANYWHERE, _TORN = 0.0, 1.0, 2.2, 4.0, 9.0
"""Costs of a break after a sentence, after a clause, before a conjunction or preposition, between
any two words, and between an article or preposition and its noun.
"""
_EACH: Final = 2.0
"""Cost of each caption, so that short sentences share one."""
_TALL: Final = 0.6
"""Cost of a second line."""
_WIDE: Final = 30.0
"""Cost of lines that are longer than a line should be."""
_TEMPTING: Final = 25.0
"""Cost of a caption that is shown for a shorter time than viewers need."""
_JOINED: Final = 2.5
"""Cost of a sentence's end within a caption."""

_LINKS: Final = frozenset(
    """and or but because that which who when while where if than with without for from to in on at
    y e o u pero porque que cuando mientras donde si con sin para por de en como desde hasta sobre
    mas ou quando enquanto onde se com sem em do da no na até desde sobre""".split()  # noqa: SIM905
)
_CLINGING: Final = frozenset(
    """the a an my your his her our their this that of to in on at for with and or
    el la los las un una unos unas mi tu su sus este esta ese esa del al de en con por para y e o
    os as um uma uns umas meu minha seu sua do da dos das no na nos nas ao em com ou à""".split()  # noqa: SIM905
)

_END_OF_SENTENCE: Final = re.compile(r"[.!?…][\"'”’»)\]]*\Z")  # noqa: RUF001
_END_OF_CLAUSE: Final = re.compile(r"[,;:–—][\"'”’»)\]]*\Z")  # noqa: RUF001
_SHORT: Final = re.compile(
    r"(?:[¿¡\"'“«(]*)(?:Mr|Mrs|Ms|Dr|Dra|Prof|Profa|Sr|Sra|Srta|Sres|Srs|Ud|Uds|Av|Avda|St|vs|e\.g|"
    r"i\.e|aprox|approx|pág|núm|p|ej|ex|EE|[A-Z])\.\Z"
)
"""Abbreviations after which a sentence goes on."""


class Token(msgspec.Struct, frozen=True):
    """A word with its punctuation, and its place in the text."""

    text: str
    start: int
    end: int
    new_paragraph: bool = False
    """True if an empty line precedes it."""


def tokens_of(text: str) -> tuple[Token, ...]:
    """Return the words of a text in order; together they are all of it but white space."""
    tokens: list[Token] = []
    done = 0
    for match in re.finditer(r"\S+", text):
        gap = text[done : match.start()]
        tokens.append(Token(match[0], match.start(), match.end(), gap.count("\n") > 1))
        done = match.end()
    return tuple(tokens)


def ends_sentence(token: Token) -> bool:
    """Return True if a sentence may end after this word."""
    return bool(_END_OF_SENTENCE.search(token.text)) and not _SHORT.match(token.text)


def ends_clause(token: Token) -> bool:
    """Return True if a reader pauses after this word, within a sentence."""
    return bool(_END_OF_CLAUSE.search(token.text))


def groups_of(tokens: Sequence[Token], seconds: Sequence[float], least: float) -> list[range]:
    """Return the words of each caption.

    ``seconds`` are the lengths of the words, and ``least`` is the time that a caption should be
    shown. A caption has at most two lines of `LINE` characters, unless a single word has more.
    """
    widths = _Widths(tokens)
    spans = list(accumulate(seconds, initial=0.0))
    breaks = [_break_cost(tokens, index) for index in range(len(tokens))]
    ends = [0.0]
    for token in tokens:
        ends.append(ends[-1] + (_JOINED if ends_sentence(token) else 0.0))
    best: list[tuple[float, int]] = [(0.0, 0)]
    """For each number of words: the least cost of dividing them, and the last caption's begin."""
    for end in range(1, len(tokens) + 1):
        choices: list[tuple[float, int]] = []
        for begin in range(end - 1, max(-1, end - 1 - _MOST_WORDS), -1):
            lines, longest = widths.lines(begin, end)
            if longest > LINE and begin < end - 1:
                break
            shown = spans[end] - spans[begin]
            hasty = _TEMPTING * max(0.0, 1 - shown / least)
            inner = ends[end - 1] - ends[begin]
            cost = _EACH + breaks[end - 1] + hasty + inner + _size_cost(lines, longest)
            choices.append((best[begin][0] + cost, begin))
            if begin and tokens[begin].new_paragraph:
                break
        best.append(min(choices))
    groups: list[range] = []
    end = len(tokens)
    while end:
        groups.append(range(best[end][1], end))
        end = best[end][1]
    return groups[::-1]


class _Widths:
    """Lengths in characters of any words of a text, with a space between two."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._ends = list(accumulate((len(token.text) + 1 for token in tokens), initial=0))

    def of(self, begin: int, end: int) -> int:
        """Return the length of the words from ``begin`` to ``end``."""
        return self._ends[end] - self._ends[begin] - 1

    def lines(self, begin: int, end: int) -> tuple[int, int]:
        """Return the number of lines and the length of the longest, of lines as even as can be."""
        whole = self.of(begin, end)
        if whole <= LINE or end - begin < 2:
            return 1, whole
        middle = bisect_left(self._ends, self._ends[begin] + (whole + 1) // 2, begin + 1, end)
        splits = (each for each in (middle - 1, middle) if begin < each < end)
        return 2, min(max(self.of(begin, each), self.of(each, end)) for each in splits)


def _size_cost(lines: int, longest: int) -> float:
    return (_WIDE if longest > LINE else 0.0) + (_TALL if lines > 1 else 0.0)


def _break_cost(tokens: Sequence[Token], index: int) -> float:
    """Return the cost of a break after a word."""
    token = tokens[index]
    if index == len(tokens) - 1 or tokens[index + 1].new_paragraph or ends_sentence(token):
        return _SENTENCE
    if ends_clause(token):
        return _CLAUSE
    if _bare(token.text) in _CLINGING or _SHORT.match(token.text):
        return _TORN
    return _BEFORE_LINK if _bare(tokens[index + 1].text) in _LINKS else _ANYWHERE


@cache
def _bare(word: str) -> str:
    return word.strip("\"'“”‘’«»()[]¿¡.,;:!?…").casefold()  # noqa: RUF001


def two_lines(text: str) -> tuple[str, ...]:
    """Return a caption's text as one line, or as two that are even and end with a phrase."""
    tokens = tokens_of(text)
    widths = _Widths(tokens)
    whole = widths.of(0, len(tokens))
    if whole <= LINE or len(tokens) < 2:
        return (" ".join(token.text for token in tokens),)

    def cost(first: int) -> tuple[float, int]:
        upper, lower = widths.of(0, first), widths.of(first, len(tokens))
        beyond = max(0, upper - LINE) + max(0, lower - LINE)
        # A longer lower line covers less of the picture than a longer upper one.
        uneven = abs(upper - lower) / 4 + (0.5 if upper > lower else 0.0)
        return 10.0 * beyond + uneven + _break_cost(tokens, first - 1), first

    first = min(range(1, len(tokens)), key=cost)
    words = [token.text for token in tokens]
    return " ".join(words[:first]), " ".join(words[first:])
