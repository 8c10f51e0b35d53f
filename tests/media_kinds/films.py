"""Looking at films: how their quarters are coloured, their frames numbered, when they sound."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# PyAV declares its packets generic without saying of what.

from pathlib import Path
from typing import Any, Final, cast

import av
import msgspec
import numpy as np

from tests.media_kinds.drawing import BITS, Pixels

_RATE: Final = 48_000
_LOUD: Final = 0.1
"""Threshold for the start of a tone; encoding noise between tones is a tenth as loud."""
_QUIET: Final = 0.08
"""Seconds without a loud sample before a tone counts as a new one."""


class Film(msgspec.Struct, frozen=True, kw_only=True):
    """The visible and audible content of a film."""

    quarters: str
    """Colours of the first frame's quarters by name, row by row."""
    numbers: list[int]
    tones: list[float]
    """Seconds at which tones begin."""


def look(file: Path, shape: tuple[int, int]) -> Film:
    """Decode a film whose clip is of some ``shape``, width to height, fitted and centred."""
    pictures = pixels(file)
    inner = [_inside(each, shape) for each in pictures]
    return Film(
        quarters=" ".join(_quarters(inner[0])) if inner else "",
        numbers=[number_in(each) for each in inner],
        tones=tones_in(file),
    )


def pixels(file: Path) -> list[Pixels]:
    """All frames, made smaller, as RGB (180, 320, 3)."""
    with av.open(str(file)) as opened:
        small = (
            frame.reformat(width=320, height=180, format="rgb24")
            for frame in opened.decode(video=0)
        )
        return [cast(Pixels, frame.to_ndarray()) for frame in small]


def _inside(frame: Pixels, shape: tuple[int, int]) -> Pixels:
    """The frame without the black beside or above a picture of another shape."""
    height, width = frame.shape[:2]
    wide = min(width, round(height * shape[0] / shape[1]))
    high = min(height, round(width * shape[1] / shape[0]))
    top, left = (height - high) // 2, (width - wide) // 2
    return frame[top : top + high, left : left + wide]


def _quarters(frame: Pixels) -> list[str]:
    height, width = frame.shape[:2]
    return [
        _colour(
            frame[int(height * y) : int(height * (y + 0.1)), int(width * x) :][:, : width // 10]
        )
        for y in (0.15, 0.75)
        for x in (0.1, 0.8)
    ]


def _colour(patch: Pixels) -> str:
    red, green, blue = (float(patch[..., each].mean()) for each in range(3))
    brightest, darkest = max(red, green, blue), min(red, green, blue)
    if brightest < 60:
        return "black"
    if brightest - darkest < 40:
        return "white" if darkest > 150 else "grey"
    named = {"red": red, "green": green, "blue": blue}
    lit = [name for name, value in named.items() if value > (brightest + darkest) / 2]
    return "+".join(lit)


def number_in(frame: Pixels) -> int:
    """The number that is written across a picture."""
    height, width = frame.shape[:2]
    row = frame[height * 15 // 32 : height * 17 // 32].astype(np.float64).mean(axis=(0, 2))
    lit = (row[width * (9 + 2 * bit) // 32] > 125 for bit in range(BITS))
    return sum(1 << bit for bit, on in enumerate(lit) if on)


def tones_in(file: Path) -> list[float]:
    """Return the start times of tones in seconds from the film's start; none if it is silent."""
    loud = np.flatnonzero(np.abs(samples(file)) > _LOUD)
    if not len(loud):
        return []
    new = np.flatnonzero(np.diff(loud) > _QUIET * _RATE) + 1
    return [float(loud[each]) / _RATE for each in (0, *new)]


def samples(file: Path) -> np.ndarray[Any, Any]:
    """A film's left channel (n,) at 48 kHz, from the film's first moment on."""
    with av.open(str(file)) as opened:
        if not opened.streams.audio:
            return np.zeros(0)
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=_RATE)
        parts: list[np.ndarray[Any, Any]] = []
        for frame in (*opened.decode(audio=0), None):
            parts += [part.to_ndarray()[0] for part in resampler.resample(frame)]
    return np.concatenate(parts) if parts else np.zeros(0)
