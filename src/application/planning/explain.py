"""Explain a dance, and measure its quality."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from application.concurrency.threads import PLANNING
from application.planning.danced_song import DancedSong, FindDancedSong
from application.planning.motion_cache import MotionCache
from application.ports.moves import MoveFilter, MoveRepository
from application.ports.pagination import read_all
from domain.blueprint.model import Blueprint, BlueprintMove
from domain.library.moves import Move
from domain.library.songs import Analysis, Song, shortened
from domain.planning.costs import Motion
from domain.planning.metrics import Quality, quality, rounded
from domain.planning.phrases import phrases
from domain.shared.result_warnings import ResultWarning, WarningCode

T = TypeVar("T")

_WHOLE = 0.05
"""Tolerance in seconds for a dance to cover the whole song."""


class Alternative(msgspec.Struct, frozen=True, kw_only=True):
    """Another possible move."""

    move_id: str
    name: str
    cost: float


class ExplainedMove(msgspec.Struct, frozen=True, kw_only=True):
    """A move of a dance, and the reasons for its choice."""

    position: int | None
    """Index of its first eight-count in the song, as in locks; null if it does not start on one."""
    start_time: float
    duration: float
    move_id: str | None
    name: str
    """Its name in the library, or else its id, or else its clip."""
    playback_rate: float
    cost: float | None
    """Null if the Blueprint contains no reason."""
    costs: dict[str, float]
    alternatives: tuple[Alternative, ...]


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """The reasons of a dance."""

    task_id: UUID
    song: Song | None
    """Null if it is not in the library."""
    moves: tuple[ExplainedMove, ...]
    quality: Quality | None
    """Current measures; if the song or moves are not in the library, those at planning time."""
    warnings: tuple[ResultWarning, ...]
    """Warnings: how the dance differs from the request."""


class _Reason(msgspec.Struct):
    cost: float | None = None
    costs: dict[str, float] = {}
    alternatives: tuple[Alternative, ...] = ()


class ExplainBlueprint:
    """Reads the reasons of a Blueprint, and measures its dance."""

    def __init__(
        self,
        moves: MoveRepository,
        find_danced_song: FindDancedSong,
        motion_cache: MotionCache,
    ) -> None:
        """Take the port, the use case that finds the song, and the motion of the clips."""
        self._moves = moves
        self._find_danced_song = find_danced_song
        self._motion_cache = motion_cache

    async def __call__(self, blueprint: Blueprint) -> Explanation:
        """Return the explanation; parts that a user has overwritten are omitted."""
        moves = await read_all(lambda after, most: self._moves.page(MoveFilter(), after, most))
        moves_by_id = {move.id: move for move in moves}
        danced = await self._find_danced_song(blueprint)
        parameters = blueprint.generation_parameters
        danced_to = _danced_to(danced, blueprint)
        measures, stored = None, _read(parameters.get("quality"), Quality)
        if danced_to is not None and all(each.clip_id in moves_by_id for each in blueprint.moves):
            weighed, motion = _weighed(moves, blueprint), await self._motion_cache()
            measures = await PLANNING.run(partial(_measured, blueprint, danced_to, weighed, motion))
        positions = _positions(blueprint, danced_to)
        return Explanation(
            task_id=blueprint.task_id,
            song=None if danced is None else danced.song,
            moves=tuple(
                _explained(each, moves_by_id, position)
                for each, position in zip(blueprint.moves, positions, strict=True)
            ),
            quality=_with_share(measures, stored),
            warnings=_warnings(parameters),
        )


def _danced_to(danced: DancedSong | None, blueprint: Blueprint) -> Analysis | None:
    """Return the analysis of the danced part of a song; None if there is none."""
    if danced is None or danced.analysis is None:
        return None
    end, analysis = float(blueprint.end), danced.analysis
    return analysis if end > analysis.duration - _WHOLE else shortened(analysis, end)


def _measured(
    blueprint: Blueprint, danced_to: Analysis, moves: Sequence[Move], motion: Motion | None
) -> Quality:
    measures = quality(
        blueprint.moves,
        danced_to,
        moves,
        wish=blueprint.difficulty_level,
        motion=motion,
        frame_rate=blueprint.output_config.frame_rate,
    )
    return rounded(measures)


def _with_share(measures: Quality | None, stored: Quality | None) -> Quality | None:
    """Return the current measures with the share that stayed, which only the planning knows."""
    if measures is None or stored is None:
        return measures or stored
    return msgspec.structs.replace(measures, kept_share=stored.kept_share)


def _warnings(parameters: Mapping[str, object]) -> tuple[ResultWarning, ...]:
    """Return the warnings of a plan; those of earlier versions are sentences without codes."""
    earlier = _read(parameters.get("degradations"), tuple[str, ...]) or ()
    return _read(parameters.get("warnings"), tuple[ResultWarning, ...]) or tuple(
        ResultWarning(WarningCode.UNCODED, each) for each in earlier
    )


def _positions(blueprint: Blueprint, danced_to: Analysis | None) -> list[int | None]:
    """Return the first eight-count of each move, by the division that fits most moves."""
    if danced_to is None:
        return [None] * len(blueprint.moves)
    options: list[list[int | None]] = []
    for join_scraps in (True, False):
        slots = phrases(danced_to, join_scraps=join_scraps)
        numbers = {round(slot.start, 3): number for number, slot in enumerate(slots)}
        options.append([numbers.get(round(each.start_time, 3)) for each in blueprint.moves])
    return min(options, key=lambda positions: positions.count(None))


def _explained(
    move: BlueprintMove, moves_by_id: Mapping[str, Move], position: int | None
) -> ExplainedMove:
    reason = _read(move.reason, _Reason) or _Reason()
    there = moves_by_id.get(move.clip_id or "")
    return ExplainedMove(
        position=position,
        start_time=move.start_time,
        duration=move.duration,
        move_id=move.clip_id,
        name=there.name if there else move.clip_id or move.video_path,
        playback_rate=move.playback_rate,
        cost=reason.cost,
        costs=reason.costs,
        alternatives=tuple(each for each in reason.alternatives if _usable(each, moves_by_id)),
    )


def _usable(alternative: Alternative, moves_by_id: Mapping[str, Move]) -> bool:
    """Return True if a move can be danced now, or is no longer in the library."""
    there = moves_by_id.get(alternative.move_id)
    return there is None or there.unusable is None


def _weighed(moves: Sequence[Move], blueprint: Blueprint) -> list[Move]:
    """Return the usable moves, and those in the dance."""
    danced = {each.clip_id for each in blueprint.moves}
    return [move for move in moves if move.unusable is None or move.id in danced]


def _read(value: Any, kind: type[T]) -> T | None:  # noqa: ANN401 - a person may have written it
    """Return the planner's value; None if a user has replaced it."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return None
