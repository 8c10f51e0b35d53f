"""What tells that a beat is the first of a bar: what changes in music changes with a bar."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from adapters.listening.novelty import apart, standard
from adapters.listening.spectral_features import Portrait

Array = NDArray[np.float32]
Times = NDArray[np.float64]
Places = NDArray[np.int64]

BAR: Final = 4

_SURE: Final = 0.98
"""Beyond this P(downbeat) and its opposite tell no more."""

_MOST: Final = 4.0
"""How many times its root mean square a change counts at most: one event decides nothing."""

_AUDIBLE: Final = 1.0
"""Decibels that a band's level has to vary by to tell as much as another one's."""

_STILL_SOUND: Final = 1.9
_STILL_HARMONY: Final = 0.17
_STILL_LOUDNESS: Final = 1.2
"""The least that a song's changes are measured by: the root mean square of the synthetic song in
which there is least. In a loop of one bar what changes is chance."""


class Signs(NamedTuple):
    """What each beat of a song is like, each (beats,)."""

    network: Times
    """Log odds of a downbeat, as the network hears it."""
    sound: Times
    """Square of the change of the levels of forty bands from a bar to the next one; this and what
    follows is about one on average."""
    harmony: Times
    """Square of the change of the twelve tones from a bar to the next one."""
    loudness: Times
    """Square of the step of loudness from one beat to the next, less what is usual there."""
    chord: Times
    """Square of the change of the twelve tones from one beat to the next."""


def signs(places: Places, downbeat: Array, portrait: Portrait, beats: Times) -> Signs:
    """Look at a song's beats, which have their places in bars (beats,) and P(downbeat) (beats,)."""
    loudness, levels, harmony = portrait.between(np.append(beats, 2 * beats[-1] - beats[-2]))
    likely = np.clip(downbeat, 1 - _SURE, _SURE).astype(np.float64)
    return Signs(
        network=np.log(likely / (1 - likely)),
        sound=_told(apart(standard(levels, _AUDIBLE), BAR), _STILL_SOUND),
        harmony=_told(apart(harmony, BAR), _STILL_HARMONY),
        loudness=_told(_steps(loudness, places), _STILL_LOUDNESS),
        chord=_told(apart(harmony, 1), _STILL_HARMONY),
    )


def _told(change: Array, least: float) -> Times:
    """Squares of changes (beats,), about one on average."""
    usual = max(float(np.sqrt(np.mean(np.square(change, dtype=np.float64)))), least)
    return np.square(np.minimum(change / usual, _MOST))


def _steps(loudness: Array, places: Places) -> Array:
    """How far each beat's step of loudness is from that which is usual at its place in the bar.

    What a groove does in every bar is for the network to judge.
    """
    steps = np.diff(loudness, prepend=loudness[:1])
    for place in range(BAR):
        steps[places == place] -= np.median(steps[places == place])
    return np.abs(steps)
