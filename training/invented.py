"""Styles that nobody plays: patterns and sounds drawn by dice, a new one for every song."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from training.players import weights
from training.styles import Layer, Playing, Style

_BEATS: Final = 4
_STEPS: Final = 4 * _BEATS
_CHORDS: Final[tuple[Playing, ...]] = (
    *("pad", "halves", "stabs", "broken", "strummed"),
    *("segunda", "offbeats", "montuno", "riff", "nothing"),
)
_LOW: Final = ("kick", "conga", "low bongo")
_BACK: Final = ("snare", "clap", "side stick", "timbale", "high bongo")
_STEADY: Final = ("hat", "ride", "maracas", "cabasa", "tambourine", "open hat", "guira", "cowbell")
_ANY: Final = ("claves", "muted conga", "pedal hat", "cowbell", "timbale", "guiro", "tambourine")
_KITS: Final = (0, 8, 16, 24, 25, 32, 40)
_PITCHED: Final = 96
"""General MIDI programs from here on are effects."""


def invented(rng: np.random.Generator) -> Style:
    """A style in four. What its drums and its bass play need not tell where a bar begins.

    Chords may change in the middle of a bar, and a groove may begin on any beat.
    """
    bpm = math.exp(rng.uniform(math.log(70), math.log(180)))
    drums = [
        *(_layer(rng, _LOW, 0.95, _low(rng)) for _ in range(int(rng.choice([1, 1, 2])))),
        *(_layer(rng, _BACK, 0.85, _back(rng)) for _ in range(int(rng.choice([0, 1, 1, 2])))),
        *(_layer(rng, _STEADY, 0.8, _steady(rng)) for _ in range(int(rng.integers(0, 3)))),
        *(_layer(rng, _ANY, 0.5, _drawn(rng)) for _ in range(int(rng.integers(0, 3)))),
    ]
    return Style(
        bpm=(bpm, bpm),
        weight=0,
        kits=[int(rng.choice(_KITS))],
        bass_sounds=[int(rng.choice([*range(32, 40), 43, 58, 80, 81, 87]))],
        chord_sounds=[int(each) for each in rng.integers(0, _PITCHED, 2)],
        lead_sounds=[int(rng.integers(0, _PITCHED))],
        bass=[_signs(_drawn(rng)) for _ in range(2)],
        drums=drums,
        chords=[_CHORDS[int(rng.integers(len(_CHORDS)))]],
        swing=("none", "none", "none", "eighths", "sixteenths")[int(rng.integers(5))],
        walking=bool(rng.random() < 0.1),
        halfway=float(rng.choice([0, 0, 0.2, 0.6])),
    )


def _layer(
    rng: np.random.Generator, hits: tuple[str, ...], chance: float, bar: NDArray[np.float64]
) -> Layer:
    other = np.where(rng.random(_STEPS) < 0.1, 0, bar)
    return Layer(hit=str(rng.choice(hits)), chance=chance, bars=[_signs(bar), _signs(other)])


def _signs(bar: NDArray[np.float64]) -> str:
    return "".join(str(int(each)) if each >= 1 else "." for each in bar)


def _low(rng: np.random.Generator) -> NDArray[np.float64]:
    """Every beat, or the first and a few more, all of it on another beat now and then."""
    bar = np.zeros(_STEPS)
    if rng.random() < 0.35:
        bar[::4] = 9
        bar[np.flatnonzero(rng.random(_STEPS) < 0.06)] = 6
        return bar
    bar = _drawn(rng)
    bar[0] = 9 * (rng.random() < 0.8)
    return _turned(rng, bar)


def _back(rng: np.random.Generator) -> NDArray[np.float64]:
    """The second and the fourth, the third, every half beat late, or anything."""
    bar = np.zeros(_STEPS)
    which = rng.random()
    if which < 0.35:
        bar[4::8] = 9
    elif which < 0.5:
        bar[8] = 9
    elif which < 0.6:
        bar[2::4] = 9
    elif which < 0.7:
        bar[::4] = 9
    else:
        bar = _drawn(rng)
    bar[np.flatnonzero(rng.random(_STEPS) < 0.05)] = 4
    return bar


def _steady(rng: np.random.Generator) -> NDArray[np.float64]:
    """The same all through the bar."""
    step = int(rng.choice([1, 2, 2, 4]))
    bar = np.zeros(_STEPS)
    first = 2 if step == 4 and rng.random() < 0.5 else 0
    bar[first::step] = rng.integers(5, 10)
    accented = rng.permutation(4)[: int(rng.integers(0, 3))]
    for each in accented:
        bar[int(each) :: 4] = np.minimum(bar[int(each) :: 4], rng.integers(3, 7))
    return bar


def _drawn(rng: np.random.Generator) -> NDArray[np.float64]:
    """Any pattern: like a usual one, or with every sixteenth as likely as another."""
    usual = weights(_BEATS) ** rng.uniform(0, 2)
    struck = rng.random(_STEPS) < usual / usual.mean() * rng.uniform(0.1, 0.45)
    if not struck.any():
        struck[rng.integers(_STEPS)] = True
    return _turned(rng, np.where(struck, rng.integers(4, 10, _STEPS), 0).astype(np.float64))


def _turned(rng: np.random.Generator, bar: NDArray[np.float64]) -> NDArray[np.float64]:
    turn = 4 * int(rng.integers(_BEATS)) if rng.random() < 0.3 else 0
    return np.roll(bar, turn)
