"""The curve by which music steps back under voices."""

from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise
from typing import Final

import msgspec

ATTACK: Final = Fraction(3, 20)
"""Seconds before a voice in which the music steps back."""
RELEASE: Final = Fraction(1, 2)
"""Seconds after a voice in which the music returns."""


class Interval(msgspec.Struct, frozen=True):
    """Seconds between which a voice sounds."""

    start: Fraction
    end: Fraction


class Depth(msgspec.Struct, frozen=True):
    """A point of the curve: 0 is the music's level alone, 1 its level under a voice."""

    at: Fraction
    depth: Fraction


def ducking(voices: Iterable[Interval], seconds: Fraction) -> tuple[Depth, ...]:
    """Return the points of the curve from 0 to ``seconds``; between them it is linear in decibels.

    The music is low while any voice sounds, and begins to step back `ATTACK` before. Between two
    voices it returns only if it can reach its level alone, because a shorter rise is heard as
    pumping. Points are in order, and no two are at the same time. Raises ValueError unless
    ``seconds`` is positive.
    """
    if seconds <= 0:
        raise ValueError("The seconds are to be positive.")
    points: dict[Fraction, Fraction] = {}
    for voice in _merged(voices, seconds):
        points[voice.start - ATTACK] = Fraction(0)
        points[voice.start] = points[voice.end] = Fraction(1)
        points[voice.end + RELEASE] = Fraction(0)
    curve = [Depth(at, points[at]) for at in sorted(points)]
    first, last = depth_at(curve, Fraction(0)), depth_at(curve, seconds)
    inside = [point for point in curve if 0 < point.at < seconds]
    return (Depth(Fraction(0), first), *inside, Depth(seconds, last))


def depth_at(curve: Iterable[Depth], at: Fraction) -> Fraction:
    """Return the depth at a time; outside of the curve it is that of its nearest point, or 0."""
    points = tuple(curve)
    if not points:
        return Fraction(0)
    if at <= points[0].at:
        return points[0].depth
    for left, right in pairwise(points):
        if at <= right.at:
            share = (at - left.at) / (right.at - left.at)
            return left.depth + (right.depth - left.depth) * share
    return points[-1].depth


def _merged(voices: Iterable[Interval], seconds: Fraction) -> list[Interval]:
    """Return the voices within the sound in order, those joined between which no return fits."""
    intervals = sorted(
        (max(voice.start, Fraction(0)), min(voice.end, seconds))
        for voice in voices
        if voice.start < voice.end and voice.start < seconds and voice.end > 0
    )
    merged: list[Interval] = []
    for start, end in intervals:
        if merged and start - merged[-1].end <= ATTACK + RELEASE:
            merged[-1] = Interval(merged[-1].start, max(merged[-1].end, end))
        else:
            merged.append(Interval(start, end))
    return merged
