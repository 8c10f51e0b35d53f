"""Exact time: frames as integers, seconds as fractions, floats only at the door."""

from fractions import Fraction
from functools import lru_cache


@lru_cache(maxsize=4096)
def exact(seconds: float | Fraction | int) -> Fraction:
    """Seconds as the decimal number that was written: 0.1 is a tenth, not its binary neighbour."""
    return Fraction(repr(seconds)) if isinstance(seconds, float) else Fraction(seconds)


def frame_at(seconds: Fraction, frame_rate: int) -> int:
    """The frame nearest to a moment; a moment half-way between two goes to the even one."""
    return round(seconds * frame_rate)


def half_a_frame(frame_rate: int) -> Fraction:
    """Half the time between two frames, in seconds."""
    return Fraction(1, 2 * frame_rate)


def nearest(number: Fraction) -> int:
    """The nearest whole number; of two as near, the larger, so that equal steps stay equal."""
    return (2 * number.numerator + number.denominator) // (2 * number.denominator)
