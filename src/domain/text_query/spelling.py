"""Words that were meant, though they are spelt a little differently."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

_LONGEST: Final = 32
"""Letters of a word above which its spelling has to be right."""


def allowance(word: str) -> int:
    """How many slips a word may have: none below four letters, two from eight on."""
    return 0 if len(word) < 4 or len(word) > _LONGEST else 1 if len(word) < 8 else 2


def slips(one: str, other: str) -> int:
    """Count the letters that are missing, added, exchanged, or swapped with their neighbour.

    This is the optimal string alignment distance (Damerau 1964, without a second edit of the
    same place); the time it takes grows with the product of both lengths.
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        above, row = row, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != wanted))
            if before and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before = above
    return row[-1]


class Vocabulary:
    """Words to be recognised, found by what is left of them when letters are taken out.

    Two words that are k slips apart have something in common after at most k letters are taken
    out of each, so that only few have to be compared (the method of SymSpell).
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(words)
        self._left: defaultdict[str, list[str]] = defaultdict(list)
        for word in sorted(self._words):
            for left in _without(word, allowance(word)):
                self._left[left].append(word)

    def near(self, written: str) -> dict[str, int]:
        """The words that may have been meant, with the slips of each."""
        found = {written: 0} if written in self._words else {}
        if len(written) > _LONGEST:
            return found
        for left in _without(written, 1 if len(written) < 6 else 2):
            for word in self._left.get(left, ()):
                if word not in found and (count := slips(written, word)) <= allowance(word):
                    found[word] = count
        return found


def _without(word: str, most: int) -> set[str]:
    """A word, and what is left of it when up to ``most`` letters are taken out."""
    found, last = {word}, {word}
    for _ in range(most):
        last = {left[:at] + left[at + 1 :] for left in last for at in range(len(left))}
        found |= last
    return found
