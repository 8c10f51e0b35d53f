"""Cues for the first beat of a bar: changes in the music at bar lines."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from adapters.listening.novelty import apart, standard
from adapters.listening.spectral_features import SpectralFeatures

Array = NDArray[np.float32]
Times = NDArray[np.float64]
Places = NDArray[np.int64]

BAR: Final = 4

_SURE: Final = 0.98
"""Maximum P(downbeat); values beyond it, or below its complement, add no information."""

_MOST: Final = 4.0
"""Maximum weight of a change, in multiples of its root mean square, so that one event cannot
decide.
"""

_AUDIBLE: Final = 1.0
"""Minimum variation of a band's level, in decibels, for its full weight."""

_STILL_SOUND: Final = 1.9
_STILL_HARMONY: Final = 0.17
_STILL_LOUDNESS: Final = 1.2
"""Minimum root mean square of a song's changes for normalising them: that of the synthetic song
with the least change. In a loop of one bar, changes are random.
"""


class DownbeatCues(NamedTuple):
    """Cues for each beat of a song, each (beats,)."""

    network: Times
    """Log odds of a downbeat by the network."""
    sound: Times
    """Squared change of the levels of forty bands from one bar to the next; this and the following
    have a mean of about one.
    """
    harmony: Times
    """Squared change of the twelve tones from one bar to the next."""
    loudness: Times
    """Squared step of loudness from one beat to the next, minus the usual one at its place."""
    chord: Times
    """Squared change of the twelve tones from one beat to the next."""


def downbeat_cues(
    places: Places, downbeat: Array, spectrum: SpectralFeatures, beats: Times
) -> DownbeatCues:
    """Return the cues of a song's beats, from their places in bars (beats,) and P(downbeat)
    (beats,).
    """
    loudness, levels, harmony = spectrum.between(np.append(beats, 2 * beats[-1] - beats[-2]))
    likely = np.clip(downbeat, 1 - _SURE, _SURE).astype(np.float64)
    return DownbeatCues(
        network=np.log(likely / (1 - likely)),
        sound=_clear_changes(apart(standard(levels, _AUDIBLE), BAR), _STILL_SOUND),
        harmony=_clear_changes(apart(harmony, BAR), _STILL_HARMONY),
        loudness=_clear_changes(_steps(loudness, places), _STILL_LOUDNESS),
        chord=_clear_changes(apart(harmony, 1), _STILL_HARMONY),
    )


def _clear_changes(change: Array, least: float) -> Times:
    """Return squares of changes (beats,), with a mean of about one."""
    usual = max(float(np.sqrt(np.mean(np.square(change, dtype=np.float64)))), least)
    return np.square(np.minimum(change / usual, _MOST))


def _steps(loudness: Array, places: Places) -> Array:
    """Return the difference of each beat's step of loudness from the usual one at its place in the
    bar.

    The network already considers the repeated pattern of a groove.
    """
    steps = np.diff(loudness, prepend=loudness[:1])
    for place in range(BAR):
        steps[places == place] -= np.median(steps[places == place])
    return np.abs(steps)
