"""The counts 1 to 8 of a dance, each with its time in the film."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from domain.blueprint.model import BlueprintMove
from domain.library.moves import Move
from domain.library.songs import Analysis
from domain.planning.metrics import clip_beats, song_beats
from domain.planning.phrases import all_ones, eight_count

TAPS: Final = (4, 8)
"""Counts on which a bachata dancer taps instead of stepping."""

_HELD: Final = 1.5
"""Maximum duration of a count in beats; the next count may be missing."""


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """One count; times in seconds of the film."""

    number: int
    """1 to 8."""
    start: float
    end: float
    """Start of the next count, or of the silence after the last one."""


def counts_of_song(analysis: Analysis, end: float) -> tuple[Count, ...]:
    """Return the counts of a song with beats, from its start to ``end`` seconds.

    Each is on a beat of the song. Counting begins anew at every "1", also where the music omits or
    inserts a bar.
    """
    ones, eight = all_ones(analysis), eight_count(analysis)
    edges = [*ones, ones[-1] + eight]
    until = min(end, analysis.duration)
    counted = [
        (beat, _number(beat, edges, eight)) for beat in song_beats(analysis) if 0 <= beat < until
    ]
    return tuple(_held(counted, until, eight / 8))


def counts_of_clips(
    dance: Sequence[BlueprintMove], moves_by_id: Mapping[str, Move]
) -> tuple[Count, ...]:
    """Return the counts of the clips of a dance, as played; none for clips without a known move."""
    counts: list[Count] = []
    for each in dance:
        move = moves_by_id.get(each.clip_id or "")
        if move is None:
            continue
        end = each.start_time + each.duration
        beats = clip_beats(move)
        one = _nearest(beats, move.first_count)
        played = [
            (each.start_time + (beat - each.trim_start) / each.playback_rate, (k - one) % 8 + 1)
            for k, beat in enumerate(beats)
        ]
        # A beat at the entry may be rounded to just before it.
        inside = [
            (max(at, each.start_time), number)
            for at, number in played
            if each.start_time - 1e-3 <= at < end - 1e-3
        ]
        counts += _held(inside, end, 60 / move.tempo / each.playback_rate)
    return tuple(counts)


def _nearest(beats: Sequence[float], moment: float) -> int:
    """Return the index of the beat nearest to a moment; 0 without beats."""
    return min(range(len(beats)), key=lambda each: abs(beats[each] - moment), default=0)


def _number(moment: float, edges: Sequence[float], eight: float) -> int:
    """Return the count of a beat: its distance from the "1" before it, or from the first "1".

    ``edges`` are the "1"s and the end of the last eight-count.
    """
    tolerance = eight / 16
    index = min(max(bisect_right(edges, moment + tolerance) - 1, 0), len(edges) - 2)
    start, end = edges[index], edges[index + 1]
    beats = max(1, round(8 * (end - start) / eight))
    return round((moment - start) * beats / (end - start)) % 8 + 1


def _held(counted: Sequence[tuple[float, int]], end: float, beat: float) -> Iterator[Count]:
    """Yield counts that last until the next one; ``beat`` is the usual duration in seconds."""
    following = [at for at, _ in counted[1:]]
    for (at, number), until in zip(counted, [*following, end], strict=False):
        last = min(until, at + _HELD * beat, end)
        if last > at:
            yield Count(number=number, start=at, end=last)
