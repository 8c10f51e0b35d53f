"""Plan a part of a Blueprint again."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

import msgspec

from application.concurrency.threads import PLANNING
from application.library.analyze_song import AnalyzeSong
from application.planning.danced_song import FindDancedSong
from application.planning.motion_cache import MotionCache
from application.planning.plan import PlannedDance
from application.planning.replan_request import ReplanRequest, check_replan, refuse_unfitting
from application.planning.shortlisting import Shortlist
from application.ports.clock import Clock
from application.ports.moves import MoveRepository
from domain.blueprint import rules
from domain.blueprint.model import Blueprint, Difficulty
from domain.library.moves import Energy, Move, Style
from domain.library.songs import Analysis, Song
from domain.planning.costs import Motion
from domain.planning.fixed_slots import FixedSlots, fixed_slots, kept_share
from domain.planning.metrics import Quality, quality, rounded
from domain.planning.planner import Plan, Seed, Wish
from domain.planning.query_fit import fit, requested
from domain.planning.replan import planned_again, unfitting
from domain.shared import paths
from domain.shared.errors import MediaNotFound, NoBeatsDetected, SongNotFound
from domain.text_query.words import read


class _EarlierWish(msgspec.Struct, frozen=True):
    """The request from which a Blueprint was planned."""

    difficulty: Difficulty | None = None
    energy_level: Energy | None = None
    style: Style | None = None
    seed: Seed = 0
    query: str | None = None


class _Again(msgspec.Struct, frozen=True):
    """All that a new plan depends on."""

    request: ReplanRequest
    wish: _EarlierWish
    analysis: Analysis
    candidates: Sequence[Move]
    fixed: FixedSlots
    motion: Motion | None


class Replan:
    """Plans the moves of a Blueprint that are not locked again, and returns a new Blueprint.

    The dance meets the same wish as before. The same request with the same library gives the same
    dance. No language model is asked: a description is read by rules.
    """

    def __init__(
        self,
        moves: MoveRepository,
        find_danced_song: FindDancedSong,
        analyze_song: AnalyzeSong,
        clock: Clock,
        motion_cache: MotionCache,
        shortlist: Shortlist,
    ) -> None:
        """Take the ports, the songs, the motion of the clips and the candidate moves."""
        self._moves = moves
        self._find_danced_song = find_danced_song
        self._analyze_song = analyze_song
        self._clock = clock
        self._motion_cache = motion_cache
        self._shortlist = shortlist

    async def __call__(self, request: ReplanRequest, task_id: UUID, owner: str) -> PlannedDance:
        """Return the new dance, whose `Quality` has the share that stayed.

        Raises `InvalidRequest` with everything that is wrong, `SongNotFound` if the song is not in
        the library, `MediaNotFound`, `LibraryFailed`, `NoBeatsDetected`, and `NoMovesMatch`.
        """
        before = request.blueprint
        moves_by_id = await self._named(request)
        check_replan(request, moves_by_id)
        song, analysis = await self._danced(before)
        earlier = _earlier_wish(before.generation_parameters)
        if request.seed is not None:
            earlier = msgspec.structs.replace(earlier, seed=request.seed)
        chosen = {each.index: moves_by_id[each.move_id] for each in request.chosen_moves}
        fixed = fixed_slots(before, analysis, set(request.locks), chosen, moves_by_id)
        refuse_unfitting(request, unfitting(analysis, fixed))
        wish = _wish(request, earlier)
        candidates = await self._shortlist(song.id, analysis.tempo, wish, earlier.query)
        motion = await self._motion_cache()
        again = _Again(request, earlier, analysis, candidates, fixed, motion)
        dance = await PLANNING.run(partial(_planned, again))
        measures = await PLANNING.run(partial(_measured, again, dance))
        blueprint = self._written(again, dance, measures, song, task_id, owner)
        # A transition into a locked move may be too long for the new move before it.
        rules.check(blueprint, owner)
        return PlannedDance(blueprint=blueprint, warnings=dance.warnings, quality=measures)

    async def _named(self, request: ReplanRequest) -> dict[str, Move]:
        """Return the existing moves that the request and its Blueprint name, by id."""
        ids = {each.clip_id for each in request.blueprint.moves if each.clip_id is not None}
        ids |= {*request.banned_moves, *(each.move_id for each in request.chosen_moves)}
        return {move.id: move for move in await self._moves.find_many(sorted(ids))}

    async def _danced(self, before: Blueprint) -> tuple[Song, Analysis]:
        danced = await self._find_danced_song(before)
        if danced is None:
            raise SongNotFound(
                f"The song {before.audio_path!r} of the Blueprint is not in the library; upload "
                "it, and plan a dance to it."
            )
        if danced.song.unusable is not None:
            raise MediaNotFound(danced.song.audio_path)
        if danced.analysis is None:
            analysis = await self._analyze_song(danced.song.id)
            raise NoBeatsDetected(
                f"The analysis detected no beats in {danced.song.title!r} (confidence "
                f"{analysis.confidence:.2f}); correct its tempo and its first '1'."
            )
        return danced.song, danced.analysis

    def _written(
        self,
        again: _Again,
        dance: Plan,
        measures: Quality,
        song: Song,
        task_id: UUID,
        owner: str,
    ) -> Blueprint:
        """Return the new Blueprint: the old one with another id, dance and report."""
        request, before = again.request, again.request.blueprint
        output = msgspec.structs.replace(
            before.output_config, output_path=paths.film(owner, task_id)
        )
        parameters = {
            **before.generation_parameters,
            "song_id": song.id,
            "seed": again.wish.seed,
            "locked_moves": [],
            "banned_moves": list(request.banned_moves),
            "replanned": {
                "task_id": str(before.task_id),
                "locks": list(request.locks),
                "chosen_moves": list(msgspec.to_builtins(request.chosen_moves)),
            },
            "user_id": owner,
            "warnings": list(msgspec.to_builtins(dance.warnings)),
            "quality": msgspec.to_builtins(measures),
        }
        return msgspec.structs.replace(
            before,
            task_id=task_id,
            moves=dance.moves,
            generation_timestamp=self._clock.now(),
            generation_parameters=parameters,
            output_config=output,
        )


def _earlier_wish(parameters: dict[str, Any]) -> _EarlierWish:
    """Return the request of a Blueprint; fields that a person has overwritten have no effect."""
    fields = {
        name: parameters[name] for name in _EarlierWish.__struct_fields__ if name in parameters
    }
    wrong = {name for name, value in fields.items() if not _is_read({name: value})}
    return msgspec.convert({k: v for k, v in fields.items() if k not in wrong}, _EarlierWish)


def _is_read(fields: dict[str, Any]) -> bool:
    try:
        msgspec.convert(fields, _EarlierWish)
    except msgspec.ValidationError:
        return False
    return True


def _wish(request: ReplanRequest, earlier: _EarlierWish) -> Wish:
    return Wish(
        difficulty=earlier.difficulty,
        energy_level=earlier.energy_level,
        style=earlier.style,
        seed=earlier.seed,
        banned=request.banned_moves,
    )


def _planned(again: _Again) -> Plan:
    words, moves = again.wish.query, again.candidates
    description = None if words is None else read(words, (), sorted({m.label for m in moves}))
    return planned_again(
        again.request.blueprint,
        again.analysis,
        moves,
        _wish(again.request, again.wish),
        again.fixed,
        fit=None if description is None else {m.id: fit(description, m) for m in moves},
        motion=again.motion,
        requested=None if description is None else requested(description, moves),
    )


def _measured(again: _Again, dance: Plan) -> Quality:
    before, fixed = again.request.blueprint, again.fixed
    library = {move.id: move for move in (*again.candidates, *fixed.moves.values())}
    measures = quality(
        [
            msgspec.structs.replace(each, clip_id=each.clip_id or each.video_path)
            for each in dance.moves
        ],
        again.analysis,
        list(library.values()),
        wish=again.wish.difficulty,
        motion=again.motion,
        frame_rate=before.output_config.frame_rate,
    )
    share = kept_share(before.moves, dance.moves, fixed)
    return rounded(msgspec.structs.replace(measures, kept_share=share))
