"""A user's corrections of the beats of a song or a clip, which override the analysis."""

from bisect import bisect_left
from itertools import pairwise
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from domain.blueprint.model import DAY
from domain.library.songs import Analysis

_EIGHT: Final = 8
_BAR: Final = 4
_MIDDLE: Final = 100.0
"""BPM below which double is the likelier other way to count, and half from there on."""


class Correction(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Corrections of the beats of a song or a clip; an omitted field corrects nothing."""

    beats: Literal["double", "half"] | None = None
    """Double or halve the number of beats."""
    tempo: (
        Annotated[float, Meta(ge=40, le=240, description="Constant beats per minute.")] | None
    ) = None
    one_at: (
        Annotated[float, Meta(ge=0, le=DAY, description="Seconds; the nearest beat is a '1'.")]
        | None
    ) = None
    shift: Literal["half_beat"] | None = None
    """Move all beats by half a beat, after `beats` or `tempo` is applied."""


def corrected(analysis: Analysis, correction: Correction) -> Analysis:
    """Return the analysis with a correction applied; its confidence is then 1.

    ``tempo`` replaces all beats with a regular grid through the most reliable "1"; ``beats``
    doubles or halves the beats; ``shift`` then moves them by half a beat; ``one_at`` makes the
    nearest beat a "1". If both ``tempo`` and ``one_at`` are given, ``shift`` has no effect.
    """
    beats, one = counted(analysis, correction)
    if not beats:
        return analysis
    gaps = [later - beat for beat, later in pairwise(beats)]
    tempo = correction.tempo or (60 * len(gaps) / sum(gaps) if gaps else analysis.tempo)
    return msgspec.structs.replace(
        analysis,
        tempo=round(tempo, 2),
        other_tempo=other_octave(round(tempo, 2)),
        beats=tuple(beats),
        ones=tuple(beats[one % _EIGHT :: _EIGHT]),
        downbeats=tuple(beats[one % _BAR :: _BAR]),
        beat_energy=tuple(_energy(analysis, beat) for beat in beats),
        confidence=1.0,
    )


def other_octave(tempo: float) -> float | None:
    """Return half or double a tempo in beats per minute, whichever a dancer counts more likely.

    A tempo of 0, without a beat, has none.
    """
    if tempo <= 0:
        return None
    return round(tempo * 2 if tempo < _MIDDLE else tempo / 2, 2)


def counted(analysis: Analysis, correction: Correction) -> tuple[list[float], int]:
    """Return the corrected beats in seconds, and the index of one that is a "1"."""
    beats, one = _levelled(analysis, correction)
    if correction.shift is None or not beats:
        return beats, one
    if correction.tempo is not None and correction.one_at is not None:
        return beats, one
    moved, one = _moved(
        beats, one, 60 / (correction.tempo or analysis.tempo or 60), analysis.duration
    )
    return moved, one if correction.one_at is None else _nearest(moved, correction.one_at)


def _moved(beats: list[float], one: int, beat: float, duration: float) -> tuple[list[float], int]:
    """Return the beats half a beat later, and the index of the "1"; ``beat`` is the interval for a
    single beat.
    """
    gaps = [later - each for each, later in pairwise(beats)] or [beat]
    gaps.append(gaps[-1])
    moved = [each + gap / 2 for each, gap in zip(beats, gaps, strict=False)]
    anchor = moved[one]
    moved.insert(0, beats[0] - gaps[0] / 2)
    within = [round(each, 6) for each in moved if 0 <= each < duration]
    return (within, _nearest(within, anchor)) if within else (beats, one)


def _levelled(analysis: Analysis, correction: Correction) -> tuple[list[float], int]:
    """Return the beats after ``tempo`` or ``beats``, and the index of one that is a "1"."""
    anchor = correction.one_at
    if anchor is None:
        anchor = analysis.ones[0] if analysis.ones else analysis.beats[0] if analysis.beats else 0.0
    if correction.tempo is not None:
        return laid(anchor, 60 / correction.tempo, analysis.duration)
    beats = list(analysis.beats)
    if not beats:
        return [], 0
    if correction.beats == "double":
        middles = [(beat + later) / 2 for beat, later in pairwise(beats)]
        beats = sorted([*beats, *middles])
    one = _nearest(beats, anchor)
    if correction.beats == "half":
        beats = beats[one % 2 :: 2]
        one = _nearest(beats, anchor)
    return [round(beat, 6) for beat in beats], one


def laid(anchor: float, beat: float, duration: float) -> tuple[list[float], int]:
    """Return a grid of beats every ``beat`` seconds for ``duration`` seconds, and the index of the
    beat at ``anchor``.
    """
    before = int(anchor / beat)
    first = anchor - before * beat
    count = max(int((duration - first) / beat) + 1, 1)
    moments = [round(first + index * beat, 6) for index in range(count)]
    within = [moment for moment in moments if 0 <= moment < duration]
    return within, max(min(before, len(within) - 1), 0)


def _nearest(beats: list[float], moment: float) -> int:
    after = bisect_left(beats, moment)
    near = [index for index in (after - 1, after) if 0 <= index < len(beats)]
    return min(near, key=lambda index: abs(beats[index] - moment))


def _energy(analysis: Analysis, moment: float) -> float:
    """Return the analysed energy at a moment, 0 to 1."""
    if analysis.beats and analysis.beat_energy:
        return analysis.beat_energy[_nearest(list(analysis.beats), moment)]
    within = [each.energy for each in analysis.sections if each.start <= moment < each.end]
    return within[0] if within else 0.5
