"""Find the bar lines from the evidence of the whole song."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from adapters.listening.downbeat_cues import BAR, DownbeatCues, downbeat_cues
from adapters.listening.music_range import EVERYWHERE, within
from adapters.listening.odd_bars import recounted
from adapters.listening.spectral_features import SpectralFeatures

Array = NDArray[np.float32]
Times = NDArray[np.float64]
Places = NDArray[np.int64]

FEWEST: Final = 8 * BAR
"""Minimum number of beats for which the evidence is sufficient."""

_FEW: Final = np.array([0.7, 0.1, 0.1, 0.1])
"""Probabilities of the turns by the network alone, which has too few beats of evidence."""


class Cues(NamedTuple):
    """Weights of the `DownbeatCues`, as log odds per unit of their mean at first beats.

    Fitted by `training.barlines`. A change of chord adds no information to that of harmony.
    """

    network: float = 0.0
    sound: float = 0.0
    harmony: float = 0.0
    loudness: float = 0.0


WEIGHTS: Final = Cues(network=0.64, sound=1.4, harmony=3.4, loudness=0.3)


class BarLines(NamedTuple):
    """The bar lines of a song, and the probabilities of others."""

    places: Places
    """(n,) place of each beat in its bar, 0 for the downbeat."""
    turns: Times
    """(4,) probability that bars begin as many beats later, 0 to 3."""


def turned(
    places: Places,
    downbeat: Array,
    spectrum: SpectralFeatures,
    beats: Times,
    body: tuple[float, float] = EVERYWHERE,
) -> BarLines:
    """Return the most likely bar lines, from the ``places`` (n,) of beats in their bars.

    ``downbeat`` (n,) is P(downbeat) of each beat, and ``body`` the seconds between which the music
    is loud; evidence comes from there alone. The network considers only seconds and may take
    any beat of an unfamiliar groove for the first. But in any style, players enter and stop,
    harmony changes and breaks end at the beginning of a bar.
    """
    inside = within(beats, body)
    if len(places[inside]) < FEWEST:
        return BarLines(places, _FEW)
    downbeat_evidence = downbeat_cues(places[inside], downbeat[inside], spectrum, beats[inside])
    counted = recounted(places[inside], downbeat_evidence)
    odds = np.array(WEIGHTS) @ cues(counted, downbeat_evidence)
    first = int(odds.argmax())
    shifts = (places[inside] - counted + first) % BAR
    around = (inside.start, len(places) - inside.stop)
    likely = np.exp(np.roll(odds, -first) - odds[first])
    return BarLines((places - np.pad(shifts, around, mode="edge")) % BAR, likely / likely.sum())


def cues(places: Places, downbeat_evidence: DownbeatCues) -> Times:
    """Return the mean of each of the `Cues` if each place is a bar's first: shape (4 cues, 4
    places).

    For a place without beats it is the minimum.
    """
    firsts = [places == place for place in range(BAR)]
    cue_rows = (getattr(downbeat_evidence, name) for name in Cues._fields)
    return np.array(
        [
            [each[first].mean() if first.any() else each.min() for first in firsts]
            for each in cue_rows
        ]
    )
