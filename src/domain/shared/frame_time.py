"""Exact time: integers count frames and fractions hold seconds; floats occur only in input and
output.
"""

from fractions import Fraction
from functools import lru_cache


@lru_cache(maxsize=4096)
def exact(seconds: float | Fraction | int) -> Fraction:
    """Return seconds as the decimal number that was written: 0.1 becomes 1/10, not the binary
    float.
    """
    return Fraction(repr(seconds)) if isinstance(seconds, float) else Fraction(seconds)


def frame_at(seconds: Fraction, frame_rate: int) -> int:
    """Return the number of the frame nearest to ``seconds``; a tie goes to the even frame."""
    return round(seconds * frame_rate)


def half_a_frame(frame_rate: int) -> Fraction:
    """Return half the duration of one frame, in seconds."""
    return Fraction(1, 2 * frame_rate)


def nearest(number: Fraction) -> int:
    """Return the nearest integer; a tie goes to the larger one, so that equal steps stay equal."""
    return (2 * number.numerator + number.denominator) // (2 * number.denominator)
