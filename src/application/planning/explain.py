"""Say why a dance is as it is, and how good it is."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from application.library.analyze_song import AnalyzeSong
from application.planning.motion_cache import MotionCache
from application.ports.moves import MoveFilter, MoveRepository
from application.ports.pagination import read_all
from application.ports.songs import SongFilter, SongRepository
from domain.blueprint.model import Blueprint, BlueprintMove
from domain.library.moves import Move
from domain.library.songs import Analysis, Song, shortened
from domain.planning.metrics import Quality, quality, rounded
from domain.planning.phrases import phrases
from domain.planning.tempo_octaves import counted_at
from domain.shared.errors import LibraryFailed

T = TypeVar("T")

_WHOLE = 0.05
"""Seconds before a song's end from which a dance is to the whole song."""


class Alternative(msgspec.Struct, frozen=True, kw_only=True):
    """Another move that could have been danced."""

    move_id: str
    name: str
    cost: float


class ExplainedMove(msgspec.Struct, frozen=True, kw_only=True):
    """A move of a dance, and why it was chosen."""

    position: int | None
    """Eight-count of the song it begins on, from 0, as locks count; None where none begins."""
    start_time: float
    duration: float
    move_id: str | None
    name: str
    """Its name in the library, else its id, else its clip."""
    playback_rate: float
    cost: float | None
    """None where nobody said why."""
    costs: dict[str, float]
    alternatives: tuple[Alternative, ...]


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """Why a dance is as it is."""

    task_id: UUID
    song: Song | None
    """None where it is not in the library."""
    moves: tuple[ExplainedMove, ...]
    quality: Quality | None
    """As it is measured now; where song or moves are not in the library, as it was planned."""
    degradations: tuple[str, ...]
    """Where it departed from what was asked."""


class _Reason(msgspec.Struct):
    cost: float | None = None
    costs: dict[str, float] = {}
    alternatives: tuple[Alternative, ...] = ()


class ExplainBlueprint:
    """Reads the reasons of a Blueprint, and measures its dance."""

    def __init__(
        self, songs: SongRepository, moves: MoveRepository, hear: AnalyzeSong, watched: MotionCache
    ) -> None:
        """Take the port, who hears the song, and what is known of the clips' motion."""
        self._songs = songs
        self._moves = moves
        self._hear = hear
        self._watched = watched

    async def __call__(self, blueprint: Blueprint) -> Explanation:
        """Return all that is known; of what a person has written over, nothing is made up."""
        moves = await read_all(lambda after, most: self._moves.page(MoveFilter(), after, most))
        known = {move.id: move for move in moves}
        there = SongFilter(audio_path=blueprint.audio_path)
        song = next(iter((await self._songs.page(there, None, 1)).items), None)
        said = blueprint.generation_parameters
        danced_to = None if song is None else await self._danced_to(song, blueprint)
        measured = None
        if danced_to is not None and all(each.clip_id in known for each in blueprint.moves):
            measured = rounded(
                quality(
                    blueprint.moves,
                    danced_to,
                    _weighed(moves, blueprint),
                    asked=blueprint.difficulty_level,
                    motion=await self._watched(),
                    frame_rate=blueprint.output_config.frame_rate,
                )
            )
        positions = _positions(blueprint, danced_to)
        return Explanation(
            task_id=blueprint.task_id,
            song=song,
            moves=tuple(
                _explained(each, known, position)
                for each, position in zip(blueprint.moves, positions, strict=True)
            ),
            quality=measured or _read(said.get("quality"), Quality),
            degradations=_read(said.get("degradations"), tuple[str, ...]) or (),
        )

    async def _danced_to(self, song: Song, blueprint: Blueprint) -> Analysis | None:
        """What is heard in as much of a song as is danced to; None where that is nothing."""
        end = float(blueprint.end)
        try:
            heard = await self._hear(song.id)
        except LibraryFailed:
            return None
        if not heard.ones:
            return None
        if blueprint.audio_tempo:
            heard = counted_at(heard, blueprint.audio_tempo)
        return heard if end > heard.duration - _WHOLE else shortened(heard, end)


def _positions(blueprint: Blueprint, danced_to: Analysis | None) -> list[int | None]:
    """The eight-counts that moves begin on: those of the division most of them fit."""
    if danced_to is None:
        return [None] * len(blueprint.moves)
    found: list[list[int | None]] = []
    for join_scraps in (True, False):
        slots = phrases(danced_to, join_scraps=join_scraps)
        known = {round(slot.start, 3): number for number, slot in enumerate(slots)}
        found.append([known.get(round(each.start_time, 3)) for each in blueprint.moves])
    return min(found, key=lambda positions: positions.count(None))


def _explained(
    move: BlueprintMove, known: Mapping[str, Move], position: int | None
) -> ExplainedMove:
    reason = _read(move.reason, _Reason) or _Reason()
    there = known.get(move.clip_id or "")
    return ExplainedMove(
        position=position,
        start_time=move.start_time,
        duration=move.duration,
        move_id=move.clip_id,
        name=there.name if there else move.clip_id or move.video_path,
        playback_rate=move.playback_rate,
        cost=reason.cost,
        costs=reason.costs,
        alternatives=tuple(each for each in reason.alternatives if _usable(each, known)),
    )


def _usable(alternative: Alternative, known: Mapping[str, Move]) -> bool:
    """Whether a move could be danced now; one that is gone is told of as it was."""
    there = known.get(alternative.move_id)
    return there is None or there.unusable is None


def _weighed(moves: Sequence[Move], blueprint: Blueprint) -> list[Move]:
    """The moves a dance could be chosen from, and those that it has."""
    danced = {each.clip_id for each in blueprint.moves}
    return [move for move in moves if move.unusable is None or move.id in danced]


def _read(said: Any, kind: type[T]) -> T | None:  # noqa: ANN401 - a person may have written it
    """What the planner wrote; None where something else stands there now."""
    try:
        return msgspec.convert(said, kind)
    except msgspec.ValidationError:
        return None
