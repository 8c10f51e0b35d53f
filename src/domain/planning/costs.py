"""The costs of a move at a place in a dance: each criterion as a number.

All costs are 0 or more, and 0 is best. Energy, style, words, difficulty, tempo, steps, proposal and
chance are added for every danced eight-count, the others once per move.
"""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Final

from domain.blueprint.model import Difficulty
from domain.library.moves import INTRO, LEVEL, OUTRO, Energy, Move, Style

Motion = Mapping[str, tuple[float, float]]
"""Amount of motion at a clip's start and end, 0 to 1, by the move's id."""

HARDNESS: Final = {level: rank for rank, level in enumerate(Difficulty)}

WINDOW: Final = 8
"""Number of previous moves within which a repetition has a cost."""

AGAIN: Final = (50.0, 2.4, 1.8, 1.2, 0.8, 0.6, 0.4, 0.3)
"""Cost of repeating a move after so many moves; an immediate repetition is the last resort."""

STEADY: Final = 0.025
"""Step error in seconds above which a shorter phrase is better."""

_ENERGY: Final = 4.0
_KIN, _STRANGE = 0.5, 1.1
_CALM: Final = (Style.ROMANTIC, Style.SENSUAL)
"""Styles that are danced close and slowly; the others are danced apart and briskly."""
_WORDS: Final = 1.2
PROPOSAL: Final = 1.2
"""Cost of any other move than the proposed one for an eight-count."""
_HARDER, _EASIER = 1.0, 0.25
TEMPO: Final = 2.0
"""Cost of a clip at double speed, if that were allowed."""
_STEPS: Final = 0.4
_DOUBT: Final = 1.0
_BROKEN_OFF: Final = 0.15
_JUMP: Final = 0.8
_UNKNOWN: Final = 0.25
"""Assumed difference in motion if a clip's motion is unknown."""
_ALIKE: Final = 0.25
_OUT_OF_PLACE: Final = 8.0
_CHANCE: Final = 0.2


def energy(level: Energy, of_section: float, wish: Energy | None) -> float:
    """Return the cost of a move's energy: the distance to the section's, or midway to the requested
    one.
    """
    target = of_section if wish is None else (of_section + LEVEL[wish]) / 2
    return _ENERGY * (LEVEL[level] - target) ** 2


def style(move: Move, wish: Style | None) -> float:
    """Return the cost of another style than the requested one; a related style costs less."""
    if wish in (None, move.style):
        return 0.0
    return _KIN if (move.style in _CALM) is (wish in _CALM) else _STRANGE


def words(move: Move, fit: Mapping[str, float] | None) -> float:
    """Return the cost of not matching the words; ``fit`` is 1 for a full match."""
    return 0.0 if fit is None else _WORDS * (1 - min(1.0, max(0.0, fit.get(move.id, 0.0))))


def difficulty(move: Move, wish: Difficulty | None) -> float:
    """Return the cost of a harder move than requested; an easier one also costs a little."""
    if wish is None:
        return 0.0
    above = HARDNESS[move.difficulty] - HARDNESS[wish]
    return _HARDER * above if above > 0 else -_EASIER * above


def tempo(rate: float) -> float:
    """Return the cost of a playback rate other than 1."""
    return TEMPO * abs(rate - 1)


def steps(error: float) -> float:
    """Return the cost of steps beside the song's beats, from the worst error in seconds."""
    return _STEPS * (error / STEADY) ** 2


def doubt(move: Move) -> float:
    """Return the cost of uncertain beats: the steps of the clip may fall between
    the song's beats.
    """
    return _DOUBT * move.doubt


def whole(broken_off: bool) -> float:
    """Return the cost of dancing only the first half of a figure."""
    return _BROKEN_OFF if broken_off else 0.0


def place(move: Move, first: bool, last: bool) -> float:
    """Return the cost of an opening or ending elsewhere, and of other moves in their places."""
    wrong = (move.label == INTRO) + (move.label == OUTRO)
    if first:
        wrong += 1 if move.label != INTRO else -1
    if last:
        wrong += 1 if move.label != OUTRO else -1
    return _OUT_OF_PLACE * wrong


def chances(seed: int, move: Move, slots: int) -> list[float]:
    """Return random costs for each eight-count, which make dances of different seeds differ."""
    random = Random(f"{seed} {move.id}")  # noqa: S311 - a dance, no secret
    return [_CHANCE * random.random() for _ in range(slots)]


def continuity(before: Move, move: Move, motion: Motion | None) -> float:
    """Return the cost of a jump between two moves, and of two figures of the same kind in a row."""
    jump = 0.0 if motion is None else _JUMP * _jump(before, move, motion)
    return jump + (_ALIKE if before.label == move.label else 0.0)


def apart(before: Move, move: Move, motion: Motion | None) -> float:
    """Return the difference between the end of a move and the start of the next, 0 to 1.

    Without motion it is 1 for two figures of the same kind, where the second starts again.
    """
    return float(before.label == move.label) if motion is None else _jump(before, move, motion)


def _jump(before: Move, move: Move, motion: Motion) -> float:
    if before.id not in motion or move.id not in motion:
        return _UNKNOWN
    return abs(motion[move.id][0] - motion[before.id][1])


def repetition(recent: Sequence[int], move: int) -> float:
    """Return the cost of a move that is among the ``recent`` ones, the latest last."""
    latest = recent[-WINDOW:][::-1]
    return sum(price for price, each in zip(AGAIN, latest, strict=False) if each == move)
