"""Find the intended words behind spelling mistakes."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

_LONGEST: Final = 32
"""Maximum letters of a word; a longer one must be spelt correctly."""


def allowance(word: str) -> int:
    """Return the number of mistakes a word may have: none below four letters, two from eight
    letters on.
    """
    return 0 if len(word) < 4 or len(word) > _LONGEST else 1 if len(word) < 8 else 2


def slips(one: str, other: str) -> int:
    """Return the number of letters that are missing, added, replaced, or swapped with a neighbour.

    This is the optimal string alignment distance (Damerau 1964, with each place edited at most
    once); its time is proportional to the product of both lengths.
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
    """A set of words with fast search for misspelt ones.

    Two words that are k mistakes apart become equal after deleting at most k letters from each, so
    only words with a common remainder are compared (the method of SymSpell).
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(words)
        self._left: defaultdict[str, list[str]] = defaultdict(list)
        for word in sorted(self._words):
            for left in _without(word, allowance(word)):
                self._left[left].append(word)

    def near(self, written: str) -> dict[str, int]:
        """Return the possible intended words, with the number of mistakes of each."""
        found = {written: 0} if written in self._words else {}
        if len(written) > _LONGEST:
            return found
        for left in _without(written, 1 if len(written) < 6 else 2):
            for word in self._left.get(left, ()):
                if word not in found and (count := slips(written, word)) <= allowance(word):
                    found[word] = count
        return found


def _without(word: str, most: int) -> set[str]:
    """Return a word and all its remainders after deleting up to ``most`` letters."""
    found, last = {word}, {word}
    for _ in range(most):
        last = {left[:at] + left[at + 1 :] for left in last for at in range(len(left))}
        found |= last
    return found
