"""Find the beats that a person has tapped, also with some taps too many or too few."""

from collections.abc import Sequence
from itertools import combinations, pairwise
from statistics import fmean, median
from typing import Final, NamedTuple

from domain.library.beat_grids import laid, nearest

FEWEST_TAPS: Final = 4
"""Minimum number of different beats in the taps."""

SLOWEST, FASTEST = 40.0, 240.0
"""Limits of a tapped tempo in beats per minute."""

_DOUBLED: Final = 0.4
"""Part of the usual interval below which two taps are one beat, tapped twice."""

_OFF: Final = 0.25
"""Beats by which a tap may be off; a tap that is more off is left out."""

_SAME_TEMPO: Final = 0.03
"""Relative difference between a tapped and an analysed tempo that the taps' jitter explains: with
20 ms, ten taps at 126 BPM have a standard error of 0.5 %.
"""

_SCATTER: Final = 0.12
"""Beats by which the taps may scatter around the analysed beats, as the median; taps that ignore
the beats scatter by a quarter.
"""

_BETWEEN: Final = 0.25
"""Beats from which taps are between the analysed beats instead of on them."""


class Tapped(NamedTuple):
    """Evenly spaced beats; times in seconds."""

    one: float
    """The beat of the first tap, which is a "1"."""
    beat: float
    """Duration of one beat."""


def tapped(taps: Sequence[float]) -> Tapped | None:
    """Return the beats that fit the taps best; None if the taps define no tempo.

    The number of beats between two taps comes from the usual interval, so a missing tap changes
    nothing; taps that are far from the beats have no effect. The rest is a least-squares fit.
    """
    moments = sorted(set(taps))
    gaps = [after - before for before, after in pairwise(moments)]
    usual = median(gaps) if gaps else 0.0
    usual = median([gap for gap in gaps if gap > _DOUBLED * usual]) if usual else 0.0
    if usual <= 0:
        return None
    moments = _without_doubled(moments, usual)
    places = [0]
    for before, after in pairwise(moments):
        places.append(places[-1] + max(1, round((after - before) / usual)))
    if len(moments) < FEWEST_TAPS:
        return None
    # The median of all slopes, after Theil and Sen, ignores outliers among the taps.
    beat = median(
        (later - earlier) / (high - low)
        for (low, earlier), (high, later) in combinations(zip(places, moments, strict=True), 2)
    )
    first = median(at - beat * place for place, at in zip(places, moments, strict=True))
    near = [
        (place, at)
        for place, at in zip(places, moments, strict=True)
        if abs(at - first - beat * place) <= _OFF * beat
    ]
    if len(near) < FEWEST_TAPS:
        return None
    first, beat = _fitted(near)
    return Tapped(first, beat) if SLOWEST <= 60 / beat <= FASTEST else None


def tapped_beats(
    taps: Sequence[float], beats: Sequence[float], duration: float
) -> tuple[list[float], int] | None:
    """Return the beats in seconds, and the index of one that is a "1"; None as `tapped`.

    If the taps have the tempo of the analysed ``beats``, twice or half of it, the beats are the
    analysed ones, or between these, because a person taps less exactly than the analysis measures,
    and music is not quite even. Otherwise they are even through the whole ``duration``.
    """
    fit = tapped(taps)
    if fit is None:
        return None
    for choice in _ways(beats, fit.beat):
        lags = [(tap - choice[nearest(choice, tap)]) / fit.beat for tap in taps]
        middle = median(lags)
        if abs(middle) > _BETWEEN or _scatter(lags, middle) > _SCATTER:
            continue
        return choice, nearest(choice, fit.one)
    return laid(fit.one, fit.beat, duration)


def _ways(beats: Sequence[float], beat: float) -> list[list[float]]:
    """Return the ways to count the analysed beats at the tapped tempo: on them and between them."""
    if len(beats) < FEWEST_TAPS:
        return []
    between = [(one + after) / 2 for one, after in pairwise(beats)]
    every = sorted([*beats, *between])
    ways = [list(beats), between, every, list(beats[::2]), list(beats[1::2])]
    usual = median(after - one for one, after in pairwise(beats))
    factors = [1.0, 1.0, 0.5, 2.0, 2.0]
    return [
        [round(at, 6) for at in way]
        for way, factor in zip(ways, factors, strict=True)
        if way and abs(factor * usual / beat - 1) <= _SAME_TEMPO
    ]


def _scatter(lags: Sequence[float], middle: float) -> float:
    return median(abs(lag - middle) for lag in lags)


def _without_doubled(moments: Sequence[float], usual: float) -> list[float]:
    kept = [moments[0]]
    for at in moments[1:]:
        if at - kept[-1] > _DOUBLED * usual:
            kept.append(at)
    return kept


def _fitted(points: Sequence[tuple[int, float]]) -> tuple[float, float]:
    """Return the time of place 0 and the time between two places, by least squares."""
    place, at = fmean(k for k, _ in points), fmean(t for _, t in points)
    spread = sum((k - place) ** 2 for k, _ in points)
    beat = sum((k - place) * (t - at) for k, t in points) / spread
    return at - beat * place, beat
