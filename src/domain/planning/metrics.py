"""Quality measures of a dance."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import ceil, floor
from statistics import StatisticsError, correlation, fmean, median
from typing import Final

import msgspec

from domain.blueprint.model import BlueprintMove, Difficulty
from domain.library.moves import LEVEL, Move
from domain.library.songs import Analysis
from domain.planning.costs import HARDNESS, Motion, apart
from domain.planning.phrases import all_ones, eight_count, nearest, phrases
from domain.shared.frame_time import exact, frame_at

_NEAR: Final = 0.05
"""Maximum seconds between a step and a beat for which the step looks on the beat."""

_REPEATED: Final = 4
"""Number of previous moves within which viewers notice a repetition."""


class Quality(msgspec.Struct, frozen=True, kw_only=True):
    """Quality of a dance; times in milliseconds, all others 0 to 1."""

    cut_error_median: float
    """Distance from each cut, at its frame, to the nearest "1" of the song."""
    cut_error_worst: float
    step_error_median: float
    """Distance from each beat of the clips, as played, to the nearest beat of the song."""
    steps_on_the_beat: float
    """Share of the clips' beats that are within 50 ms of a beat of the song."""
    energy_correlation: float | None
    """Correlation of the moves' energy with the sections', -1 to 1; null if one of them is
    constant.
    """
    continuity: float
    """1 if each move begins as the previous one ended."""
    repeated: float
    """Share of the moves that repeat one of the previous four."""
    coverage: float
    """Share of the library's moves in the dance."""
    too_hard: float
    """Share of the moves that are harder than requested."""
    kept_share: float | None = None
    """Share of the time that was planned again that shows the same clip as before; null for a new
    dance.
    """


def quality(
    dance: Sequence[BlueprintMove],
    analysis: Analysis,
    library: Sequence[Move],
    *,
    wish: Difficulty | None = None,
    motion: Motion | None = None,
    frame_rate: int = 30,
) -> Quality:
    """Measure a dance of at least one move; the library must contain each `clip_id`.

    Raises KeyError if it does not.
    """
    moves_by_id = {move.id: move for move in library}
    moves = [moves_by_id[each.clip_id or ""] for each in dance]
    cuts = cut_errors(dance, analysis, frame_rate)
    steps = step_errors(dance, analysis, moves_by_id)
    ids = [move.id for move in moves]
    again = [each in ids[max(0, k - _REPEATED) : k] for k, each in enumerate(ids)]
    hard = [wish is not None and HARDNESS[m.difficulty] > HARDNESS[wish] for m in moves]
    return Quality(
        cut_error_median=1000 * median(cuts) if cuts else 0.0,
        cut_error_worst=1000 * max(cuts, default=0.0),
        step_error_median=1000 * median(steps) if steps else 0.0,
        steps_on_the_beat=fmean(error <= _NEAR for error in steps) if steps else 1.0,
        energy_correlation=_energy_correlation(dance, moves, analysis),
        continuity=_continuity(moves, motion),
        repeated=fmean(again),
        coverage=len(set(ids)) / len(library),
        too_hard=fmean(hard),
    )


def rounded(measures: Quality) -> Quality:
    """Return the measures rounded to four decimals."""
    numbers: dict[str, float | None] = msgspec.structs.asdict(measures)
    values = {name: None if n is None else round(n, 4) for name, n in numbers.items()}
    return msgspec.convert(values, Quality)


def cut_errors(dance: Sequence[BlueprintMove], analysis: Analysis, frame_rate: int) -> list[float]:
    """Return the seconds from each cut, at its frame, to the nearest "1" of the song."""
    ones = all_ones(analysis)
    ones.append(ones[-1] + eight_count(analysis))
    cuts = [frame_at(exact(each.start_time), frame_rate) / frame_rate for each in dance[1:]]
    return [abs(nearest(ones, cut) - cut) for cut in cuts]


def step_errors(
    dance: Sequence[BlueprintMove], analysis: Analysis, moves_by_id: Mapping[str, Move]
) -> list[float]:
    """Return the seconds from each beat of the clips, as played, to the nearest beat of the song.

    The clips' beats come from their analysis, or else from their tempo; ``moves_by_id`` maps ids to
    moves.
    """
    song = song_beats(analysis)
    errors: list[float] = []
    for each in dance:
        beats = clip_beats(moves_by_id[each.clip_id or ""])
        until = each.trim_start + each.duration * each.playback_rate
        for beat in beats[bisect_left(beats, each.trim_start - 1e-4) :]:
            if beat > until - 1e-4:
                break
            moment = each.start_time + (beat - each.trim_start) / each.playback_rate
            errors.append(abs(nearest(song, moment) - moment))
    return errors


def clip_beats(move: Move) -> tuple[float, ...]:
    """Return the beats of a clip in seconds: the analysed ones, or else by tempo from its first
    "1".
    """
    if move.beats:
        return move.beats
    beat = 60 / move.tempo
    first, last = ceil(-move.first_count / beat), floor((move.duration - move.first_count) / beat)
    return tuple(move.first_count + count * beat for count in range(first, last + 1))


def song_beats(analysis: Analysis) -> list[float]:
    """Return the beats of a song in seconds, continued to both ends; by its "1"s
    if there are none.
    """
    eight, ones = eight_count(analysis), all_ones(analysis)
    beats = list(analysis.beats) or [
        start + (end - start) * count / 8
        for start, end in pairwise([*ones, ones[-1] + eight])
        for count in range(8)
    ]
    beat = eight / 8
    before = range(ceil(beats[0] / beat), 0, -1)
    after = range(1, ceil(max(0.0, analysis.duration - beats[-1]) / beat) + 1)
    return [
        *(beats[0] - count * beat for count in before),
        *beats,
        *(beats[-1] + count * beat for count in after),
    ]


def shared_time(before: Sequence[BlueprintMove], after: Sequence[BlueprintMove]) -> float:
    """Return the share of time, 0 to 1, at which two dances to one song show the same clip."""
    edges = sorted({at for dance in (before, after) for at in _edges(dance)})
    same = sum(
        end - start
        for start, end in pairwise(edges)
        if _clip_at(before, start, end) == _clip_at(after, start, end)
    )
    return same / (edges[-1] - edges[0])


def _edges(dance: Sequence[BlueprintMove]) -> list[float]:
    return [*(each.start_time for each in dance), dance[-1].start_time + dance[-1].duration]


def _clip_at(dance: Sequence[BlueprintMove], start: float, end: float) -> str | None:
    middle = (start + end) / 2
    index = bisect_left(dance, middle, key=lambda each: each.start_time) - 1
    return dance[index].clip_id


def _energy_correlation(
    dance: Sequence[BlueprintMove], moves: Sequence[Move], analysis: Analysis
) -> float | None:
    """Return Pearson's correlation over the eight-counts of the song."""
    starts = [each.start_time for each in dance]
    slots = phrases(analysis)
    middles = [(slot.start + slot.end) / 2 for slot in slots]
    moves_at_middles = [moves[max(0, bisect_left(starts, middle) - 1)] for middle in middles]
    try:
        danced = [LEVEL[move.energy_level] for move in moves_at_middles]
        return correlation(danced, [slot.energy for slot in slots])
    except StatisticsError:
        return None


def _continuity(moves: Sequence[Move], motion: Motion | None) -> float:
    return 1 - fmean(apart(a, b, motion) for a, b in pairwise(moves)) if len(moves) > 1 else 1.0
