"""The lengths of scenes, in whole frames."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

import msgspec

LEAD: Final = Fraction(3, 10)
"""Seconds of a scene before its voice."""
TAIL: Final = Fraction(1, 2)
"""Seconds of a scene after its voice."""
FASTEST: Final = 1.4
"""Maximum speed of a voice."""
_SHORTEST: Final = Fraction(5, 2)
_WORDS_A_SECOND: Final = Fraction(5, 2)
"""Silent reading of captions: 150 words a minute."""


class Timed(msgspec.Struct, frozen=True, kw_only=True):
    """The facts that decide the length of a scene."""

    words: int
    """Number of words, for reading."""
    voice: Fraction | None = None
    """Seconds of its voice or recording."""
    stated: Fraction | None = None
    """Seconds that the author states."""

    @property
    def least(self) -> Fraction:
        """The shortest length in seconds that leaves nothing out."""
        if self.voice is not None:
            return max(LEAD + self.voice + TAIL, self.stated or Fraction(0))
        return self.stated or max(_SHORTEST, self.words / _WORDS_A_SECOND)


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """The place of a scene in the video."""

    first: int
    """First frame."""
    frames: int


def spans_of(scenes: Sequence[Timed], duration: Fraction | None, rate: int) -> tuple[Span, ...]:
    """Return the places of the scenes at ``rate`` frames a second; they follow one another.

    With a ``duration`` in seconds the video lasts exactly that, unless its scenes need longer. The
    time that is left over is divided among the scenes without a stated length in proportion to
    their own, or among all if each has one. Every scene lasts at least a frame.
    """
    lengths = [scene.least for scene in scenes]
    left = Fraction(0) if duration is None else max(Fraction(0), duration - sum(lengths))
    free = [scene.stated is None for scene in scenes]
    if not any(free):
        free = [True] * len(scenes)
    basis = sum((length for length, is_free in zip(lengths, free, strict=True) if is_free))
    spans: list[Span] = []
    end, first = Fraction(0), 0
    for length, is_free in zip(lengths, free, strict=True):
        end += length + (left * length / basis if is_free else 0)
        last = max(first + 1, round(end * rate))
        spans.append(Span(first=first, frames=last - first))
        first = last
    return tuple(spans)


def speed_for(voice: Fraction, pauses: Fraction, duration: Fraction, speed: float) -> float:
    """Return the speed at which the voice fits into a duration, at most `FASTEST`.

    ``voice`` are the seconds of the whole voice at ``speed``, and ``pauses`` those without it.
    """
    room = duration - pauses
    if voice <= room:
        return speed
    if room <= 0:
        return max(speed, FASTEST)
    return max(speed, min(FASTEST, float(voice / room) * speed * 1.01))
