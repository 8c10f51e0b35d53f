"""Write the counts and the names of the moves of a film as a WebVTT file."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Final

from application.planning.danced_song import FindDancedSong
from application.ports.moves import MoveRepository
from domain.blueprint.model import Blueprint, BlueprintMove
from domain.blueprint.timeline import laid_out
from domain.library.moves import Move
from domain.planning.counts import TAPS, Count, counts_of_clips, counts_of_song
from domain.rendering.webvtt import TimedText, escaped, webvtt
from domain.shared.frame_time import exact

_NOTE: Final = "Counts 1 to 8 with the class tap on 4 and 8, and the moves with the class move"

_TOP: Final = "line:0"
"""Moves are shown at the top, so that they do not push the counts upwards."""


class ReadCounts:
    """Returns a cue for each count and one for each move of a Blueprint.

    The counts are those of the song. If the film has no song, or the library does not know its
    beats, they are those of the clips.
    """

    def __init__(self, moves: MoveRepository, find_danced_song: FindDancedSong) -> None:
        """Take the port, and the use case that finds the song."""
        self._moves = moves
        self._find_danced_song = find_danced_song

    async def __call__(self, blueprint: Blueprint) -> str:
        """Return the WebVTT file; a move begins with the frame of its cut."""
        ids = sorted({each.clip_id for each in blueprint.moves if each.clip_id is not None})
        moves_by_id = {move.id: move for move in await self._moves.find_many(ids)}
        edges = _edges(blueprint)
        counts = await self._counts(blueprint, moves_by_id, float(edges[-1]))
        cues = (*_move_cues(blueprint.moves, edges, moves_by_id), *_count_cues(counts))
        return webvtt(sorted(cues, key=lambda cue: cue.start), _NOTE)

    async def _counts(
        self, blueprint: Blueprint, moves_by_id: Mapping[str, Move], end: float
    ) -> Sequence[Count]:
        if blueprint.output_config.add_audio_overlay:
            danced = await self._find_danced_song(blueprint)
            if danced is not None and danced.analysis is not None:
                return counts_of_song(danced.analysis, end)
        return counts_of_clips(blueprint.moves, moves_by_id)


def _edges(blueprint: Blueprint) -> list[Fraction]:
    """Return the start of each move in the film, and the film's end, in seconds."""
    timeline = laid_out(blueprint)
    frames = accumulate((cut.frames for cut in timeline.cuts), initial=0)
    return [Fraction(frame, timeline.output.frame_rate) for frame in frames]


def _move_cues(
    dance: Sequence[BlueprintMove], edges: Sequence[Fraction], moves_by_id: Mapping[str, Move]
) -> Iterator[TimedText]:
    for index, (each, (start, end)) in enumerate(zip(dance, pairwise(edges), strict=True)):
        move = moves_by_id.get(each.clip_id or "")
        name = " ".join((move.name if move else each.clip_id or each.video_path).split())
        yield TimedText(
            start=start,
            end=end,
            markup=f"<c.move>{escaped(name)}</c>",
            name=f"move-{index}",
            settings=_TOP,
        )


def _count_cues(counts: Iterable[Count]) -> Iterator[TimedText]:
    for index, count in enumerate(counts):
        kind = "count.tap" if count.number in TAPS else "count"
        shown = f"<b>{count.number}</b>" if count.number in TAPS else str(count.number)
        yield TimedText(
            start=exact(count.start),
            end=exact(count.end),
            markup=f"<c.{kind}>{shown}</c>",
            name=f"count-{index}",
        )
