"""Read the positions and the numbers of requested figures from the words of a text."""

from collections.abc import Sequence
from enum import Enum, auto

import msgspec

from domain.text_query.meanings import Place


class FigureRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request for a figure at a position, or a number of times."""

    figure: str
    place: Place | None = None
    at_least: int = 1
    at_most: int | None = None


class Kind(Enum):
    """The function of a word for the figures beside it."""

    FIGURE = auto()
    ORDER = auto()
    TIMES = auto()
    AND = auto()
    COMMA = auto()
    STOP = auto()


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """A word or phrase that concerns the order or the number of figures."""

    kind: Kind
    at: int
    """Index of its first word."""
    count: int = 0
    """Number of words."""
    figure: str = ""
    denied: bool = False
    place: Place | None = None
    either_side: bool = False
    """True if it may follow the figure that it belongs to."""
    at_least: int = 1
    at_most: int | None = None
    lost: bool = False
    """For a comma: True if a word between the last order and the comma is not understood."""


class Ordered(msgspec.Struct, frozen=True):
    """The requests, and the marks that belong to no figure."""

    requests: tuple[FigureRequest, ...]
    unused: tuple[Mark, ...]
    used: tuple[Mark, ...] = ()


def ordered(marks: Sequence[Mark]) -> Ordered:
    """Assign every order and every number to its figure."""
    return _Ordering([*marks, Mark(kind=Kind.STOP, at=-1)]).result()


class _Ordering:
    """A parser of marks, from the first to the last."""

    def __init__(self, marks: Sequence[Mark]) -> None:
        self._marks = marks
        self._places: dict[int, Place] = {}
        self._times: dict[int, Mark] = {}
        self._order: Mark | None = None
        """An order that has no figure yet."""
        self._number: Mark | None = None
        """A number that has no figure yet."""
        self._carried: Place | None = None
        """Position for figures that "and" joins to one that has this position."""
        self._unused: list[Mark] = []
        self._also: list[tuple[int, Place]] = []
        """Second positions of figures, as in "begin and end with a dip"."""
        self._second: Mark | None = None

    def result(self) -> Ordered:
        """Read all marks."""
        for index, mark in enumerate(self._marks):
            match mark.kind:
                case Kind.FIGURE:
                    self._figure(index)
                case Kind.ORDER:
                    self._ordering(index, mark)
                case Kind.TIMES:
                    self._counting(index, mark)
                case Kind.AND:
                    pass
                case Kind.COMMA if mark.lost:
                    self._stop()
                case Kind.COMMA:
                    self._carried = None
                case Kind.STOP:
                    self._stop()
        requests = [
            FigureRequest(
                figure=mark.figure,
                place=self._places.get(index),
                at_least=self._times[index].at_least if index in self._times else 1,
                at_most=self._times[index].at_most if index in self._times else None,
            )
            for index, mark in enumerate(self._marks)
            if mark.kind is Kind.FIGURE
            and not mark.denied
            and (index in self._places or index in self._times or self._leads(index))
        ]
        requests += [
            FigureRequest(figure=self._marks[index].figure, place=place)
            for index, place in self._also
            if self._is_wanted(index)
        ]
        used = tuple(mark for mark in self._marks if mark not in self._unused)
        return Ordered(tuple(requests), tuple(self._unused), used)

    def _leads(self, index: int) -> bool:
        """Return True if another figure is requested to follow this one."""
        later = (i for i in range(index + 1, len(self._marks)) if self._is_wanted(i))
        following = next(later, None)
        return following is not None and self._places.get(following) is Place.THEN

    def _is_wanted(self, index: int) -> bool:
        return self._marks[index].kind is Kind.FIGURE and not self._marks[index].denied

    def _figure(self, index: int) -> None:
        if self._number is not None:
            self._times[index], self._number = self._number, None
        if self._order is not None:
            place = self._order.place
            if place is Place.THEN and not any(map(self._is_wanted, range(index))):
                self._unused.append(self._order)
            elif place is not None:
                self._places[index] = self._carried = place
            self._order = None
            if self._second is not None and self._second.place is not None:
                self._also.append((index, self._second.place))
            self._second = None
        elif self._carried is not None and self._joined(index) and not self._claimed(index):
            self._places[index] = self._carried

    def _joined(self, index: int) -> bool:
        """Return True if "and" precedes a figure and its number."""
        before = index - 1
        while before >= 0 and self._marks[before].kind is Kind.TIMES:
            before -= 1
        return before >= 0 and self._marks[before].kind is Kind.AND

    def _claimed(self, index: int) -> bool:
        """Return True if an order word follows a figure and belongs to it."""
        after = self._marks[index + 1]
        beyond = self._marks[min(index + 2, len(self._marks) - 1)]
        return after.kind is Kind.ORDER and after.either_side and beyond.kind is not Kind.FIGURE

    def _ordering(self, index: int, mark: Mark) -> None:
        before = index - 1
        while before >= 0 and self._marks[before].kind is Kind.TIMES:
            before -= 1
        follows = before >= 0 and self._marks[before].kind is Kind.FIGURE
        if mark.either_side and follows and before not in self._places and mark.place is not None:
            after = self._marks[index + 1]
            if after.kind is not Kind.FIGURE or self._claimed(index + 1):
                alone = mark.place is Place.THEN and not any(map(self._is_wanted, range(before)))
                if alone:
                    self._unused.append(mark)
                else:
                    self._places[before] = mark.place
                self._carried = None
                return
        if self._order is None or self._order.place in (Place.THEN, mark.place):
            self._order = mark
        elif mark.place is not Place.THEN:
            if self._second is not None:
                self._unused.append(self._second)
            self._second, self._order = self._order, mark
        self._carried = None

    def _counting(self, index: int, mark: Mark) -> None:
        before = index - 1
        while before >= 0 and self._marks[before].kind in (Kind.ORDER, Kind.AND, Kind.COMMA):
            before -= 1
        follows = before >= 0 and self._marks[before].kind is Kind.FIGURE
        if before != index - 1 and self._marks[index + 1].kind is Kind.FIGURE:
            follows = False
        if mark.either_side and follows and before not in self._times:
            self._times[before] = mark
            return
        if self._number is not None:
            self._unused.append(self._number)
        self._number = mark

    def _stop(self) -> None:
        self._unused += [
            mark for mark in (self._order, self._second, self._number) if mark is not None
        ]
        self._order = self._second = self._number = self._carried = None
