"""The likely ways to count a song or a clip, and the corrections that choose them."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from domain.library.corrections import Correction, other_octave
from domain.library.moves import Move
from domain.library.songs import Analysis, Reading, ReadingKind
from domain.shared.errors import InvalidRequest
from domain.shared.violations import Violation

_OTHER_OCTAVE: Final = 0.65
_HALF_BEAT: Final = 0.15
_FAR_OCTAVE: Final = 0.05
"""Shares of songs with wrong beats that are right at the likelier of half and double the tempo,
half a beat later, and at the other of the two. Of 39 such songs and altered songs of five sources
these were 25, 2 (and 4 nearly) and 1; in the others the beats are only partly right.
"""
_LEAST: Final = 0.01
"""Minimum probability of a reading."""
CLOSE: Final = 0.5
"""Share of the first reading's probability from which on the second one is close."""
_CLIP_BARS: Final = (0.85, 0.05, 0.05, 0.05)
_CLIP_ONE: Final = 0.7
"""Probabilities of the bars and of the "1" of a clip, of which only those of beats are stored."""


class Chances(NamedTuple):
    """The probabilities of a count, each if the ones before it are right."""

    beats: float
    turns: Sequence[float]
    """(4,) that bars begin 0 to 3 beats later."""
    one: float


def likely_readings(tempo: float, chances: Chances) -> tuple[Reading, ...]:
    """Return the ways to count music of a tempo in beats per minute, the analysed one first.

    The others follow by falling probability. The probabilities add up to less than one.
    """
    beats, wrong = chances.beats, 1 - chances.beats
    double = (other_octave(tempo) or 0) > tempo
    near, far = _octaves(double=double)
    first = _reading("as_analyzed", beats * chances.turns[0] * chances.one)
    others = [
        _reading("other_one", beats * chances.turns[0] * (1 - chances.one), 4),
        *(_reading("bar_turned", beats * chances.turns[turn], turn) for turn in (1, 2, 3)),
        _reading(near, wrong * _OTHER_OCTAVE),
        _reading("half_beat_later", wrong * _HALF_BEAT),
        _reading(far, wrong * _FAR_OCTAVE),
    ]
    likely = [each for each in others if each.probability >= _LEAST]
    return (first, *sorted(likely, key=lambda each: -each.probability))


def clip_readings(move: Move) -> tuple[Reading, ...]:
    """Return the ways to count an uncorrected clip, as `likely_readings` does."""
    confidence = 1.0 if move.confidence is None else move.confidence
    return likely_readings(move.tempo, Chances(confidence, _CLIP_BARS, _CLIP_ONE))


def is_close(analysis: Analysis) -> bool:
    """Return True if another reading of a song is nearly as likely as the analysis.

    The confidence of a song that a user has corrected is 1.
    """
    if len(analysis.readings) < 2 or analysis.confidence == 1:
        return False
    first, second = analysis.readings[:2]
    return second.probability >= CLOSE * first.probability


def chosen(
    correction: Correction, readings: Sequence[Reading], beats: Sequence[float], one: float
) -> Correction:
    """Return a correction in which the number of a reading is replaced by what it corrects.

    ``beats`` are the analysed beats and ``one`` is the first "1", in seconds. Raises
    `InvalidRequest` for a number that is not there, and for one beside other corrections.
    """
    number = correction.reading
    if number is None:
        return correction
    if correction != Correction(reading=number):
        raise _refusal("A reading is a whole correction; omit the other fields.")
    if not 2 <= number <= len(readings):
        raise _refusal(
            f"There is no reading {number}; the analysis has {len(readings)}, and the first one is "
            "the analysis itself."
        )
    reading = readings[number - 1]
    match reading.kind:
        case "double" | "half":
            return Correction(beats=reading.kind)
        case "half_beat_later":
            return Correction(shift="half_beat")
        case _:
            return Correction(one_at=_later(beats, one, reading.beats_later))


def _later(beats: Sequence[float], one: float, count: int) -> float:
    """Return the time of the beat so many beats after a "1", or, at the end, of one before it."""
    at = min(range(len(beats)), key=lambda index: abs(beats[index] - one), default=0)
    for index in (at + count, at + count - 8):
        if 0 <= index < len(beats):
            return beats[index]
    gaps = [later - beat for beat, later in pairwise(beats)] or [0.5]
    return max(0.0, one + count * gaps[-1])


def _octaves(*, double: bool) -> tuple[Literal["double", "half"], Literal["double", "half"]]:
    return ("double", "half") if double else ("half", "double")


def _reading(
    kind: ReadingKind,
    probability: float,
    beats_later: int = 0,
) -> Reading:
    return Reading(kind=kind, probability=round(probability, 3), beats_later=beats_later)


def _refusal(message: str) -> InvalidRequest:
    return InvalidRequest((Violation(path="$.reading", message=message),))
