"""Songs in which bars are shorter or longer than the others, by cutting their sound."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from adapters.listening.downbeat_cues import BAR
from adapters.listening.features import RATE
from training.excerpts import Excerpt

_MIDDLE: Final = (0.15, 0.85)
"""Shares of a song between which it is cut."""
_AHEAD: Final = 0.02
"""Seconds before a beat at which sound is cut."""
_SEAM: Final = 0.008
"""Seconds in which one piece becomes the other."""


def spliced(song: Excerpt, rng: np.random.Generator) -> Excerpt:
    """A song in which bars are cut short or drawn out: beats before a downbeat gone, or twice."""
    wave, beats, places = song.wave, song.beats, song.places
    for _ in range(int(rng.choice([1, 1, 2]))):
        early, late = (share * beats[-1] for share in _MIDDLE)
        inner = (places == 0) & (beats > early) & (beats < late) & (np.arange(len(beats)) > 2 * BAR)
        if not inner.any():
            break
        down = int(rng.choice(np.flatnonzero(inner)))
        first = down - int(rng.integers(1, BAR))
        length = beats[down] - beats[first]
        if rng.random() < 1 / 2:
            wave = _joined(wave, beats[first], beats[down])
            beats = np.concatenate([beats[:first], beats[down:] - length])
            places = np.concatenate([places[:first], places[down:]])
        else:
            wave = _joined(wave, beats[down], beats[first])
            beats = np.concatenate([beats[:down], beats[first:] + length])
            places = np.concatenate([places[:down], places[first:]])
    return song._replace(wave=wave, beats=beats, places=places)


def _joined(wave: NDArray[np.float32], until: float, since: float) -> NDArray[np.float32]:
    """The sound up to one moment, and from another one on."""
    end, start = (int((moment - _AHEAD) * RATE) for moment in (until, since))
    length = int(_SEAM * RATE)
    rising = np.linspace(0, 1, length, dtype=np.float32)
    seam = wave[end : end + length] * (1 - rising) + wave[start : start + length] * rising
    return np.concatenate([wave[:end], seam.astype(np.float32), wave[start + length :]])
