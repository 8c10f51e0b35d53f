"""What a description asks for, read by rules in English and in Spanish."""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from domain.blueprint import Difficulty
from domain.moves import Energy, Style
from domain.music import Song
from domain.wording.figure_requests import FigureRequest, Kind, Mark, Ordered, ordered
from domain.wording.meanings import FAST, SLOW, Entry, Facet, Meaning, Role, TempoRange, Value
from domain.wording.names import named
from domain.wording.numbers import count as read_count
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


_JOINING: Final = {"and", "y", "e", "but", "pero", "or", "o"}

_NEAR: Final = 3
"""Words within which a figure follows its number."""


class Understood(msgspec.Struct, frozen=True, kw_only=True):
    """Words of a description and what they became."""

    words: str
    """As they were written."""
    meaning: str
    """A side of the dance and its value, as in "style: romantic" or "no figure: dip"."""


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
    requests: tuple[FigureRequest, ...] = ()
    """Figures wanted in a place, or a number of times, in the order of the text."""
    understood: tuple[Understood, ...] = ()
    not_understood: tuple[str, ...] = ()
    """Words that had no effect, as they were written, each once."""

    @property
    def nothing(self) -> bool:
        """Whether nothing was understood."""
        bare = msgspec.structs.replace(self, understood=(), not_understood=())
        return bare == Asked()


class _Said(msgspec.Struct, frozen=True):
    """Something that was said, and where."""

    meaning: Meaning
    denied: bool
    at: int
    count: int


_Left = tuple[int, int]
"""Words without effect: the place of the first, and how many."""


def read(text: str, songs: Sequence[Song] = (), labels: Iterable[str] = ()) -> Asked:
    """Understand the first 2,000 characters of any text, as well as rules can.

    ``songs`` are those that may be named, ``labels`` the labels of moves that may be wanted
    beside the figures every dancer knows. The same text gives the same answer. Every word is
    used, or says nothing about a dance, or is told in ``not_understood``.
    """
    words = words_of(text)
    names = named(words, songs)
    said, left, orders = _Reading(words, names.places, with_labels(labels)).result()
    asked, ignored = _settled(said, names.song_id, names.artist)
    asked = msgspec.structs.replace(
        asked, requests=tuple(x for x in orders.requests if x.figure in asked.figures)
    )
    lost = sorted({*left, *ignored, *((mark.at, mark.count) for mark in orders.unused)})
    told = {_key(words, each): _written(words, each) for each in reversed(lost)}
    return msgspec.structs.replace(
        asked,
        understood=_understood(words, said, set(lost), names.places),
        not_understood=tuple(told[each] for each in dict.fromkeys(_key(words, x) for x in lost)),
    )


def _key(words: Words, place: _Left) -> tuple[str, ...]:
    return words.words[place[0] : sum(place)]


def _written(words: Words, place: _Left) -> str:
    return " ".join(words.written[place[0] : sum(place)])


def _understood(
    words: Words, said: Sequence[_Said], lost: set[_Left], names: frozenset[int]
) -> tuple[Understood, ...]:
    """What every phrase that had an effect became, in the order of the text."""
    found = [
        (each.at, _written(words, (each.at, each.count)), _told(each))
        for each in said
        if (each.at, each.count) not in lost
    ]
    if names:
        found.append((min(names), " ".join(words.written[n] for n in sorted(names)), "song"))
    return tuple(Understood(words=said, meaning=meaning) for _, said, meaning in sorted(found))


def _told(said: _Said) -> str:
    value = said.meaning.value
    if isinstance(value, TempoRange):
        value = f"{value.slowest:g} to {value.fastest:g} BPM"
    elif isinstance(value, float):
        value = f"{value:g} s"
    return f"{'no ' if said.denied else ''}{said.meaning.facet}: {value}"


class _Reading:
    """A text being read from its first word to its last."""

    def __init__(self, text: Words, names: frozenset[int], known: Lexicon) -> None:
        self._text = text
        self._names = names
        self._known = known
        self._said: list[_Said] = []
        self._left: list[_Left] = []
        self._marks: list[Mark] = []
        self._denying: _Left | None = None
        """The "no" that denies what follows."""
        self._denied: Facet | None = None
        """What a "no" has denied so far; it goes on denying more of the kind."""
        self._since = 0
        """Words since the "no" that waits for what it denies."""
        self._lost = False
        """Whether a word that is not understood followed the "no"."""

    def result(self) -> tuple[list[_Said], list[_Left], Ordered]:
        """Read it all."""
        place = 0
        while place < len(self._text.words):
            self._breathe(place)
            place += self._step(place)
        self._stop_denying()
        orders = ordered(self._marks)
        for mark in orders.unused:
            entry = self._known.get(self._text.words[mark.at : mark.at + mark.count])
            self._said += [
                _Said(each, False, mark.at, mark.count)
                for each in (entry.meanings if entry else ())
            ]
        unused = tuple(x for x in orders.unused if all(s.at != x.at for s in self._said))
        return self._said, self._left, Ordered(orders.requests, unused)

    def _stop_denying(self) -> None:
        """End a denial; a "no" to something that is not understood is not understood either."""
        if self._denying is not None and self._denied is None and self._lost:
            self._left.append(self._denying)
        self._denying = None

    def _breathe(self, place: int) -> None:
        """End a denial with its clause; "no, ..." denies nothing."""
        waiting = self._denying is not None and self._denied is None
        if place in self._text.ends or (waiting and place in self._text.commas):
            self._stop_denying()
        if waiting and self._since > _REACH:
            self._stop_denying()
        if place in self._text.ends:
            self._marks.append(Mark(kind=Kind.STOP, at=place))
        elif place in self._text.commas:
            self._marks.append(Mark(kind=Kind.COMMA, at=place))

    def _step(self, place: int) -> int:
        """Understand what stands at a place, and say how many words that was."""
        if place in self._names:
            return 1
        words = self._text.words[: self._end(place)]
        for facet, read_quantity in ((Facet.TEMPO, tempo), (Facet.LENGTH, length)):
            found = read_quantity(words, place)
            if found is not None:
                self._say((Meaning(facet, found[0]),), place, found[1])
                return found[1]
        if number := self._counted(words, place):
            return number
        for count in range(min(_LONGEST_PHRASE, len(words) - place), 0, -1):
            phrase = words[place : place + count]
            entry = self._known.get(phrase) or (_guessed(phrase[0]) if count == 1 else None)
            if entry is not None:
                self._take(entry, place, count)
                return count
        self._left.append((place, 1))
        self._since += 1
        self._lost = True
        return 1

    def _counted(self, words: Sequence[str], place: int) -> int:
        """Understand a number of figures, and say how many words it took; 0 for none."""
        found = read_count(words, place)
        if found is None:
            return 0
        after = place + found.words
        before = any(mark.kind is Kind.FIGURE for mark in self._marks)
        near = any(self._figure_at(words, at) for at in range(after, after + _NEAR))
        if not near and not (found.repeats and before):
            return 0
        self._marks.append(
            Mark(
                kind=Kind.TIMES,
                at=place,
                count=found.words,
                either_side=found.repeats and not (near and not before),
                at_least=found.at_least,
                at_most=found.at_most,
            )
        )
        self._since += found.words
        return found.words

    def _figure_at(self, words: Sequence[str], place: int) -> bool:
        for count in range(min(_LONGEST_PHRASE, len(words) - place), 0, -1):
            entry = self._known.get(tuple(words[place : place + count]))
            if entry is not None:
                return any(each.facet is Facet.FIGURE for each in entry.meanings)
        return False

    def _end(self, place: int) -> int:
        """Where the clause of a place ends, or a name begins."""
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
                self._marks.append(
                    Mark(
                        kind=Kind.ORDER,
                        at=place,
                        count=count,
                        place=entry.place,
                        either_side=entry.either_side,
                    )
                )
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
        self._said += [_Said(meaning, denied, place, count) for meaning in meanings]
        if facet is Facet.FIGURE:
            figure = str(meanings[0].value)
            self._marks.append(
                Mark(kind=Kind.FIGURE, at=place, count=count, figure=figure, denied=denied)
            )


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
    said: Sequence[_Said], song_id: str | None, artist: str | None
) -> tuple[Asked, list[_Left]]:
    """Make one wish of all that was said, and say what had no effect."""
    denied = {facet: _values(said, facet, denied=True) for facet in Facet}

    def first(facet: Facet) -> Value | None:
        """What was said first, outright before suggested."""
        mine = [each for each in said if each.meaning.facet is facet and not each.denied]
        chosen = next(iter([each for each in mine if not each.meaning.mood] or mine), None)
        return None if chosen is None else chosen.meaning.value

    figures = _values(said, Facet.FIGURE, denied=False)
    unwanted = tuple(str(each) for each in denied[Facet.FIGURE] if each not in figures)
    style, energy, seconds = first(Facet.STYLE), first(Facet.ENERGY), first(Facet.LENGTH)
    wanted_tempo = first(Facet.TEMPO)
    asked = Asked(
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
    )
    kept = {(each.at, each.count) for each in said if _is_kept(each, asked)}
    return asked, [(x.at, x.count) for x in said if (x.at, x.count) not in kept]


def _is_kept(said: _Said, asked: Asked) -> bool:
    """Whether what was said has a part in what is asked for."""
    value, facet = said.meaning.value, said.meaning.facet
    if said.denied:
        match facet:
            case Facet.FIGURE:
                return value in asked.unwanted
            case Facet.STYLE:
                return value in asked.unwanted_styles
            case Facet.DIFFICULTY:
                return asked.difficulty is not None and asked.difficulty != value
            case Facet.ENERGY:
                return value is not Energy.MEDIUM and asked.energy_level not in (None, value)
            case Facet.TEMPO:
                return value in (SLOW, FAST) and asked.tempo not in (None, value)
            case Facet.LENGTH:
                return False
    match facet:
        case Facet.STYLE:
            return value == asked.style
        case Facet.ENERGY:
            return value == asked.energy_level
        case Facet.TEMPO:
            return value == asked.tempo
        case Facet.LENGTH:
            return value == asked.seconds
        case Facet.FIGURE | Facet.DIFFICULTY:
            return True


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
