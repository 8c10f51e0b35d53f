"""Where bars begin, told by the whole song: what changes in music changes with a bar."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from adapters.listening.change import apart, standard
from adapters.listening.portrait import Portrait

Array = NDArray[np.float32]
Times = NDArray[np.float64]
Places = NDArray[np.int64]

BAR: Final = 4

FEWEST: Final = 8 * BAR
"""Beats of a row beneath which there is not enough of a song to tell."""

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


class Cues(NamedTuple):
    """How much each thing tells: log odds for each of its units. Fitted by `training.barlines`."""

    network: float = 0.0
    """Mean log odds of a downbeat at the first beats of bars."""
    sound: float = 0.0
    """Mean square of the change of the levels of forty bands from a bar to the next one."""
    harmony: float = 0.0
    """Mean square of the change of the twelve tones from a bar to the next one."""
    loudness: float = 0.0
    """Mean square of the step of loudness from one beat to the next, less what is usual there."""


WEIGHTS: Final = Cues(network=0.5, sound=4.9, harmony=3.6, loudness=1.5)


def turned(places: Places, downbeat: Array, portrait: Portrait, beats: Times) -> Places:
    """The places (n,) of beats in their bars, turned to where the whole song says bars begin.

    ``downbeat`` (n,) is P(downbeat) of each beat. The network looks at seconds and may take any
    beat of an unfamiliar groove for the first. But players come and go, harmony moves on and
    breaks end where a bar begins, of whatever style a song is.
    """
    if len(places) < FEWEST:
        return places
    odds = np.array(WEIGHTS) @ cues(places, downbeat, portrait, beats)
    return (places - int(odds.argmax())) % BAR


def cues(places: Places, downbeat: Array, portrait: Portrait, beats: Times) -> Times:
    """What each of the `Cues` says for each place to be a bar's first: shape (4 cues, 4 places)."""
    loudness, levels, harmony = portrait.between(np.append(beats, 2 * beats[-1] - beats[-2]))
    likely = np.clip(downbeat, 1 - _SURE, _SURE).astype(np.float64)
    told = (
        np.log(likely / (1 - likely)),
        _told(apart(standard(levels, _AUDIBLE), BAR), _STILL_SOUND),
        _told(apart(harmony, BAR), _STILL_HARMONY),
        _told(_steps(loudness, places), _STILL_LOUDNESS),
    )
    firsts = [places == place for place in range(BAR)]
    return np.array([[each[first].mean() for first in firsts] for each in told])


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
