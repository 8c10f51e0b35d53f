"""What a person says of a song's time, which wins over what was heard."""

from bisect import bisect_left
from itertools import pairwise
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from domain.blueprint import DAY
from domain.music import Analysis

_EIGHT: Final = 8
_BAR: Final = 4


class Correction(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Corrections of a song's time; what is None is as it was heard."""

    beats: Literal["double", "half"] | None = None
    """Twice as many as were heard, or half as many."""
    tempo: (
        Annotated[float, Meta(ge=40, le=240, description="Beats a minute, all alike.")] | None
    ) = None
    one_at: (
        Annotated[float, Meta(ge=0, le=DAY, description="Seconds to a beat that is a '1'.")] | None
    ) = None


def corrected(heard: Analysis, correction: Correction) -> Analysis:
    """What was heard, as a person says it is; the beats a person names are taken for sure.

    ``tempo`` lays a beat of that tempo through the whole song, on the "1" that is known best;
    ``beats`` doubles or halves what was heard; ``one_at`` counts from the beat nearest to it.
    """
    beats, one = _beats(heard, correction)
    if not beats:
        return heard
    gaps = [later - beat for beat, later in pairwise(beats)]
    tempo = correction.tempo or (60 * len(gaps) / sum(gaps) if gaps else heard.tempo)
    return msgspec.structs.replace(
        heard,
        tempo=round(tempo, 2),
        beats=tuple(beats),
        ones=tuple(beats[one % _EIGHT :: _EIGHT]),
        downbeats=tuple(beats[one % _BAR :: _BAR]),
        beat_energy=tuple(_energy(heard, beat) for beat in beats),
        confidence=1.0,
    )


def _beats(heard: Analysis, correction: Correction) -> tuple[list[float], int]:
    """All beats, and the index of one that is a "1"."""
    anchor = correction.one_at
    if anchor is None:
        anchor = heard.ones[0] if heard.ones else heard.beats[0] if heard.beats else 0.0
    if correction.tempo is not None:
        return _laid(anchor, 60 / correction.tempo, heard.duration)
    beats = list(heard.beats)
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


def _laid(anchor: float, beat: float, duration: float) -> tuple[list[float], int]:
    before = int(anchor / beat)
    first = anchor - before * beat
    count = max(int((duration - first) / beat) + 1, 1)
    moments = [round(first + index * beat, 6) for index in range(count)]
    return [moment for moment in moments if 0 <= moment < duration], before


def _nearest(beats: list[float], moment: float) -> int:
    after = bisect_left(beats, moment)
    near = [index for index in (after - 1, after) if 0 <= index < len(beats)]
    return min(near, key=lambda index: abs(beats[index] - moment))


def _energy(heard: Analysis, moment: float) -> float:
    """The energy that was heard at a moment."""
    if heard.beats and heard.beat_energy:
        return heard.beat_energy[_nearest(list(heard.beats), moment)]
    within = [each.energy for each in heard.sections if each.start <= moment < each.end]
    return within[0] if within else 0.5
