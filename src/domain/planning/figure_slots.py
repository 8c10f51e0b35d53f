"""Reserve eight-counts of a song for requested figures."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from statistics import fmean
from typing import Final

import msgspec

from domain.library.moves import INTRO, OUTRO
from domain.planning.placements import LONGEST, Placements
from domain.shared.result_warnings import ResultWarning, WarningCode
from domain.text_query.figure_requests import FigureRequest
from domain.text_query.meanings import Place

_BREAK: Final = 0.12
"""Minimum difference in energy (0 to 1) between a break and the sections around it."""

_FEWEST: Final = 2
"""Minimum number of moves; with fewer, one would be repeated all the time."""

_PLACES: Final = {
    Place.FIRST: "at the start",
    Place.THEN: "after the figure before it",
    Place.AFTER_BREAK: "after the break",
    Place.LAST: "at the end",
}


class Requested(msgspec.Struct, frozen=True, kw_only=True):
    """Requested and excluded figures, with the matching moves."""

    requests: tuple[FigureRequest, ...] = ()
    figures: tuple[str, ...] = ()
    """All requested figures, at any place and in any number."""
    unwanted: Mapping[str, frozenset[str]] = {}
    """Ids of the excluded moves, by figure or style."""
    moves: Mapping[str, frozenset[str]] = {}
    """Ids of the matching moves, by figure."""


class Slots(msgspec.Struct, frozen=True):
    """Reserved eight-counts: the only moves allowed on each, by their numbers."""

    moves: Mapping[int, tuple[int, ...]]
    lengths: Mapping[int, int]
    """Required number of eight-counts, if it matters."""
    meeting: frozenset[int] = frozenset()
    """Those moves that meet the wish; others are used only if there are none."""


def break_end(placements: Placements) -> int | None:
    """Return the eight-count after the quietest break of a song; None if there is no break."""
    sections: list[tuple[int, float]] = []
    for _, group in groupby(
        range(len(placements.slots)), key=lambda n: placements.slots[n].section
    ):
        slots = list(group)
        sections.append((slots[0], fmean(placements.slots[n].energy for n in slots)))
    breaks = [
        (energy, following[0])
        for before, (_, energy), following in zip(
            sections, sections[1:], sections[2:], strict=False
        )
        if energy <= min(before[1], following[1]) - _BREAK
    ]
    return min(breaks)[1] if breaks else None


def reserved(
    placements: Placements, requested: Requested, danceable: Iterable[int], locked: Iterable[int]
) -> Slots:
    """Reserve eight-counts for the requested figures; figures that do not fit are left out."""
    return _Reservation(placements, requested, danceable, locked).result()


class _Reservation:
    def __init__(
        self,
        placements: Placements,
        requested: Requested,
        danceable: Iterable[int],
        locked: Iterable[int],
    ) -> None:
        self._placements = placements
        self._requests = requested.requests
        self._numbers = {
            figure: tuple(n for n in danceable if placements.moves[n].id in ids)
            for figure, ids in requested.moves.items()
        }
        self._locked = set(locked)
        self._count = len(placements.slots)
        self._moves_by_slot: dict[int, tuple[int, ...]] = {}
        self._lengths: dict[int, int] = {}
        self._figures: dict[int, str] = {}

    def result(self) -> Slots:
        first, last = 0, self._count - 1
        for request in self._requests:
            if request.place is Place.FIRST:
                for _ in range(request.at_least):
                    first += self._take(request.figure, first)
        endings = [each for each in self._requests if each.place is Place.LAST]
        pieces = sum(each.at_least for each in endings)
        for request in reversed(endings):
            for _ in range(request.at_least):
                last -= self._take_last(request.figure, last, pieces == 1)
        after = break_end(self._placements)
        for request in self._requests:
            if request.place is Place.AFTER_BREAK and after is not None:
                self._take(request.figure, after)
        self._chain()
        for request in self._requests:
            self._repeat(request)
        return Slots(self._moves_by_slot, self._lengths)

    def _take_last(self, figure: str, last: int, whole: bool) -> int:
        """End with a figure, for two eight-counts if the figure and the song allow it."""
        if whole and last == self._count - 1 and self._take(figure, last - 1, LONGEST):
            return LONGEST
        return self._take(figure, last, 1)

    def _take(self, figure: str, slot: int, length: int | None = None) -> int:
        """Reserve eight-counts for a figure; return their number: 1, ``length``, or 0 if
        impossible.
        """
        span = length or 1
        if not 0 <= slot <= self._count - span:
            return 0
        if any(n in self._locked or n in self._moves_by_slot for n in range(slot, slot + span)):
            return 0
        moves = self._numbers.get(figure, ())
        if not self._placements.offers(slot, span, moves, anywhere=True):
            return 0
        self._moves_by_slot[slot], self._figures[slot] = moves, figure
        if length is not None:
            self._lengths[slot] = length
        return span

    def _chain(self) -> None:
        """Reserve a place soon after its predecessor for each figure that must follow another."""
        at = 0
        for index, request in enumerate(self._requests):
            following = self._requests[index + 1 : index + 2]
            leads = bool(following) and following[0].place is Place.THEN
            if request.place is Place.THEN or (request.place is None and leads):
                start = at + 2 if request.place is Place.THEN else 1
                slots = (n for n in (*range(start, self._count), start - 1))
                at = next((n for n in slots if n >= 0 and self._take(request.figure, n)), at)
            else:
                mine = [n for n, figure in self._figures.items() if figure == request.figure]
                at = min(mine, default=at)

    def _repeat(self, request: FigureRequest) -> None:
        """Distribute the missing repetitions of a figure over the song."""
        moves = set(self._numbers.get(request.figure, ()))
        have = sum(bool(moves.issuperset(options)) for options in self._moves_by_slot.values())
        missing = request.at_least - have
        for distance in (2, 1):
            room = [n for n in range(self._count) if self._is_free(n, distance)]
            room = [n for n in room if self._placements.offers(n, 1, tuple(moves), anywhere=True)]
            repetitions = min(max(missing, 0), len(room))
            spread = dict.fromkeys(room[(2 * k + 1) * len(room) // (2 * repetitions)]
                                   for k in range(repetitions))  # fmt: skip
            for slot in (*spread, *room):
                if missing > 0 and self._is_free(slot, distance):
                    missing -= self._take(request.figure, slot)

    def _is_free(self, slot: int, distance: int) -> bool:
        near = range(slot - distance + 1, slot + distance)
        covered = any(start < slot < start + length for start, length in self._lengths.items())
        return not covered and not any(n in self._moves_by_slot or n in self._locked for n in near)


def without_unwanted(
    placements: Placements, requested: Requested, danceable: Sequence[int]
) -> Sequence[int]:
    """Return the moves that are not excluded; if fewer than two remain, all moves."""
    return _without(placements, frozenset[str]().union(*requested.unwanted.values()), danceable)


def without_limited(
    placements: Placements, requested: Requested, open_: Sequence[int]
) -> Sequence[int]:
    """Return the moves that are no figure with a maximum number; if fewer than two remain, all."""
    limited = (each.figure for each in requested.requests if each.at_most is not None)
    ids = (requested.moves.get(figure, frozenset[str]()) for figure in limited)
    return _without(placements, frozenset[str]().union(*ids), open_)


def _without(
    placements: Placements, refused: frozenset[str], numbers: Sequence[int]
) -> Sequence[int]:
    rest = [number for number in numbers if placements.moves[number].id not in refused]
    middle = [number for number in rest if placements.moves[number].label not in (INTRO, OUTRO)]
    return rest if len(middle) >= _FEWEST else numbers


def unmet(
    placements: Placements,
    requested: Requested,
    danced: Sequence[tuple[int, str]],
    danceable: Iterable[int],
) -> list[ResultWarning]:
    """Return warnings about the requests that a dance does not meet, with reasons.

    ``danced`` are the moves of the dance in order: each with its first eight-count and its id.
    """
    ids = [move_id for _, move_id in danced]
    able = {placements.moves[number].id for number in danceable}
    warnings: list[ResultWarning] = []
    starts = [each for each in requested.requests if each.place is Place.FIRST]
    ends = [each for each in requested.requests if each.place is Place.LAST]
    for index, request in enumerate(requested.requests):
        moves = requested.moves.get(request.figure, frozenset())
        if reason := _impossible(request.figure, moves, able, placements):
            warnings.append(reason)
            continue
        match request.place:
            case Place.FIRST:
                skip = sum(each.at_least for each in starts[: starts.index(request)])
                met = _all_in(ids[skip : skip + request.at_least], moves, request.at_least)
            case Place.LAST:
                skip = sum(each.at_least for each in ends[ends.index(request) + 1 :])
                part = ids[: len(ids) - skip][-request.at_least :]
                met = _all_in(part, moves, request.at_least)
            case Place.AFTER_BREAK:
                at = break_end(placements)
                if at is None:
                    message = f"The song has no break to dance a {request.figure} after."
                    warnings.append(ResultWarning(WarningCode.FIGURE_MISPLACED, message))
                    continue
                met = any(slot == at and each in moves for slot, each in danced)
            case Place.THEN:
                before = requested.moves.get(requested.requests[index - 1].figure, frozenset())
                first = next((n for n, each in enumerate(ids) if each in before), len(ids))
                met = index == 0 or any(each in moves for each in ids[first + 1 :])
            case None:
                met = True
        if not met and request.place is not None:
            message = f"No {request.figure} could be danced {_PLACES[request.place]}."
            warnings.append(ResultWarning(WarningCode.FIGURE_MISPLACED, message))
        warnings += _miscounted(request, sum(each in moves for each in ids))
    placed = {each.figure for each in requested.requests}
    for figure in requested.figures:
        moves = requested.moves.get(figure, frozenset())
        if figure not in placed and not moves.intersection(ids):
            reason = _impossible(figure, moves, able, placements)
            message = f"No {figure} is danced, because none fits the song and the filters."
            warnings.append(reason or ResultWarning(WarningCode.FIGURE_MISSING, message))
    for what, moves in requested.unwanted.items():
        places = ", ".join(str(slot) for slot, each in danced if each in moves)
        if places:
            message = (
                f"An excluded move ({what}) is danced at {places}, because there are too few "
                "others."
            )
            warnings.append(ResultWarning(WarningCode.EXCLUDED_MOVE_DANCED, message))
    return list(dict.fromkeys(warnings))


def _impossible(
    figure: str, moves: frozenset[str], able: set[str], placements: Placements
) -> ResultWarning | None:
    if not moves:
        message = f"No move of the library is a {figure}."
    elif not moves & able:
        message = f"No {figure} of the library can be danced to this song at its tempo."
    else:
        return None
    return ResultWarning(WarningCode.FIGURE_MISSING, message)


def _all_in(part: Sequence[str], moves: frozenset[str], count: int) -> bool:
    return len(part) == count and all(each in moves for each in part)


def _miscounted(request: FigureRequest, count: int) -> list[ResultWarning]:
    figure = request.figure
    if count < request.at_least:
        message = f"The dance has {count} x {figure} instead of the requested {request.at_least}."
    elif request.at_most is not None and count > request.at_most:
        message = (
            f"The dance has {count} x {figure}, although at most {request.at_most} were requested."
        )
    else:
        return []
    return [ResultWarning(WarningCode.FIGURE_COUNT_DIFFERS, message)]
