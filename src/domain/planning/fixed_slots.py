"""Divide the time of an existing dance into moves that stay and eight-counts to plan again."""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from statistics import fmean
from typing import Final

import msgspec

from domain.blueprint.model import Blueprint, BlueprintMove, Difficulty
from domain.library.moves import Energy, Move, Style
from domain.library.songs import Analysis
from domain.planning.phrases import Phrase, phrases
from domain.shared.frame_time import exact

_SCRAP: Final = 4.0
"""Minimum beats of a separate phrase beside another one."""

_ON_THE_DOT: Final = 1 / 60
"""Seconds within which two moments are equal: half a frame at 30 per second."""

_ROUNDED: Final = 1e-5
"""Difference of seconds and rates that comes from rounding to six decimals."""


class FixedSlots(msgspec.Struct, frozen=True, kw_only=True):
    """The time of a dance, of which some phrases have their move already."""

    slots: tuple[Phrase, ...]
    numbers: tuple[int, ...]
    """Number of the song's phrase in which each slot starts, so that equal seeds have equal
    effects.
    """
    moves: Mapping[int, Move]
    """The only move of a slot."""
    kept: Mapping[int, BlueprintMove]
    """Entries of the Blueprint that stay as they are, by slot."""

    @property
    def open(self) -> tuple[int, ...]:
        """Slots for which a move is to be chosen."""
        return tuple(slot for slot in range(len(self.slots)) if slot not in self.moves)

    def index_of(self, slot: int) -> int:
        """Return the index in the Blueprint of a slot with a fixed move."""
        return -1 - self.slots[slot].section


def fixed_slots(
    blueprint: Blueprint,
    analysis: Analysis,
    locks: Collection[int],
    chosen: Mapping[int, Move],
    moves_by_id: Mapping[str, Move],
) -> FixedSlots:
    """Return the time of a Blueprint, divided.

    ``locks`` are indices of moves that stay, and ``chosen`` has the new move for others, each in
    exactly the time of the old one. The time of all other moves is divided at every "1" of the
    song.
    """
    edges = [*(move.start_time for move in blueprint.moves), float(blueprint.end)]
    parts = phrases(_until(analysis, edges[-1]), join_scraps=False)
    slots: list[Phrase] = []
    moves: dict[int, Move] = {}
    kept: dict[int, BlueprintMove] = {}

    def settled(index: int) -> int:
        return index if index in locks or index in chosen else -1

    for place, group in groupby(range(len(blueprint.moves)), settled):
        indices = list(group)
        span = _within(parts, edges[indices[0]], edges[indices[-1] + 1])
        if place < 0:
            slots += span
            continue
        if place in chosen:
            moves[len(slots)] = chosen[place]
        else:
            kept[len(slots)] = old = blueprint.moves[place]
            moves[len(slots)] = moves_by_id.get(old.clip_id or "") or unlisted(old, analysis.tempo)
        # No other phrase has this section, so that none is joined with this one.
        slots.append(msgspec.structs.replace(_joined(span), section=-1 - place))
    starts = [phrase.start for phrase in phrases(analysis)]
    numbers = (max(bisect_left(starts, slot.start + _ON_THE_DOT) - 1, 0) for slot in slots)
    return FixedSlots(slots=tuple(slots), numbers=tuple(numbers), moves=moves, kept=kept)


def unlisted(cast: BlueprintMove, tempo: float) -> Move:
    """Return a move for a clip that is not in the library, danced on the song's beats."""
    return Move(
        id=cast.clip_id or cast.video_path,
        name=cast.clip_id or cast.video_path,
        label="",
        video_path=cast.video_path,
        difficulty=Difficulty.BEGINNER,
        energy_level=Energy.MEDIUM,
        style=Style.ROMANTIC,
        duration=cast.original_duration or cast.trim_start + cast.duration * cast.playback_rate,
        tempo=min(max(tempo * cast.playback_rate, 30.0), 300.0),
        first_count=cast.trim_start,
    )


def in_exact_time(
    planned: Sequence[BlueprintMove], fixed: FixedSlots, before: Blueprint
) -> tuple[BlueprintMove, ...]:
    """Return the dance with every kept move as it was, and each new one up to the next move.

    A new move that starts where an old one did has its transition, if it is long enough for it, and
    each has the volume of the move that was there. A new move that is the old one again is the old
    entry, so that its frames need not be made again.
    """
    kept = {fixed.slots[slot].start for slot in fixed.kept}
    ends = [*(move.start_time for move in planned[1:]), float(before.end)]
    starts = [move.start_time for move in before.moves]
    longest = 2 * before.output_config.transition_duration
    dance: list[BlueprintMove] = []
    for move, end in zip(planned, ends, strict=True):
        if move.start_time in kept:
            dance.append(move)
            continue
        duration = float(exact(end) - exact(move.start_time))
        index = max(bisect_left(starts, move.start_time + 1e-6) - 1, 0)
        old = before.moves[index]
        if _is_same(old, move, duration):
            dance.append(old)
            continue
        shortest = min(duration, dance[-1].duration if dance else duration)
        same = abs(old.start_time - move.start_time) < 1e-6 and shortest >= longest
        dance.append(
            msgspec.structs.replace(
                move,
                duration=duration,
                transition_type=old.transition_type if same else move.transition_type,
                volume_adjustment=old.volume_adjustment,
            )
        )
    return tuple(dance)


def _is_same(old: BlueprintMove, new: BlueprintMove, duration: float) -> bool:
    """Return True for the same part of the same clip at the same time, but for rounding."""
    names = ("start_time", "trim_start", "playback_rate")
    return (
        (old.clip_id, old.video_path) == (new.clip_id, new.video_path)
        and abs(old.duration - duration) < _ROUNDED
        and all(abs(getattr(old, name) - getattr(new, name)) < _ROUNDED for name in names)
    )


def kept_share(
    before: Sequence[BlueprintMove], after: Sequence[BlueprintMove], fixed: FixedSlots
) -> float | None:
    """Return the share of the time to plan, 0 to 1, that shows the same clip as before.

    None if there is no such time.
    """
    spans = [(fixed.slots[slot].start, fixed.slots[slot].end) for slot in fixed.open]
    whole = same = 0.0
    for start, end in spans:
        moments = {each.start_time for dance in (before, after) for each in dance}
        edges = [start, *sorted(at for at in moments if start < at < end), end]
        for first, last in pairwise(edges):
            whole += last - first
            middle = (first + last) / 2
            same += (last - first) * (_clip_at(before, middle) == _clip_at(after, middle))
    return same / whole if whole else None


def _clip_at(dance: Sequence[BlueprintMove], moment: float) -> str:
    index = bisect_left(dance, moment, key=lambda each: each.start_time) - 1
    return dance[max(index, 0)].clip_id or dance[max(index, 0)].video_path


def _until(analysis: Analysis, end: float) -> Analysis:
    """Return the analysis of a song that ends with the dance."""
    return msgspec.structs.replace(
        analysis,
        duration=end,
        beats=tuple(beat for beat in analysis.beats if beat < end),
        ones=tuple(one for one in analysis.ones if one < end) or (0.0,),
    )


def _within(parts: Sequence[Phrase], start: float, end: float) -> list[Phrase]:
    """Return the phrases between two moments; short remainders join their neighbours."""
    inside = list(_cut(parts, start, end))
    if len(inside) > 1 and inside[0].beats < _SCRAP:
        inside[:2] = [_joined(inside[:2])]
    if len(inside) > 1 and inside[-1].beats < _SCRAP:
        inside[-2:] = [_joined(inside[-2:])]
    return inside


def _cut(parts: Sequence[Phrase], start: float, end: float) -> Iterator[Phrase]:
    """Yield the parts of phrases between two moments, which are their first and last edge."""
    edges = [start, *(p.start for p in parts if start + _ON_THE_DOT < p.start < end - _ON_THE_DOT)]
    for first, last in zip(edges, [*edges[1:], end], strict=True):
        middle = (first + last) / 2
        part = next((p for p in parts if p.start <= middle < p.end), parts[-1])
        beat = (part.end - part.start) / part.beats
        from_start = 0.0 if abs(first - part.start) <= _ON_THE_DOT else (first - part.start) / beat
        to_end = 0.0 if abs(part.end - last) <= _ON_THE_DOT else (part.end - last) / beat
        yield msgspec.structs.replace(
            part,
            start=first,
            end=last,
            count=part.count + from_start,
            beats=part.beats - from_start - to_end,
        )


def _joined(parts: Sequence[Phrase]) -> Phrase:
    """Return consecutive phrases as one, which starts on the count of the first."""
    longest = max(parts, key=lambda part: part.beats)
    beats = sum(part.beats for part in parts)
    return msgspec.structs.replace(
        longest,
        start=parts[0].start,
        end=parts[-1].end,
        beats=beats,
        count=parts[0].count if len(parts) == 1 or parts[0].beats >= _SCRAP else -parts[0].beats,
        eight_counts=max(1, round(beats / 8)),
        energy=fmean(part.energy for part in parts),
    )
