"""Balanced lines of text."""

import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache
from math import inf
from typing import Final

Measure = Callable[[str], float]
"""Width of a text."""

_SHORT: Final = 3
"""Letters of a short word such as "the" or "una", which rather begins a line than ends one."""
_DANGLING: Final = 0.05
"""Cost of a short word at the end of a line, as a square of a part of the line."""
_ORPHAN: Final = 4.0
"""Cost of a last line of a single word."""


def words_of(text: str) -> list[str]:
    """Return the words of a text in composed letters (NFC); no-break spaces stay within words."""
    composed = unicodedata.normalize("NFC", text)
    spaced = "".join(" " if _breaks(letter) else letter for letter in composed)
    return [word for word in spaced.split(" ") if word]


def _breaks(letter: str) -> bool:
    return letter.isspace() and letter not in "\u00a0\u202f\u2007"


def lines_of(
    words: Sequence[str], measure: Measure, most: float, most_lines: int | None = None
) -> list[str] | None:
    """Break words into the fewest lines of at most ``most``, as equal as possible.

    The last line is never a single word if another break avoids it. Returns None if a word alone is
    wider than a line, or if there would be more than ``most_lines``.
    """
    if not words:
        return []
    widths = [measure(word) for word in words]
    if max(widths) > most:
        return None
    space = measure("n n") - measure("nn")
    count = _fewest(widths, space, most)
    limit = len(words) if most_lines is None else min(most_lines, len(words))
    if count > limit:
        return None
    for lines in range(count, min(count + 1, limit) + 1):
        breaks = _balanced(words, widths, space, most, lines)
        if breaks is not None and not _is_orphan(breaks, len(words)):
            return _joined(words, breaks)
    breaks = _balanced(words, widths, space, most, count)
    return None if breaks is None else _joined(words, breaks)


def _is_orphan(breaks: Sequence[int], words: int) -> bool:
    """Return True if the last of several lines is one word."""
    return len(breaks) > 1 and breaks[-1] == words - 1


def _joined(words: Sequence[str], breaks: Sequence[int]) -> list[str]:
    ends = [*breaks[1:], len(words)]
    return [" ".join(words[start:end]) for start, end in zip(breaks, ends, strict=True)]


def _fewest(widths: Sequence[float], space: float, most: float) -> int:
    lines, filled = 1, 0.0
    for width in widths:
        if filled and filled + space + width > most:
            lines, filled = lines + 1, 0.0
        filled += (space if filled else 0.0) + width
    return lines


def _balanced(
    words: Sequence[str], widths: Sequence[float], space: float, most: float, lines: int
) -> tuple[int, ...] | None:
    """Return the first word of each of ``lines`` lines, for the least sum of squared gaps."""
    count = len(widths)
    sums = [0.0]
    for width in widths:
        sums.append(sums[-1] + width)

    def width_of(start: int, end: int) -> float:
        return sums[end] - sums[start] + space * (end - start - 1)

    costs: list[list[float]] = [[inf] * (count + 1) for _ in range(lines + 1)]
    origins: list[list[int]] = [[0] * (count + 1) for _ in range(lines + 1)]
    costs[0][0] = 0.0
    for line in range(1, lines + 1):
        for end in range(line, count + 1):
            for start in range(end - 1, line - 2, -1):
                width = width_of(start, end)
                if width > most:
                    break
                gap = 1 - width / most
                cost = costs[line - 1][start] + gap * gap + _penalty(words, start, end)
                if cost < costs[line][end]:
                    costs[line][end], origins[line][end] = cost, start
    if costs[lines][count] == inf:
        return None
    breaks, end = list[int](), count
    for line in range(lines, 0, -1):
        end = origins[line][end]
        breaks.append(end)
    return tuple(reversed(breaks))


def _penalty(words: Sequence[str], start: int, end: int) -> float:
    if end == len(words):
        return _ORPHAN if end - start == 1 and start > 0 else 0.0
    return _DANGLING if _is_short(words[end - 1]) else 0.0


@lru_cache(maxsize=1024)
def _is_short(word: str) -> bool:
    return len(word) <= _SHORT and word.isalpha()


def broken_word(word: str, measure: Measure, most: float) -> list[str]:
    """Break a word that is wider than a line anywhere between letters; each part fits."""
    parts, part = list[str](), ""
    for letter in word:
        if part and measure(part + letter) > most and not unicodedata.combining(letter):
            parts.append(part)
            part = ""
        part += letter
    return [*parts, part] if part else parts
