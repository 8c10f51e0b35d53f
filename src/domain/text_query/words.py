"""Understand a description in English or Spanish, by rules."""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from domain.blueprint.model import Difficulty
from domain.library.moves import Energy, Style
from domain.library.songs import Song
from domain.text_query.asked import Asked, Understood
from domain.text_query.figure_requests import Kind, Mark
from domain.text_query.meanings import FAST, SLOW, Facet, TempoRange, Value
from domain.text_query.names import find_names
from domain.text_query.reading import Occurrence, Reading, Span
from domain.text_query.terms import with_labels
from domain.text_query.tokens import Words, words_of

_HARDNESS: Final = tuple(Difficulty)
_SLOWER, _FASTER = TempoRange(30, FAST.slowest), TempoRange(SLOW.fastest, 300)


def read(text: str, songs: Sequence[Song] = (), labels: Iterable[str] = ()) -> Asked:
    """Return what the first 2,000 characters of a text request.

    ``songs`` are the songs it may name; ``labels`` are labels of moves that it may request besides
    the common figures. The same text always gives the same result. Every word has an effect, is a
    filler, or appears in ``not_understood``.
    """
    words = words_of(text)
    names = find_names(words, songs)
    occurrences, gaps, orders = Reading(words, names.places, with_labels(labels)).result()
    request, ignored = _settled(occurrences, names.song_id, names.artist)
    request = msgspec.structs.replace(
        request, requests=tuple(x for x in orders.requests if x.figure in request.figures)
    )
    spans = sorted({*gaps, *ignored, *((mark.at, mark.count) for mark in orders.unused)})
    orderly = [mark for mark in orders.used if mark.kind in (Kind.ORDER, Kind.TIMES)]
    texts = {_key(words, each): _original(words, each) for each in reversed(spans)}
    return msgspec.structs.replace(
        request,
        understood=_meanings(words, occurrences, orderly, set(spans), names.places),
        not_understood=tuple(texts[each] for each in dict.fromkeys(_key(words, x) for x in spans)),
    )


def _key(words: Words, place: Span) -> tuple[str, ...]:
    return words.words[place[0] : sum(place)]


def _original(words: Words, place: Span) -> str:
    return " ".join(words.originals[place[0] : sum(place)])


def _meanings(
    words: Words,
    occurrences: Sequence[Occurrence],
    orders: Sequence[Mark],
    ignored: set[Span],
    names: frozenset[int],
) -> tuple[Understood, ...]:
    """Return the meaning of every phrase that had an effect, in the order of the text."""
    meanings = [
        (each.at, _original(words, (each.at, each.count)), _label(each))
        for each in occurrences
        if (each.at, each.count) not in ignored
    ]
    meanings += [(x.at, _original(words, (x.at, x.count)), _ordered(x)) for x in orders]
    if names:
        meanings.append((min(names), " ".join(words.originals[n] for n in sorted(names)), "song"))
    return tuple(
        Understood(words=phrase, meaning=meaning) for _, phrase, meaning in sorted(meanings)
    )


def _ordered(mark: Mark) -> str:
    if mark.place is not None:
        return f"place: {mark.place}"
    if mark.at_most is None:
        return f"number: at least {mark.at_least}"
    return f"number: {mark.at_least} to {mark.at_most}"


def _label(occurrence: Occurrence) -> str:
    value = occurrence.meaning.value
    if isinstance(value, TempoRange):
        value = f"{value.slowest:g} to {value.fastest:g} BPM"
    elif isinstance(value, float):
        value = f"{value:g} s"
    return f"{'no ' if occurrence.denied else ''}{occurrence.meaning.facet}: {value}"


def _settled(
    occurrences: Sequence[Occurrence], song_id: str | None, artist: str | None
) -> tuple[Asked, list[Span]]:
    """Join all meanings into one request; return it and the words without effect."""
    denied = {facet: _values(occurrences, facet, denied=True) for facet in Facet}

    def first(facet: Facet) -> Value | None:
        """Return the first value of a property; explicit values win over suggested ones."""
        mine = [each for each in occurrences if each.meaning.facet is facet and not each.denied]
        best = next(iter([each for each in mine if not each.meaning.mood] or mine), None)
        return None if best is None else best.meaning.value

    figures = _values(occurrences, Facet.FIGURE, denied=False)
    unwanted = tuple(str(each) for each in denied[Facet.FIGURE] if each not in figures)
    style, energy, seconds = first(Facet.STYLE), first(Facet.ENERGY), first(Facet.LENGTH)
    wanted_tempo = first(Facet.TEMPO)
    request = Asked(
        song_id=song_id,
        artist=artist,
        difficulty=_difficulty(_values(occurrences, Facet.DIFFICULTY, denied=False), denied),
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
    spans = {(each.at, each.count) for each in occurrences if _is_kept(each, request)}
    return request, [(x.at, x.count) for x in occurrences if (x.at, x.count) not in spans]


def _is_kept(occurrence: Occurrence, request: Asked) -> bool:
    """Return True if the request contains this meaning."""
    value, facet = occurrence.meaning.value, occurrence.meaning.facet
    if occurrence.denied:
        match facet:
            case Facet.FIGURE:
                return value in request.unwanted
            case Facet.STYLE:
                return value in request.unwanted_styles
            case Facet.DIFFICULTY:
                return request.difficulty is not None and request.difficulty != value
            case Facet.ENERGY:
                return value is not Energy.MEDIUM and request.energy_level not in (None, value)
            case Facet.TEMPO:
                return value in (SLOW, FAST) and request.tempo not in (None, value)
            case Facet.LENGTH:
                return False
    match facet:
        case Facet.STYLE:
            return value == request.style
        case Facet.ENERGY:
            return value == request.energy_level
        case Facet.TEMPO:
            return value == request.tempo
        case Facet.LENGTH:
            return value == request.seconds
        case Facet.FIGURE | Facet.DIFFICULTY:
            return True


def _values(occurrences: Iterable[Occurrence], facet: Facet, *, denied: bool) -> tuple[Value, ...]:
    """Return all requested (or all excluded) values of a property, without duplicates."""
    return tuple(
        dict.fromkeys(
            each.meaning.value
            for each in occurrences
            if each.meaning.facet is facet and each.denied is denied
        )
    )


def _difficulty(
    values: Iterable[Value], denied: dict[Facet, tuple[Value, ...]]
) -> Difficulty | None:
    """Return the hardest named level, limited by the levels that the text calls too hard or too
    easy.
    """
    ranks = [_HARDNESS.index(each) for each in values if isinstance(each, Difficulty)]
    exclusions = [
        _HARDNESS.index(each) for each in denied[Facet.DIFFICULTY] if isinstance(each, Difficulty)
    ]
    if not ranks and not exclusions:
        return None
    too_hard = [rank - 1 for rank in exclusions if rank > 0]
    rank = max(ranks) if ranks else 1 if 0 in exclusions else len(_HARDNESS) - 1
    return _HARDNESS[min([rank, *too_hard])]


def _energy(value: Value | None, denied: tuple[Value, ...]) -> Energy | None:
    if isinstance(value, Energy):
        return value
    return Energy.MEDIUM if {Energy.LOW, Energy.HIGH}.intersection(denied) else None


def _tempo(value: Value | None, denied: tuple[Value, ...]) -> TempoRange | None:
    if isinstance(value, TempoRange):
        return value
    if FAST in denied:
        return TempoRange(_FASTER.slowest, _SLOWER.fastest) if SLOW in denied else _SLOWER
    return _FASTER if SLOW in denied else None
