"""Excerpts as batches: stretched in time, with the labels where the beats then are."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from adapters.listening.features import FPS

Array = NDArray[np.float32]

FRAMES: Final = 1500
"""Frames of an example, 30 s."""

STRETCH: Final = 0.15
"""Maximum change of an example's speed."""

_STRETCHED: Final = 0.6
_AT_ONE: Final = 0.4
"""The target a whole frame beside a beat; between and beyond it follows a bell."""

_BANDS: Final = 12


class Known(NamedTuple):
    """An excerpt's features (frames, 34) and beats."""

    features: NDArray[np.float16]
    beats: NDArray[np.float64]
    """(n,) frames, whole or not."""
    places: NDArray[np.int64]
    """(n,) where in its bar each beat is."""
    bar: int
    """Beats a bar, 0 where there is no beat."""
    style: str


def frame_of(seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """The frames at which times lie: the inverse of `adapters.listening.features.seconds`."""
    return seconds * FPS - 0.25


def read(folder: Path) -> list[Known]:
    """All excerpts of a folder by seed, without those that are too short or broken off."""
    found: list[Known] = []
    for file in sorted(folder.glob("*.npz"), key=lambda path: int(path.stem)):
        try:
            with np.load(file) as stored:
                seen, style = stored["features"], str(stored["style"])
                beats, places = frame_of(stored["beats"]), stored["places"]
                bar = int(stored["bar"])
        except (OSError, ValueError, EOFError, KeyError):
            continue
        if len(seen) >= FRAMES * (1 + STRETCH) and np.isfinite(seen).all():
            found.append(Known(seen, beats, places, bar, style))
    return found


def example(known: Known, rng: np.random.Generator, stretched: bool = True) -> tuple[Array, Array]:
    """Features (FRAMES, 34) and targets (FRAMES, 2) for beat and downbeat, from 0 to 1.

    Features between frames are interpolated and targets are made from the beats' new times, so
    that no frame is repeated and no beat falls out.
    """
    speed = 1.0
    if stretched and rng.random() < _STRETCHED:
        speed = rng.uniform(1 - STRETCH, 1 + STRETCH)
    last = len(known.features) - 1 - (FRAMES - 1) * speed
    start = rng.uniform(0, last) if stretched else 0.0
    at = start + np.arange(FRAMES) * speed
    below = np.minimum(at.astype(int), len(known.features) - 2)
    share = (at - below)[:, np.newaxis]
    seen = (1 - share) * known.features[below] + share * known.features[below + 1]
    beats = (known.beats - start) / speed
    target = np.column_stack((_bells(beats), _bells(beats[known.places == 0])))
    return seen.astype(np.float32), target


def batches(
    known: list[Known], size: int, rng: np.random.Generator
) -> Iterator[tuple[Array, Array]]:
    """Batches without end: (size, 34, FRAMES) and (size, 2, FRAMES); every excerpt in its turn."""
    while True:
        order = rng.permutation(len(known))
        for first in range(0, len(order) - size + 1, size):
            chosen = [known[int(i)] for i in order[first : first + size]]
            pairs = [example(each, rng) for each in chosen]
            seen = np.stack([pair[0].T for pair in pairs])
            yield _worn(seen, rng), np.stack([pair[1].T for pair in pairs])


def _bells(beats: NDArray[np.float64]) -> Array:
    """Targets (FRAMES,): one at each beat, falling off within a frame and a half."""
    target = np.zeros(FRAMES, np.float32)
    near = np.round(beats).astype(int)
    for step in (-1, 0, 1):
        frame = near + step
        inside = (frame >= 0) & (frame < FRAMES)
        height = _AT_ONE ** ((frame - beats)[inside] ** 2)
        np.maximum.at(target, frame[inside], height.astype(np.float32))
    return target


def _worn(seen: Array, rng: np.random.Generator) -> Array:
    """The features with random gains, some left out, low or high bands left out, and noise."""
    size, count = seen.shape[:2]
    gain = np.exp(0.25 * rng.standard_normal((size, count, 1)))
    gain *= rng.random((size, count, 1)) > 0.08
    for one in gain:
        which = rng.random()
        if which < 0.08:
            low = slice(0, int(rng.integers(1, 5)))
        elif which < 0.16:
            low = slice(int(rng.integers(6, _BANDS)), _BANDS)
        else:
            continue
        one[low] = 0
        # The levels of the bands come after their onsets and the mean of these.
        one[low.start + _BANDS + 1 : low.stop + _BANDS + 1] = 0
    worn = seen * gain + 0.05 * rng.standard_normal(seen.shape)
    return worn.astype(np.float32)
