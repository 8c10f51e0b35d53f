"""Read a text word by word and collect its meanings."""

from collections.abc import Sequence
from typing import Final, TypeAlias

import msgspec

from domain.text_query.figure_requests import Kind, Mark, Ordered, ordered
from domain.text_query.meanings import Entry, Facet, Meaning, Role
from domain.text_query.numbers import count as read_count
from domain.text_query.quantities import length, tempo
from domain.text_query.spelling import slips
from domain.text_query.terms import Lexicon, lexicon, single_terms
from domain.text_query.tokens import Words

_LONGEST_PHRASE: Final = 5
_REACH: Final = 6
"""Maximum number of words between a negation and the word it excludes."""
_CERTAIN: Final = 6
"""Minimum letters of a word that is recognised with one spelling mistake."""
_JOINING: Final = {"and", "y", "e", "but", "pero", "or", "o"}
_NEAR: Final = 3
"""Maximum number of words from a number to its figure."""


class Occurrence(msgspec.Struct, frozen=True):
    """A meaning, and its place in the text."""

    meaning: Meaning
    denied: bool
    at: int
    count: int


Span: TypeAlias = tuple[int, int]
"""Words of a text: index of the first, and their number."""


class Reading:
    """A parser of a text, from its first word to its last."""

    def __init__(self, text: Words, names: frozenset[int], entries: Lexicon) -> None:
        self._text = text
        self._names = names
        self._entries = entries
        self._occurrences: list[Occurrence] = []
        self._gaps: list[Span] = []
        self._marks: list[Mark] = []
        self._denying: Span | None = None
        """The negation in effect, such as "no"."""
        self._denied: Facet | None = None
        """The property that the negation has excluded so far; it can exclude more values of it."""
        self._since = 0
        """Number of words since a negation that has excluded nothing yet."""
        self._lost = False
        """True if a word after the negation is not understood."""

    def result(self) -> tuple[list[Occurrence], list[Span], Ordered]:
        """Read the whole text; return meanings, words without effect, and orders of figures."""
        place = 0
        while place < len(self._text.words):
            self._breathe(place)
            place += self._step(place)
        self._stop_denying()
        orders = ordered(self._marks)
        for mark in orders.unused:
            entry = self._entries.get(self._text.words[mark.at : mark.at + mark.count])
            self._occurrences += [
                Occurrence(each, False, mark.at, mark.count)
                for each in (entry.meanings if entry else ())
            ]
        unused = tuple(x for x in orders.unused if all(s.at != x.at for s in self._occurrences))
        return self._occurrences, self._gaps, Ordered(orders.requests, unused, orders.used)

    def _want_again(self) -> None:
        """End a negation that has excluded something: "no dips, first turns",
        "no dips, two turns".
        """
        if self._denied is not None:
            self._stop_denying()

    def _stop_denying(self) -> None:
        """End a negation; its own words have no effect if the words after it are not understood."""
        if self._denying is not None and self._denied is None and self._lost:
            self._gaps.append(self._denying)
        self._denying = None

    def _breathe(self, place: int) -> None:
        """End a negation at the end of its clause; "no, ..." excludes nothing."""
        waiting = self._denying is not None and self._denied is None
        if place in self._text.ends or (waiting and place in self._text.commas):
            self._stop_denying()
        if waiting and self._since > _REACH:
            self._stop_denying()
        if place in self._text.ends:
            self._marks.append(Mark(kind=Kind.STOP, at=place))
        elif place in self._text.commas:
            order = max((x.at for x in self._marks if x.kind is Kind.ORDER), default=-1)
            lost = any(at > order for at, _ in self._gaps)
            self._marks.append(Mark(kind=Kind.COMMA, at=place, lost=lost))

    def _step(self, place: int) -> int:
        """Read the phrase at a place; return its number of words."""
        if place in self._names:
            return 1
        words = self._text.words[: self._end(place)]
        for facet, read_quantity in ((Facet.TEMPO, tempo), (Facet.LENGTH, length)):
            quantity = read_quantity(words, place)
            if quantity is not None:
                self._say((Meaning(facet, quantity[0]),), place, quantity[1])
                return quantity[1]
        if number := self._count(words, place):
            return number
        for count in range(min(_LONGEST_PHRASE, len(words) - place), 0, -1):
            phrase = words[place : place + count]
            entry = self._entries.get(phrase) or (_guessed(phrase[0]) if count == 1 else None)
            if entry is not None:
                self._take(entry, place, count)
                return count
        self._gaps.append((place, 1))
        self._since += 1
        self._lost = True
        return 1

    def _count(self, words: Sequence[str], place: int) -> int:
        """Read a number of figures at a place; return its number of words, or 0
        if there is none.
        """
        number = read_count(words, place)
        if number is None:
            return 0
        after = place + number.words
        before = any(mark.kind is Kind.FIGURE for mark in self._marks)
        near = any(self._figure_at(words, at) for at in range(after, after + _NEAR))
        if not near and not (number.repeats and before):
            return 0
        self._want_again()
        self._marks.append(
            Mark(
                kind=Kind.TIMES,
                at=place,
                count=number.words,
                either_side=number.repeats and not (near and not before),
                at_least=number.at_least,
                at_most=number.at_most,
            )
        )
        self._since += number.words
        return number.words

    def _figure_at(self, words: Sequence[str], place: int) -> bool:
        for count in range(min(_LONGEST_PHRASE, len(words) - place), 0, -1):
            entry = self._entries.get(tuple(words[place : place + count]))
            if entry is not None:
                return any(each.facet is Facet.FIGURE for each in entry.meanings)
        return False

    def _end(self, place: int) -> int:
        """Return the index at which the clause of a place ends or a name begins."""
        later = (each for each in (*self._text.ends, *self._names) if each > place)
        return min(later, default=len(self._text.words))

    def _take(self, entry: Entry, place: int, count: int) -> None:
        self._since += count
        match entry.role:
            case Role.TERM:
                self._say(entry.meanings, place, count)
            case Role.NEGATOR:
                self._stop_denying()
                self._denying, self._denied = (place, count), None
                self._since, self._lost = 0, False
            case Role.RETURN if self._denied is not None:
                self._stop_denying()
            case Role.ORDER:
                self._want_again()
                self._marks.append(
                    Mark(
                        kind=Kind.ORDER,
                        at=place,
                        count=count,
                        place=entry.place,
                        either_side=entry.either_side,
                    )
                )
            case Role.ELSEWHERE:
                self._gaps.append((place, count))
                self._lost = True
            case Role.FILLER | Role.RETURN if self._text.words[place] in _JOINING:
                self._marks.append(Mark(kind=Kind.AND, at=place))
            case _:
                pass

    def _say(self, meanings: Sequence[Meaning], place: int, count: int) -> None:
        facet = meanings[0].facet
        if self._denied is not None and self._denied is not facet:
            self._stop_denying()
        denied = self._denying is not None
        self._denied = facet if denied else None
        self._occurrences += [Occurrence(meaning, denied, place, count) for meaning in meanings]
        if facet is Facet.FIGURE:
            figure = str(meanings[0].value)
            self._marks.append(
                Mark(kind=Kind.FIGURE, at=place, count=count, figure=figure, denied=denied)
            )


def _guessed(word: str) -> Entry | None:
    """Return the term that matches a word with one spelling mistake after a
    correct first letter.
    """
    if len(word) < _CERTAIN:
        return None
    candidates = (
        term
        for term in single_terms()
        if len(term) >= _CERTAIN
        and term[0] == word[0]
        and abs(len(term) - len(word)) <= 1
        and slips(word, term) <= 1
    )
    correction = next(candidates, None)
    return None if correction is None else lexicon()[(correction,)]
