"""What a move costs in its place: each reason to choose or to leave it, as a number.

All are 0 or more, and 0 is best. Energy, style, words, difficulty, tempo, steps, proposal and
chance are counted for every eight-count that is danced, the others once a move.
"""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Final

from domain.blueprint.model import Difficulty
from domain.library.moves import INTRO, LEVEL, OUTRO, Energy, Move, Style

Motion = Mapping[str, tuple[float, float]]
"""How much is going on at a clip's start and at its end, 0 to 1, by the move's id."""

HARDNESS: Final = {level: rank for rank, level in enumerate(Difficulty)}

WINDOW: Final = 8
"""Moves back within which a repetition costs."""

AGAIN: Final = (50.0, 2.4, 1.8, 1.2, 0.8, 0.6, 0.4, 0.3)
"""Cost of a move that was danced so many moves before; at once, only where there is no other."""

STEADY: Final = 0.025
"""Seconds by which a step may miss the song's before a shorter phrase is better."""

_ENERGY: Final = 4.0
_KIN, _STRANGE = 0.5, 1.1
_CALM: Final = (Style.ROMANTIC, Style.SENSUAL)
"""Styles that are danced close and slowly; the others are danced apart and briskly."""
_WORDS: Final = 1.2
PROPOSAL: Final = 1.2
"""Cost of any other move than the one that was proposed for an eight-count."""
_HARDER, _EASIER = 1.0, 0.25
TEMPO: Final = 2.0
"""Cost of a clip that plays twice as fast as it was filmed, were that allowed."""
_STEPS: Final = 0.4
_DOUBT: Final = 1.0
_BROKEN_OFF: Final = 0.15
_JUMP: Final = 0.8
_UNKNOWN: Final = 0.25
"""A difference in motion to reckon with where a clip's motion is not known."""
_ALIKE: Final = 0.25
_OUT_OF_PLACE: Final = 8.0
_CHANCE: Final = 0.2


def energy(level: Energy, of_section: float, asked: Energy | None) -> float:
    """How far a move's energy is from the section's, or from midway to the one asked for."""
    wanted = of_section if asked is None else (of_section + LEVEL[asked]) / 2
    return _ENERGY * (LEVEL[level] - wanted) ** 2


def style(move: Move, asked: Style | None) -> float:
    """Another style than the one asked for; less for one that is akin to it."""
    if asked in (None, move.style):
        return 0.0
    return _KIN if (move.style in _CALM) is (asked in _CALM) else _STRANGE


def words(move: Move, fit: Mapping[str, float] | None) -> float:
    """How badly a move meets the words asked for; ``fit`` is 1 where it meets them wholly."""
    return 0.0 if fit is None else _WORDS * (1 - min(1.0, max(0.0, fit.get(move.id, 0.0))))


def difficulty(move: Move, asked: Difficulty | None) -> float:
    """Harder than what was asked for; a little, too, for being easier."""
    if asked is None:
        return 0.0
    above = HARDNESS[move.difficulty] - HARDNESS[asked]
    return _HARDER * above if above > 0 else -_EASIER * above


def tempo(rate: float) -> float:
    """A clip that plays faster or slower than it was filmed; as a ratio."""
    return TEMPO * abs(rate - 1)


def steps(error: float) -> float:
    """Steps beside the song's beats, by the seconds the worst misses."""
    return _STEPS * (error / STEADY) ** 2


def doubt(move: Move) -> float:
    """A clip of which it is not sure where its beats are: its steps may fall between the song's."""
    return _DOUBT * move.doubt


def whole(broken_off: bool) -> float:
    """A figure of which only the first half is danced."""
    return _BROKEN_OFF if broken_off else 0.0


def place(move: Move, first: bool, last: bool) -> float:
    """An opening or an ending elsewhere, and any other move in their places."""
    wrong = (move.label == INTRO) + (move.label == OUTRO)
    if first:
        wrong += 1 if move.label != INTRO else -1
    if last:
        wrong += 1 if move.label != OUTRO else -1
    return _OUT_OF_PLACE * wrong


def chances(seed: int, move: Move, slots: int) -> list[float]:
    """What tells one seed from another, for each eight-count of the song."""
    random = Random(f"{seed} {move.id}")  # noqa: S311 - a dance, no secret
    return [_CHANCE * random.random() for _ in range(slots)]


def continuity(before: Move, move: Move, motion: Motion | None) -> float:
    """A jump from how one move ends to how the next begins; the same kind of figure again."""
    jump = 0.0 if motion is None else _JUMP * _jump(before, move, motion)
    return jump + (_ALIKE if before.label == move.label else 0.0)


def apart(before: Move, move: Move, motion: Motion | None) -> float:
    """How far a move's beginning is from the end of the one before, 0 to 1.

    Without motion, 1 between two of one kind, of which the second begins anew what was just over.
    """
    return float(before.label == move.label) if motion is None else _jump(before, move, motion)


def _jump(before: Move, move: Move, motion: Motion) -> float:
    if before.id not in motion or move.id not in motion:
        return _UNKNOWN
    return abs(motion[move.id][0] - motion[before.id][1])


def repetition(recent: Sequence[int], move: int) -> float:
    """A move that is among the ``recent``, of which the latest is last."""
    latest = recent[-WINDOW:][::-1]
    return sum(price for price, each in zip(AGAIN, latest, strict=False) if each == move)
