"""The possible placements of moves on the eight-counts of a song, with their costs."""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from typing import Final

import msgspec

from domain.blueprint.model import Difficulty
from domain.library.moves import INTRO, OUTRO, Energy, Move, Style
from domain.planning import costs
from domain.planning.beam_search import Offer
from domain.planning.clip_alignment import FASTEST, SLOWEST, Alignment, Counts, sway, truest
from domain.planning.costs import Motion
from domain.planning.phrases import Phrase

LONGEST: Final = 2
"""Maximum eight-counts of one move."""

_MOST_OFFERS: Final = 24
"""Number of offers of an eight-count that the search follows; the repetition
window is eight moves.
"""

_PRICED: Final = 48
"""Number of cheapest offers for which the step cost is computed."""

_NOISE: Final = 0.005
"""Seconds by which a longer phrase may be less steady than its parts."""


class Preferences(msgspec.Struct, frozen=True, kw_only=True):
    """The preferences that decide between possible moves."""

    difficulty: Difficulty | None = None
    energy_level: Energy | None = None
    style: Style | None = None
    seed: int = 0
    fit: Mapping[str, float] | None = None
    """Match of each move with the requested words, 0 to 1, by its id."""
    motion: Motion | None = None


class Placements:
    """A song's eight-counts and the moves of a library; methods identify moves by their number."""

    def __init__(
        self,
        slots: Sequence[Phrase],
        moves: Sequence[Move],
        beats: Sequence[float],
        preferences: Preferences,
        numbers: Sequence[int] | None = None,
    ) -> None:
        """Take the song's eight-counts and beats, and the moves.

        ``numbers`` choose each eight-count's chances; by default they are those from 0 on.
        """
        self.slots = slots
        self.moves = moves
        self._beats = beats
        self._preferences = preferences
        self._counts = [Counts(move) for move in moves]
        self._standing = [
            costs.style(move, preferences.style)
            + costs.words(move, preferences.fit)
            + costs.difficulty(move, preferences.difficulty)
            + costs.doubt(move)
            for move in moves
        ]
        self._long = [move.eight_counts >= LONGEST for move in moves]
        self._roles = [move.label if move.label in (INTRO, OUTRO) else "" for move in moves]
        self._levels = [move.energy_level for move in moves]
        numbers = range(len(slots)) if numbers is None else numbers
        most = max(numbers, default=-1) + 1
        chances = (costs.chances(preferences.seed, move, most) for move in moves)
        by_number = list(zip(*chances, strict=True))
        self._chances = [by_number[number] for number in numbers] if by_number else []
        self._joined: dict[tuple[int, int], Phrase | None] = {}
        self._sways: dict[Phrase, tuple[float, ...]] = {}
        self._alignments: dict[tuple[float, float], list[list[Alignment]]] = {}
        self._lengths: dict[tuple[float, float], list[float]] = {}
        self._onces: dict[tuple[int, bool, bool], list[float]] = {}
        self._joins: dict[int, list[float]] = {}
        self._energies: dict[float, dict[Energy, float]] = {}
        self._proposed: tuple[int | None, ...] = (None,) * len(slots)

    def proposing(self, moves: Sequence[int | None]) -> "Placements":
        """Return a copy in which moves other than the proposed ones cost more.

        ``moves`` has one entry for every eight-count; None means no proposal.
        """
        placements = copy(self)
        placements._proposed = tuple(moves)
        return placements

    def phrase(self, slot: int, length: int) -> Phrase | None:
        """Return consecutive eight-counts as one phrase; None if they cannot be one.

        A phrase does not cross into another section, nor over an omitted or inserted bar, nor where
        its steps would miss a drifting song's beats more than those of its parts.
        """
        key = (slot, length)
        if key not in self._joined:
            self._joined[key] = self._one_phrase(self.slots[slot : slot + length], length)
        return self._joined[key]

    def _one_phrase(self, run: Sequence[Phrase], length: int) -> Phrase | None:
        if len(run) < length:
            return None
        if length == 1:
            return run[0]
        first, last = run[0], run[-1]
        eights = [(slot.count + slot.beats) / 8 for slot in run[:-1]]
        if any(slot.section != first.section for slot in run) or any(
            abs(each - round(each)) > 1e-3 for each in eights
        ):
            return None
        whole = msgspec.structs.replace(
            first, end=last.end, beats=sum(slot.beats for slot in run), eight_counts=length
        )
        parts = max(self.unsteadiness(slot) for slot in run)
        drifts = self.unsteadiness(whole) > max(costs.STEADY, parts + _NOISE)
        return None if drifts else whole

    def unsteadiness(self, phrase: Phrase) -> float:
        """Return the maximum distance of a beat of the song from even beats, in seconds."""
        return max(map(abs, self._sway(phrase)), default=0.0)

    def _sway(self, phrase: Phrase) -> tuple[float, ...]:
        if phrase not in self._sways:
            self._sways[phrase] = sway(phrase, self._beats)
        return self._sways[phrase]

    def offers(
        self, slot: int, length: int, pool: Iterable[int], anywhere: bool = False
    ) -> list[Offer]:
        """Return the cheapest of ``pool`` that can be danced to a phrase, cheapest first.

        Openings and endings are offered only in their places, unless ``anywhere`` is set.
        """
        phrase = self.phrase(slot, length)
        if phrase is None:
            return []
        first, last = slot == 0, slot + length == len(self.slots)
        roles = {"", INTRO if first else "", OUTRO if last else ""}
        rows = [number for number in pool if anywhere or self._roles[number] in roles]
        quick = self._quick(phrase, slot, rows, first, last)
        if any(each is not None for each in self._proposed[slot : slot + length]):
            quick = [(cost + self._departure(slot, length, each), each) for cost, each in quick]
        quick.sort()
        return sorted(self._walked(phrase, quick[:_PRICED]))[:_MOST_OFFERS]

    def fits(self, slot: int, number: int) -> bool:
        """Return True if a move fits an eight-count within the limits of the playback rate."""
        phrase = self.slots[slot]
        ways, seconds = self._footing(phrase)[number], phrase.end - phrase.start
        return bool(ways) and SLOWEST <= ways[0].span / seconds <= FASTEST

    def can_be_danced(self, number: int) -> bool:
        """Return True if a move fits any eight-count of the song."""
        return any(self.fits(slot, number) for slot in range(len(self.slots)))

    def _quick(
        self, phrase: Phrase, slot: int, pool: Iterable[int], first: bool, last: bool
    ) -> list[Offer]:
        """Return offers with all costs except that of the steps."""
        seconds, length = phrase.end - phrase.start, phrase.eight_counts
        shortest, longest = SLOWEST * seconds, FASTEST * seconds
        energies, spans, chances = self._energy(phrase), self._spans(phrase), self._chances[slot]
        standing, levels, once = self._standing, self._levels, self._once(length, first, last)
        return [
            (
                length
                * (
                    standing[number]
                    + energies[levels[number]]
                    + chances[number]
                    + costs.TEMPO * abs(span / seconds - 1)
                )
                + once[number],
                number,
            )
            for number in pool
            if shortest <= (span := spans[number]) <= longest
        ]

    def _departure(self, slot: int, length: int, number: int) -> float:
        others = [each for each in self._proposed[slot : slot + length] if each is not None]
        return costs.PROPOSAL * sum(each != number for each in others)

    def _once(self, length: int, first: bool, last: bool) -> list[float]:
        """Return the cost of each move that applies once per placement."""
        key = (length, first, last)
        if key not in self._onces:
            self._onces[key] = [
                costs.place(move, first, last) + costs.whole(length < LONGEST and long)
                for move, long in zip(self.moves, self._long, strict=True)
            ]
        return self._onces[key]

    def _walked(self, phrase: Phrase, quick: Sequence[Offer]) -> list[Offer]:
        """Return the offers with the cost of their steps added."""
        seconds, length = phrase.end - phrase.start, phrase.eight_counts
        songs, alignments = self._sway(phrase), self._footing(phrase)
        steady = costs.steps(self.unsteadiness(phrase))
        offers: list[Offer] = []
        for cost, number in quick:
            ways = alignments[number]
            if not ways[0].sway:
                offers.append((cost + length * steady, number))
                continue
            alignment, error = truest(ways, phrase, songs)
            each = costs.steps(error)
            if alignment is not ways[0]:
                each += costs.tempo(alignment.span / seconds) - costs.tempo(ways[0].span / seconds)
            offers.append((cost + length * each, number))
        return offers

    def _energy(self, phrase: Phrase) -> dict[Energy, float]:
        if phrase.energy not in self._energies:
            preference = self._preferences.energy_level
            self._energies[phrase.energy] = {
                level: costs.energy(level, phrase.energy, preference) for level in Energy
            }
        return self._energies[phrase.energy]

    def _footing(self, phrase: Phrase) -> list[list[Alignment]]:
        key = (round(phrase.count, 6), round(phrase.beats, 6))
        if key not in self._alignments:
            self._alignments[key] = [counts.alignments(*key) for counts in self._counts]
        return self._alignments[key]

    def _spans(self, phrase: Phrase) -> list[float]:
        """Return the seconds of each clip that a phrase uses; 0 if the clip is too short."""
        key = (round(phrase.count, 6), round(phrase.beats, 6))
        if key not in self._lengths:
            self._lengths[key] = [ways[0].span if ways else 0.0 for ways in self._footing(phrase)]
        return self._lengths[key]

    def alignment(self, phrase: Phrase, number: int) -> tuple[Alignment, float]:
        """Return the entry point of a fitting move for a phrase, and its step error."""
        return truest(self._footing(phrase)[number], phrase, self._sway(phrase))

    def terms(self, slot: int, phrase: Phrase, number: int) -> dict[str, float]:
        """Return the costs of a fitting move for a phrase, by name."""
        move, length, preferences = self.moves[number], phrase.eight_counts, self._preferences
        alignment, error = self.alignment(phrase, number)
        return {
            "energy": length * self._energy(phrase)[move.energy_level],
            "style": length * costs.style(move, preferences.style),
            "words": length * costs.words(move, preferences.fit),
            "difficulty": length * costs.difficulty(move, preferences.difficulty),
            "tempo": length * costs.tempo(alignment.span / (phrase.end - phrase.start)),
            "steps": length * costs.steps(error),
            "doubt": length * costs.doubt(move),
            "whole": costs.whole(length < LONGEST and self._long[number]),
            "proposal": self._departure(slot, length, number),
            "place": costs.place(move, slot == 0, slot + length == len(self.slots)),
            "chance": length * self._chances[slot][number],
        }

    def joins(self, before: int) -> Sequence[float]:
        """Return the cost of each move directly after ``before``."""
        if before not in self._joins:
            motion, one = self._preferences.motion, self.moves[before]
            self._joins[before] = [costs.continuity(one, move, motion) for move in self.moves]
        return self._joins[before]
