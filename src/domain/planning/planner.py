"""Choose the move for each eight-count of a song."""

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from domain.blueprint.model import BlueprintMove, Difficulty
from domain.library.moves import INTRO, OUTRO, Energy, Move, Style
from domain.library.songs import Analysis
from domain.planning import beam_search
from domain.planning.beam_search import Step
from domain.planning.candidates import Candidates, candidates
from domain.planning.costs import HARDNESS, Motion
from domain.planning.explanation import explained
from domain.planning.figure_slots import (
    Requested,
    reserved,
    unmet,
    without_limited,
    without_unwanted,
)
from domain.planning.fixed_slots import FixedSlots
from domain.planning.phrases import phrases
from domain.planning.placements import Placements, Preferences
from domain.shared.errors import NoMovesMatch
from domain.shared.result_warnings import ResultWarning, WarningCode, filter_dropped
from domain.shared.texts import Text

_FEWEST: Final = 6
"""Minimum number of moves; with fewer, they repeat within four and a filter is dropped."""

_ENDS: Final = {INTRO: "opening", OUTRO: "ending"}


Seed = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
Banned = Annotated[tuple[Text, ...], Meta(max_length=2000)]


class LockedMove(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A move that the dance must have on a given eight-count."""

    position: Annotated[int, Meta(ge=0, le=10_000, description="An eight-count, counted from 0.")]
    move_id: Text


Locked = Annotated[tuple[LockedMove, ...], Meta(max_length=500)]
"""A song of 15 minutes has fewer eight-counts."""


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """The requested properties of the dance; None means no preference."""

    difficulty: Difficulty | None = None
    """Maximum difficulty of the moves."""
    energy_level: Energy | None = None
    style: Style | None = None
    seed: int = 0
    """The same wish and seed give the same dance."""
    locked: tuple[LockedMove, ...] = ()
    banned: tuple[str, ...] = ()


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A dance, and warnings where it differs from the wish."""

    moves: tuple[BlueprintMove, ...]
    warnings: tuple[ResultWarning, ...] = ()


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """A phrase of a dance, and its candidate moves."""

    energy: float
    """Energy of the song, 0 to 1."""
    candidates: tuple[str, ...]
    """Ids of moves, the cheapest first."""


class Draft:
    """The best dance by the rules alone; a model may still propose other moves."""

    def __init__(
        self,
        analysis: Analysis,
        library: Sequence[Move],
        wish: Wish,
        *,
        fit: Mapping[str, float] | None = None,
        motion: Motion | None = None,
        requested: Requested | None = None,
        fixed: FixedSlots | None = None,
    ) -> None:
        """Take the arguments of `plan`; raises `NoMovesMatch`.

        With ``fixed``, the dance has its phrases instead of the song's, and no locks by position.
        """
        banned = set(wish.banned)
        moves = sorted((m for m in library if m.id not in banned), key=lambda move: move.id)
        self._wish, self._fixed = wish, fixed
        self._placements = placements = _placements(analysis, moves, wish, fit, motion, fixed)
        slots = range(len(placements.slots)) if fixed is None else fixed.open
        self._danceable = [
            n for n in range(len(moves)) if any(placements.fits(slot, n) for slot in slots)
        ]
        if not self._danceable and slots:
            raise NoMovesMatch(
                f"None of the {len(moves)} moves to choose from can be danced at "
                f"{analysis.tempo:.0f} BPM; add moves filmed within 15 % of that tempo."
            )
        self._requested = requested or Requested()
        numbers = without_unwanted(placements, self._requested, self._danceable)
        self._open = without_limited(placements, self._requested, numbers)
        self._meeting, self._dropped = _filtered(moves, numbers, wish)
        free = set(self._open)
        self._pool = [number for number in self._meeting if number in free]
        locked = [*(lock.position for lock in wish.locked), *(fixed.moves if fixed else ())]
        self._slots = msgspec.structs.replace(
            reserved(placements, self._requested, self._danceable, locked),
            meeting=frozenset(self._meeting),
        )
        self._candidates = self._offers(placements)
        self._steps = beam_search.search(self._candidates.offers, placements.joins)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The phrases of the dance in the order of the song, with the candidate moves of each."""
        return tuple(map(self._choice, self._steps))

    def plan(self, proposed: Sequence[str | None] = ()) -> Plan:
        """Return the dance; moves ``proposed`` for its `choices` change the costs.

        Departing from a proposal has a cost; breaking a rule costs the same as always. A proposal
        that is not a candidate has no effect.
        """
        placements, options, steps = self._placements, self._candidates, self._steps
        by_slot = self._by_slot(proposed)
        if any(number is not None for number in by_slot):
            placements = placements.proposing(by_slot)
            options = self._offers(placements)
            steps = beam_search.search(options.offers, placements.joins)
        kept: Mapping[int, BlueprintMove] = self._fixed.kept if self._fixed else {}
        moves = explained(placements, steps, options.offers, self._pool, self._danceable, kept=kept)
        settled = {lock.position for lock in self._wish.locked} | self._numbers.keys()
        beyond = _beyond(placements, steps, self._meeting, settled)
        danced = [(step.slot, placements.moves[step.move].id) for step in steps]
        requests_unmet = unmet(placements, self._requested, danced, self._danceable)
        warnings = (*self._dropped, *options.unmet, *beyond, *requests_unmet)
        return Plan(moves=tuple(moves), warnings=warnings)

    def _offers(self, placements: Placements) -> Candidates:
        locked = {lock.position: lock.move_id for lock in self._wish.locked}
        numbers = self._numbers
        try:
            return candidates(placements, self._pool, self._open, locked, self._slots, numbers)
        except NoMovesMatch:
            if len(self._open) == len(self._danceable):
                raise
            return candidates(placements, self._pool, self._danceable, locked, self._slots, numbers)

    @property
    def _numbers(self) -> dict[int, int]:
        """The number of the only move of each slot that has one already."""
        if self._fixed is None:
            return {}
        numbers = {move.id: number for number, move in enumerate(self._placements.moves)}
        return {slot: numbers[move.id] for slot, move in self._fixed.moves.items()}

    def _choice(self, step: Step) -> Choice:
        phrase = self._placements.phrase(step.slot, step.length)
        offers = self._candidates.offers[step.slot][step.length]
        return Choice(
            energy=phrase.energy if phrase else 0.0,
            candidates=tuple(self._placements.moves[number].id for _, number in offers),
        )

    def _by_slot(self, proposed: Sequence[str | None]) -> list[int | None]:
        """Return the number of the proposed move for each eight-count."""
        numbers = {move.id: number for number, move in enumerate(self._placements.moves)}
        by_slot: list[int | None] = [None] * len(self._placements.slots)
        for step, choice, move_id in zip(self._steps, self.choices, proposed, strict=False):
            if move_id is not None and move_id in choice.candidates:
                by_slot[step.slot : step.slot + step.length] = [numbers[move_id]] * step.length
        return by_slot


def plan(
    analysis: Analysis,
    library: Sequence[Move],
    wish: Wish,
    *,
    fit: Mapping[str, float] | None = None,
    motion: Motion | None = None,
    requested: Requested | None = None,
) -> Plan:
    """Choose a move for every eight-count of a song, on its "1", from start to end.

    Each clip enters at one of its own "1"s and plays so that its counts coincide with the song's.
    No move follows itself if there is another. ``fit`` is the match of moves with the requested
    words, 0 to 1, and ``motion`` the amount of motion at the start and the end of their clips, 0 to
    1, each by the move's id. ``requested`` figures are placed as requested, and excluded ones left
    out, or `Plan.warnings` say why not. The order of the library has no effect. Raises
    `NoMovesMatch`.
    """
    return Draft(analysis, library, wish, fit=fit, motion=motion, requested=requested).plan()


def _placements(
    analysis: Analysis,
    moves: Sequence[Move],
    wish: Wish,
    fit: Mapping[str, float] | None,
    motion: Motion | None,
    fixed: FixedSlots | None,
) -> Placements:
    """Return the placements; remainders at the song's ends stand alone if no move fits them."""
    preferences = Preferences(
        difficulty=wish.difficulty,
        energy_level=wish.energy_level,
        style=wish.style,
        seed=wish.seed,
        fit=fit,
        motion=motion,
    )
    if fixed is not None:
        ids = {move.id for move in moves}
        others = {move.id: move for move in fixed.moves.values() if move.id not in ids}
        return Placements(
            fixed.slots, [*moves, *others.values()], analysis.beats, preferences, fixed.numbers
        )
    placements = Placements(phrases(analysis), moves, analysis.beats, preferences)
    ends = (0, len(placements.slots) - 1)
    if all(any(placements.fits(slot, number) for number in range(len(moves))) for slot in ends):
        return placements
    return Placements(phrases(analysis, join_scraps=False), moves, analysis.beats, preferences)


def _filtered(
    moves: Sequence[Move], danceable: Sequence[int], wish: Wish
) -> tuple[list[int], list[ResultWarning]]:
    """Return the moves that meet the wish; filters are dropped in order until there are enough."""
    wishes = {"energy_level": wish.energy_level, "style": wish.style, "difficulty": wish.difficulty}
    warnings: list[ResultWarning] = []
    enough = min(_FEWEST, sum(_middle(moves[number]) for number in danceable))
    for relaxed in (None, "energy_level", "style", "difficulty"):
        if relaxed is not None:
            if wishes[relaxed] is None:
                continue
            warnings.append(filter_dropped(enough, relaxed, str(wishes[relaxed])))
            wishes[relaxed] = None
        numbers = [number for number in danceable if _meets(moves[number], wishes)]
        if sum(_middle(moves[number]) for number in numbers) >= enough:
            return numbers, warnings
    return list(danceable), warnings


def _middle(move: Move) -> bool:
    return move.label not in (INTRO, OUTRO)


def _meets(move: Move, wishes: Mapping[str, object]) -> bool:
    hardest = wishes["difficulty"]
    if isinstance(hardest, Difficulty) and HARDNESS[move.difficulty] > HARDNESS[hardest]:
        return False
    # Every dance has an opening and an ending, of any energy and style.
    return not _middle(move) or (
        wishes["energy_level"] in (None, move.energy_level)
        and wishes["style"] in (None, move.style)
    )


def _beyond(
    placements: Placements, steps: Sequence[Step], pool: Sequence[int], locked: Collection[int]
) -> list[ResultWarning]:
    """Return messages about moves that do not meet the wish but are needed."""
    meeting = set(pool)
    beyond = [step for step in steps if step.move not in meeting and step.slot not in locked]
    ends = [step for step in beyond if not _middle(placements.moves[step.move])]
    warnings = [
        ResultWarning(
            WarningCode.HARDER_MOVE_DANCED,
            f"No {_ENDS[placements.moves[step.move].label]} of the requested difficulty fits the "
            "song, so a harder one is danced.",
        )
        for step in ends
    ]
    places = ", ".join(str(step.slot) for step in beyond if step not in ends)
    if places:
        message = (
            f"No move that matches the filters fits the song at the eight-counts {places}, so "
            "others are danced there."
        )
        warnings.append(ResultWarning(WarningCode.MOVES_OUTSIDE_FILTERS, message))
    return warnings
