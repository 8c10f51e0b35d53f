"""What a description asks for, read by rules in English and in Spanish."""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from domain.blueprint import Difficulty
from domain.moves import Energy, Style
from domain.music import Song
from domain.wording.meanings import FAST, SLOW, Entry, Facet, Meaning, Role, TempoRange, Value
from domain.wording.names import named
from domain.wording.quantities import length, tempo
from domain.wording.spelling import slips
from domain.wording.terms import Lexicon, lexicon, single_terms, with_labels
from domain.wording.tokens import Words, words_of

_LONGEST_PHRASE: Final = 5
_REACH: Final = 6
"""Words over which a "no" waits for what it denies."""
_CERTAIN: Final = 6
"""Letters from which a word is recognised with one slip."""

_HARDNESS: Final = tuple(Difficulty)
_SLOWER, _FASTER = TempoRange(30, FAST.slowest), TempoRange(SLOW.fastest, 300)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for; what is None or empty was not mentioned."""

    song_id: str | None = None
    artist: str | None = None
    """Whose song it is to be, when no song is named."""
    difficulty: Difficulty | None = None
    """The hardest move wanted."""
    energy_level: Energy | None = None
    style: Style | None = None
    tempo: TempoRange | None = None
    seconds: float | None = None
    """How long the dance is to be, 5 to 900 s."""
    figures: tuple[str, ...] = ()
    """Figures wanted: names of `domain.wording.figures`, or labels of moves."""
    unwanted: tuple[str, ...] = ()
    """Figures that are not wanted."""
    unwanted_styles: tuple[Style, ...] = ()
    not_understood: tuple[str, ...] = ()
    """Words that had no effect, without accents, each once."""


class _Said(msgspec.Struct, frozen=True):
    """Something that was said, as it was said."""

    meaning: Meaning
    denied: bool
    words: str


def read(text: str, songs: Sequence[Song] = (), labels: Iterable[str] = ()) -> Asked:
    """Understand the first 2,000 characters of any text, as well as rules can.

    ``songs`` are those that may be named, ``labels`` the labels of moves that may be wanted
    beside the figures every dancer knows. The same text gives the same answer.
    """
    words = words_of(text)
    names = named(words, songs)
    said, left = _Reading(words, names.places, with_labels(labels)).result()
    return _settled(said, left, names.song_id, names.artist)


class _Reading:
    """A text being read from its first word to its last."""

    def __init__(self, text: Words, names: frozenset[int], known: Lexicon) -> None:
        self._text = text
        self._names = names
        self._known = known
        self._said: list[_Said] = []
        self._left: list[str] = []
        self._denying = False
        self._denied: Facet | None = None
        """What a "no" has denied so far; it goes on denying more of the kind."""
        self._since = 0
        """Words since the "no" that waits for what it denies."""

    def result(self) -> tuple[list[_Said], list[str]]:
        """Read it all."""
        place = 0
        while place < len(self._text.words):
            self._breathe(place)
            place += self._step(place)
        return self._said, self._left

    def _breathe(self, place: int) -> None:
        """End a denial with its clause; "no, ..." denies nothing."""
        waiting = self._denying and self._denied is None
        if place in self._text.ends or (waiting and place in self._text.commas):
            self._denying = False
        if waiting and self._since > _REACH:
            self._denying = False

    def _step(self, place: int) -> int:
        """Understand what stands at a place, and say how many words that was."""
        if place in self._names:
            return 1
        words = self._text.words[: self._end(place)]
        for facet, read_quantity in ((Facet.TEMPO, tempo), (Facet.LENGTH, length)):
            found = read_quantity(words, place)
            if found is not None:
                self._say((Meaning(facet, found[0]),), " ".join(words[place : place + found[1]]))
                return found[1]
        for count in range(min(_LONGEST_PHRASE, len(words) - place), 0, -1):
            phrase = words[place : place + count]
            entry = self._known.get(phrase) or (_guessed(phrase[0]) if count == 1 else None)
            if entry is not None:
                self._take(entry, " ".join(phrase), count)
                return count
        self._left.append(words[place])
        self._since += 1
        return 1

    def _end(self, place: int) -> int:
        """Where the clause of a place ends, or a name begins."""
        later = (each for each in (*self._text.ends, *self._names) if each > place)
        return min(later, default=len(self._text.words))

    def _take(self, entry: Entry, phrase: str, count: int) -> None:
        self._since += count
        match entry.role:
            case Role.TERM:
                self._say(entry.meanings, phrase)
            case Role.NEGATOR:
                self._denying, self._denied, self._since = True, None, 0
            case Role.RETURN if self._denied is not None:
                self._denying = False
            case _:
                pass

    def _say(self, meanings: Sequence[Meaning], phrase: str) -> None:
        facet = meanings[0].facet
        if self._denied is not None and self._denied is not facet:
            self._denying = False
        self._denied = facet if self._denying else None
        self._said += [_Said(meaning, self._denying, phrase) for meaning in meanings]


def _guessed(word: str) -> Entry | None:
    """The term that was meant by a word with one slip; its first letter is right."""
    if len(word) < _CERTAIN:
        return None
    meant = (
        term
        for term in single_terms()
        if len(term) >= _CERTAIN
        and term[0] == word[0]
        and abs(len(term) - len(word)) <= 1
        and slips(word, term) <= 1
    )
    found = next(meant, None)
    return None if found is None else lexicon()[(found,)]


def _settled(
    said: Sequence[_Said], left: Sequence[str], song_id: str | None, artist: str | None
) -> Asked:
    """Make one wish of all that was said."""
    denied = {facet: _values(said, facet, denied=True) for facet in Facet}
    ignored: list[str] = []

    def first(facet: Facet) -> Value | None:
        """What was said first, outright before suggested; what differs has no effect."""
        mine = [each for each in said if each.meaning.facet is facet and not each.denied]
        outright = [each for each in mine if not each.meaning.mood]
        chosen = next(iter(outright or mine), None)
        if chosen is None:
            return None
        value = chosen.meaning.value
        ignored.extend(x.words for x in outright if x.meaning.value != value)
        return value

    figures = _values(said, Facet.FIGURE, denied=False)
    unwanted = tuple(str(each) for each in denied[Facet.FIGURE] if each not in figures)
    style, energy, seconds = first(Facet.STYLE), first(Facet.ENERGY), first(Facet.LENGTH)
    wanted_tempo = first(Facet.TEMPO)
    return Asked(
        song_id=song_id,
        artist=artist,
        difficulty=_difficulty(_values(said, Facet.DIFFICULTY, denied=False), denied),
        energy_level=_energy(energy, denied[Facet.ENERGY]),
        style=style if isinstance(style, Style) else None,
        tempo=_tempo(wanted_tempo, denied[Facet.TEMPO]),
        seconds=seconds if isinstance(seconds, float) else None,
        figures=tuple(map(str, figures)),
        unwanted=unwanted,
        unwanted_styles=tuple(
            each for each in denied[Facet.STYLE] if isinstance(each, Style) and each is not style
        ),
        not_understood=tuple(dict.fromkeys([*left, *ignored])),
    )


def _values(said: Iterable[_Said], facet: Facet, *, denied: bool) -> tuple[Value, ...]:
    """Everything that was wanted of a side of the dance, or not wanted, each once."""
    return tuple(
        dict.fromkeys(
            each.meaning.value
            for each in said
            if each.meaning.facet is facet and each.denied is denied
        )
    )


def _difficulty(
    wanted: Iterable[Value], denied: dict[Facet, tuple[Value, ...]]
) -> Difficulty | None:
    """The hardest that was named, below whatever was called too hard, above what is too easy."""
    ranks = [_HARDNESS.index(each) for each in wanted if isinstance(each, Difficulty)]
    refused = [
        _HARDNESS.index(each) for each in denied[Facet.DIFFICULTY] if isinstance(each, Difficulty)
    ]
    if not ranks and not refused:
        return None
    too_hard = [rank - 1 for rank in refused if rank > 0]
    rank = max(ranks) if ranks else 1 if 0 in refused else len(_HARDNESS) - 1
    return _HARDNESS[min([rank, *too_hard])]


def _energy(wanted: Value | None, denied: tuple[Value, ...]) -> Energy | None:
    if isinstance(wanted, Energy):
        return wanted
    return Energy.MEDIUM if {Energy.LOW, Energy.HIGH}.intersection(denied) else None


def _tempo(wanted: Value | None, denied: tuple[Value, ...]) -> TempoRange | None:
    if isinstance(wanted, TempoRange):
        return wanted
    if FAST in denied:
        return TempoRange(_FASTER.slowest, _SLOWER.fastest) if SLOW in denied else _SLOWER
    return _FASTER if SLOW in denied else None
