"""Beats that clips share because they were filmed to the same recording."""

from bisect import bisect_left
from itertools import pairwise
from math import log2
from statistics import median
from typing import Final

import msgspec

from domain.library.moves import UNSURE, Move

SoundPrint = bytes
"""Fingerprint of a clip's sound; empty for a silent clip."""

_FEWEST: Final = 4
_NEAR: Final = 0.12
"""Difference of two tempos in octaves, 8 %, up to which two clips may have the same recording."""
_EIGHT: Final = 8


class Alignment(msgspec.Struct, frozen=True, kw_only=True):
    """Two clips with the same recording."""

    offset: float
    """Seconds in the first clip at which the second one starts; negative if it starts earlier."""
    quality: float
    """Certainty of the alignment, 0 to 1."""


def lends(surer: Move, unsure: Move) -> bool:
    """Return True if the beats of one clip may replace those of another in the same recording."""
    return (
        unsure.correction is None
        and unsure.doubt > 0
        and surer.id != unsure.id
        and surer.confidence is not None
        and surer.confidence >= UNSURE
        and len(surer.beats) >= _FEWEST
    )


def comparable(surer: Move, unsure: Move) -> bool:
    """Return True if one clip may lend its beats to another, by their tempos or half or double."""
    octaves = log2(surer.tempo / unsure.tempo)
    return lends(surer, unsure) and abs(octaves - round(octaves)) <= _NEAR and abs(octaves) < 1.5


def with_beats_of(surer: Move, unsure: Move, alignment: Alignment) -> Move | None:
    """Return ``unsure`` with the beats of ``surer``, in which it starts at the offset.

    The beats go on at the surer clip's tempo beyond its ends. The confidence is the surer clip's,
    times the quality of the alignment; None if that is no more than the unsure clip's own.
    """
    confidence = round((surer.confidence or 0) * alignment.quality, 3)
    if not lends(surer, unsure) or confidence <= (unsure.confidence or 0):
        return None
    beat = median(later - each for each, later in pairwise(surer.beats))
    beats = [each - alignment.offset for each in surer.beats]
    one = _nearest(beats, surer.first_count - alignment.offset)
    while beats[0] - beat >= 0:
        beats.insert(0, beats[0] - beat)
        one += 1
    while beats[-1] + beat < unsure.duration:
        beats.append(beats[-1] + beat)
    indices = [at for at, each in enumerate(beats) if 0 <= each < unsure.duration]
    if len(indices) < _FEWEST:
        return None
    # The first "1" within the clip is a whole number of eight-counts from that of the other clip.
    first = indices[0] + (one - indices[0]) % _EIGHT
    if first > indices[-1]:
        return None
    return msgspec.structs.replace(
        unsure,
        beats=tuple(round(beats[at], 6) for at in indices),
        first_count=round(beats[first], 6),
        tempo=surer.tempo,
        confidence=confidence,
        beats_from=surer.id,
    )


def _nearest(beats: list[float], moment: float) -> int:
    after = bisect_left(beats, moment)
    near = [index for index in (after - 1, after) if 0 <= index < len(beats)]
    return min(near, key=lambda index: abs(beats[index] - moment))
