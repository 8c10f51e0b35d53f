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
        for j, other_letter in enumerate(other, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != other_letter))
            if before and j > 1 and letter == other[j - 2] and one[i - 2] == other_letter:
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
        self._by_rest: defaultdict[str, list[str]] = defaultdict(list)
        for word in sorted(self._words):
            for rest in _without(word, allowance(word)):
                self._by_rest[rest].append(word)

    def near(self, token: str) -> dict[str, int]:
        """Return the possible intended words, with the number of mistakes of each."""
        mistakes = {token: 0} if token in self._words else {}
        if len(token) > _LONGEST:
            return mistakes
        for rest in _without(token, 1 if len(token) < 6 else 2):
            for word in self._by_rest.get(rest, ()):
                if word not in mistakes and (count := slips(token, word)) <= allowance(word):
                    mistakes[word] = count
        return mistakes


def _without(word: str, most: int) -> set[str]:
    """Return a word and all its remainders after deleting up to ``most`` letters."""
    remainders, last = {word}, {word}
    for _ in range(most):
        last = {rest[:at] + rest[at + 1 :] for rest in last for at in range(len(rest))}
        remainders |= last
    return remainders
