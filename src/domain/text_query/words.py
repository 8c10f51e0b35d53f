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
from domain.text_query.names import named
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
    names = named(words, songs)
    said, left, orders = Reading(words, names.places, with_labels(labels)).result()
    asked, ignored = _settled(said, names.song_id, names.artist)
    asked = msgspec.structs.replace(
        asked, requests=tuple(x for x in orders.requests if x.figure in asked.figures)
    )
    lost = sorted({*left, *ignored, *((mark.at, mark.count) for mark in orders.unused)})
    orderly = [mark for mark in orders.used if mark.kind in (Kind.ORDER, Kind.TIMES)]
    told = {_key(words, each): _written(words, each) for each in reversed(lost)}
    return msgspec.structs.replace(
        asked,
        understood=_understood(words, said, orderly, set(lost), names.places),
        not_understood=tuple(told[each] for each in dict.fromkeys(_key(words, x) for x in lost)),
    )


def _key(words: Words, place: Span) -> tuple[str, ...]:
    return words.words[place[0] : sum(place)]


def _written(words: Words, place: Span) -> str:
    return " ".join(words.written[place[0] : sum(place)])


def _understood(
    words: Words,
    said: Sequence[Occurrence],
    orders: Sequence[Mark],
    lost: set[Span],
    names: frozenset[int],
) -> tuple[Understood, ...]:
    """Return the meaning of every phrase that had an effect, in the order of the text."""
    found = [
        (each.at, _written(words, (each.at, each.count)), _told(each))
        for each in said
        if (each.at, each.count) not in lost
    ]
    found += [(x.at, _written(words, (x.at, x.count)), _ordered(x)) for x in orders]
    if names:
        found.append((min(names), " ".join(words.written[n] for n in sorted(names)), "song"))
    return tuple(Understood(words=said, meaning=meaning) for _, said, meaning in sorted(found))


def _ordered(mark: Mark) -> str:
    if mark.place is not None:
        return f"place: {mark.place}"
    if mark.at_most is None:
        return f"number: at least {mark.at_least}"
    return f"number: {mark.at_least} to {mark.at_most}"


def _told(said: Occurrence) -> str:
    value = said.meaning.value
    if isinstance(value, TempoRange):
        value = f"{value.slowest:g} to {value.fastest:g} BPM"
    elif isinstance(value, float):
        value = f"{value:g} s"
    return f"{'no ' if said.denied else ''}{said.meaning.facet}: {value}"


def _settled(
    said: Sequence[Occurrence], song_id: str | None, artist: str | None
) -> tuple[Asked, list[Span]]:
    """Join all meanings into one request; return it and the words without effect."""
    denied = {facet: _values(said, facet, denied=True) for facet in Facet}

    def first(facet: Facet) -> Value | None:
        """Return the first value of a property; explicit values win over suggested ones."""
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


def _is_kept(said: Occurrence, asked: Asked) -> bool:
    """Return True if the request contains this meaning."""
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


def _values(said: Iterable[Occurrence], facet: Facet, *, denied: bool) -> tuple[Value, ...]:
    """Return all requested (or all excluded) values of a property, without duplicates."""
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
    """Return the hardest named level, limited by the levels that the text calls too hard or too
    easy.
    """
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
