"""The music under a dance clip: a few eight-counts of the band, exact to the sample."""

import numpy as np
from numpy.typing import NDArray

from adapters.demo.music.band import Band
from adapters.demo.music.loudness import mastered
from adapters.demo.music.mix import Desk, faded
from adapters.demo.music.patterns import GROOVES
from adapters.demo.music.score import BEATS_PER_EIGHT
from adapters.demo.music.songs import SONGS

BED_LUFS = -18.0

SECTIONS = {"low": "verse", "medium": "chorus", "high": "mambo"}
"""The section of a song for each energy."""

TRANSPOSITIONS = (0, 2, -2, 1, -1)


class UnknownEnergy(ValueError):
    """The energy of a clip's music must be 'low', 'medium' or 'high'."""


def bed(
    tempo: float, eight_counts: int, energy: str, seed: int, rate: int = 48000
) -> NDArray[np.float32]:
    """Return a clip's music, shape (round(eight_counts * 8 * 60 / tempo * rate), 2), about -18
    LUFS.

    Beat k is at k * 60 / tempo seconds. The seed selects the song, the key and the variation of the
    strokes. Raises UnknownEnergy.
    """
    if energy not in SECTIONS:
        raise UnknownEnergy(energy)
    rng = np.random.default_rng(seed)
    name = SECTIONS[energy]
    part = SONGS[seed % len(SONGS)].part(name)
    transpose = TRANSPOSITIONS[seed // len(SONGS) % len(TRANSPOSITIONS)]
    desk = Desk(eight_counts * BEATS_PER_EIGHT * 60 / tempo, rate)
    Band(desk, tempo, rng).play(part, 0, GROOVES[name] * eight_counts, 1.0, transpose)
    return faded(mastered(desk.mixed(), BED_LUFS, rate), rise=0.0005, fall=0.010, rate=rate)
