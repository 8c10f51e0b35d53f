"""Where bars begin, told by the whole song."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from adapters.listening.downbeat_cues import BAR, Signs, signs
from adapters.listening.odd_bars import recounted
from adapters.listening.spectral_features import Portrait

Array = NDArray[np.float32]
Times = NDArray[np.float64]
Places = NDArray[np.int64]

FEWEST: Final = 8 * BAR
"""Beats of a row beneath which there is not enough of a song to tell."""


class Cues(NamedTuple):
    """How much each of the `Signs` tells, as log odds for each unit of its mean at first beats.

    Fitted by `training.barlines`. That a chord changes tells no more than that harmony does.
    """

    network: float = 0.0
    sound: float = 0.0
    harmony: float = 0.0
    loudness: float = 0.0


WEIGHTS: Final = Cues(network=0.5, sound=4.9, harmony=3.6, loudness=1.5)


def turned(places: Places, downbeat: Array, portrait: Portrait, beats: Times) -> Places:
    """The places (n,) of beats in their bars, turned to where the whole song says bars begin.

    ``downbeat`` (n,) is P(downbeat) of each beat. The network looks at seconds and may take any
    beat of an unfamiliar groove for the first. But players come and go, harmony moves on and
    breaks end where a bar begins, of whatever style a song is.
    """
    if len(places) < FEWEST:
        return places
    seen = signs(places, downbeat, portrait, beats)
    counted = recounted(places, seen)
    odds = np.array(WEIGHTS) @ cues(counted, seen)
    return (counted - int(odds.argmax())) % BAR


def cues(places: Places, seen: Signs) -> Times:
    """The mean of each of the `Cues` where each place is a bar's first: shape (4 cues, 4 places).

    Where no beat has a place, the least there is.
    """
    firsts = [places == place for place in range(BAR)]
    told = (getattr(seen, name) for name in Cues._fields)
    return np.array(
        [[each[first].mean() if first.any() else each.min() for first in firsts] for each in told]
    )
