"""A user's corrections of the beats of a song or a clip, which override the analysis."""

from collections.abc import Collection
from itertools import pairwise
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from domain.blueprint.model import DAY
from domain.library.beat_grids import laid, nearest
from domain.library.songs import Analysis
from domain.library.tapping import FEWEST_TAPS, tapped_beats
from domain.shared.violations import Violation

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
    shift: (
        Literal["half_beat"]
        | Annotated[
            float,
            Meta(
                ge=-2000,
                le=2000,
                description="Move all beats later, after the other fields are applied: by half a "
                "beat, or by milliseconds; a negative number moves them earlier.",
            ),
        ]
        | None
    ) = None
    taps: Annotated[
        tuple[Annotated[float, Meta(ge=0, le=DAY)], ...],
        Meta(
            max_length=1000,
            description="Seconds at which a person has tapped the beats, the first one on a '1'.",
        ),
    ] = ()
    reading: (
        Annotated[
            int,
            Meta(
                ge=2, le=9, description="Number of one of the analysis's readings; the only field."
            ),
        ]
        | None
    ) = None


class CorrectedAnalysis(Analysis, frozen=True, kw_only=True):
    """An analysis, and the correction that it includes."""

    correction: Correction | None = None
    """Null for the analysis alone. To take one field back, send the others again."""


def with_correction(analysis: Analysis, correction: Correction | None) -> CorrectedAnalysis:
    """Return the corrected analysis, and the correction apart; an empty one is none."""
    if correction is None or correction == Correction():
        return CorrectedAnalysis(**msgspec.structs.asdict(analysis))
    result = corrected(analysis, correction)
    return CorrectedAnalysis(**msgspec.structs.asdict(result), correction=correction)


def without(correction: Correction | None, names: Collection[str]) -> Correction:
    """Return a correction without some of its fields, by their names."""
    kept = msgspec.structs.asdict(correction or Correction())
    return Correction(**{name: value for name, value in kept.items() if name not in names})


def corrected(analysis: Analysis, correction: Correction) -> Analysis:
    """Return the analysis with a correction applied; its confidence is then 1.

    ``taps`` count the analysed beats as tapped, or replace them if they have another tempo;
    ``tempo`` replaces all beats with a regular grid through the most reliable "1"; ``beats``
    doubles or halves the beats; ``shift`` then moves them; ``one_at`` makes the nearest beat a "1".
    If both ``tempo`` and ``one_at`` are given, a ``shift`` by half a beat has no effect.
    """
    beats, one = counted(analysis, correction)
    if not beats:
        return analysis
    gaps = [later - beat for beat, later in pairwise(beats)]
    tempo = correction.tempo or (60 * len(gaps) / sum(gaps) if gaps else analysis.tempo)
    decided = correction.one_at is not None or bool(correction.taps)
    return msgspec.structs.replace(
        analysis,
        tempo=round(tempo, 2),
        other_tempo=other_octave(round(tempo, 2)),
        beats=tuple(beats),
        ones=tuple(beats[one % _EIGHT :: _EIGHT]),
        downbeats=tuple(beats[one % _BAR :: _BAR]),
        beat_energy=tuple(_energy(analysis, beat) for beat in beats),
        confidence=1.0,
        bar_confidence=1.0 if decided else analysis.bar_confidence,
        one_confidence=1.0 if decided else analysis.one_confidence,
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
    analysis = as_tapped(analysis, correction)
    beats, one = _levelled(analysis, correction)
    if correction.shift is None or not beats:
        return beats, one
    if correction.shift != "half_beat":
        moved, one = _later(beats, one, correction.shift / 1000, analysis.duration)
        return moved, one if correction.one_at is None else nearest(moved, correction.one_at)
    if correction.tempo is not None and correction.one_at is not None:
        return beats, one
    moved, one = _moved(
        beats, one, 60 / (correction.tempo or analysis.tempo or 60), analysis.duration
    )
    return moved, one if correction.one_at is None else nearest(moved, correction.one_at)


def as_tapped(analysis: Analysis, correction: Correction) -> Analysis:
    """Return the analysis counted as tapped; unchanged if the taps define no tempo."""
    if not correction.taps:
        return analysis
    choice = tapped_beats(correction.taps, analysis.beats, analysis.duration)
    if choice is None or not choice[0]:
        return analysis
    beats, one = choice
    gaps = [later - beat for beat, later in pairwise(beats)]
    tempo = 60 * len(gaps) / sum(gaps) if gaps else analysis.tempo
    return msgspec.structs.replace(
        analysis,
        tempo=round(tempo, 2),
        beats=tuple(beats),
        ones=tuple(beats[one % _EIGHT :: _EIGHT]),
    )


def faults(correction: Correction) -> tuple[Violation, ...]:
    """Return what is wrong with the taps, and what to do."""
    if not correction.taps:
        return ()
    if correction.tempo is not None:
        message = "Give `taps` or `tempo`, not both: the taps define the tempo."
        return (Violation(path="$.taps", message=message),)
    if tapped_beats(correction.taps, (), DAY) is None:
        message = (
            f"The {len(correction.taps)} taps define no tempo from 40 to 240 BPM; tap at least "
            f"{FEWEST_TAPS} beats in a row, the first one on a '1'."
        )
        return (Violation(path="$.taps", message=message),)
    return ()


def _later(
    beats: list[float], one: int, seconds: float, duration: float
) -> tuple[list[float], int]:
    """Return the beats later by ``seconds``, and the index of the "1".

    Where the first or last beats leave room, others take it.
    """
    moved = [beat + seconds for beat in beats]
    if len(beats) > 1:
        gap, end = beats[1] - beats[0], beats[-1] - beats[-2]
        while moved[0] - gap >= max(0.0, beats[0] - gap / 2):
            moved.insert(0, moved[0] - gap)
            one += 1
        while moved[-1] + end < min(duration, beats[-1] + end / 2):
            moved.append(moved[-1] + end)
    one -= sum(beat < 0 for beat in moved)
    within = [round(beat, 6) for beat in moved if 0 <= beat < duration]
    # The first "1" may have moved out, so another one follows by eights.
    one = one % _EIGHT if one < 0 else one
    return (within, min(one, len(within) - 1)) if within else (beats, 0)


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
    return (within, nearest(within, anchor)) if within else (beats, one)


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
    one = nearest(beats, anchor)
    if correction.beats == "half":
        beats = beats[one % 2 :: 2]
        one = nearest(beats, anchor)
    return [round(beat, 6) for beat in beats], one


def _energy(analysis: Analysis, moment: float) -> float:
    """Return the analysed energy at a moment, 0 to 1."""
    if analysis.beats and analysis.beat_energy:
        return analysis.beat_energy[nearest(list(analysis.beats), moment)]
    within = [each.energy for each in analysis.sections if each.start <= moment < each.end]
    return within[0] if within else 0.5
