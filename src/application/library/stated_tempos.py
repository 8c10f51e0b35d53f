"""Count the beats of a clip in the octave of the tempo that a list states."""

from typing import Final, Literal

import msgspec

from domain.library.corrections import Correction, corrected
from domain.library.songs import Analysis

_OCTAVE: Final = 0.12
"""Relative difference from a stated tempo for its double or half; lists contain rounded tempos."""
_OCTAVES: Final[tuple[Literal["double", "half"], ...]] = ("double", "half")


def in_octave(analysis: Analysis | None, stated: float | None) -> tuple[Analysis | None, str]:
    """Return the analysis counted near the stated tempo, and a note about the change.

    An analyzer mistakes double or half the tempo for the tempo more often than a person does.
    """
    if analysis is None or stated is None or not analysis.beats:
        return analysis, ""
    for level in _OCTAVES:
        counted = corrected(analysis, Correction(beats=level))
        if counted.beats and abs(counted.tempo / stated - 1) <= _OCTAVE:
            note = f" at {analysis.tempo:.1f} BPM and recounted to match the stated {stated:g} BPM"
            # The confidence stays, because no user has confirmed these beats.
            return msgspec.structs.replace(counted, confidence=analysis.confidence), note
    return analysis, ""
