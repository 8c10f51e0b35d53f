"""Even beats through a recording, and the beat nearest to a moment."""

from bisect import bisect_left
from collections.abc import Sequence


def laid(anchor: float, beat: float, duration: float) -> tuple[list[float], int]:
    """Return a grid of beats every ``beat`` seconds for ``duration`` seconds, and the index of the
    beat at ``anchor``.
    """
    before = int(anchor / beat)
    first = anchor - before * beat
    count = max(int((duration - first) / beat) + 1, 1)
    moments = [round(first + index * beat, 6) for index in range(count)]
    within = [moment for moment in moments if 0 <= moment < duration]
    return within, max(min(before, len(within) - 1), 0)


def nearest(beats: Sequence[float], moment: float) -> int:
    """Return the index of the beat nearest to a moment; ``beats`` are ascending, at least one."""
    after = bisect_left(beats, moment)
    near = [index for index in (after - 1, after) if 0 <= index < len(beats)]
    return min(near, key=lambda index: abs(beats[index] - moment))
