"""Plan the choreography of a song."""

import asyncio
from uuid import UUID

import msgspec

from application.ports.clock import Clock
from application.ports.library import Library, MoveFilter
from application.usecases.browse import everything
from application.usecases.hear import HearSong
from domain import choreography, paths
from domain.blueprint import Blueprint, Difficulty, OutputConfig
from domain.choreography import LockedMove, Wish
from domain.errors import InvalidRequest, NoBeatHeard
from domain.moves import Energy, Move, Style
from domain.music import shortened
from domain.violations import Violation
from domain.wording.choosing import fit
from domain.words import Asked


class ChoreographyRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A song, and what the dance to it is to be like; what is left out does not matter."""

    song_id: str
    difficulty: Difficulty | None = None
    energy_level: Energy | None = None
    style: Style | None = None
    seed: int = 0
    """The same request with the same seed gives the same dance."""
    locked_moves: tuple[LockedMove, ...] = ()
    banned_moves: tuple[str, ...] = ()


class PlannedDance(msgspec.Struct, frozen=True, kw_only=True):
    """A Blueprint, and where it departs from what was asked."""

    blueprint: Blueprint
    degradations: tuple[str, ...]


class PlanChoreography:
    """Hear the song, choose the moves, and write the Blueprint; no film is made."""

    def __init__(self, library: Library, hear: HearSong, clock: Clock) -> None:
        """Take the ports, and who hears the song."""
        self._library = library
        self._hear = hear
        self._clock = clock

    async def __call__(
        self,
        request: ChoreographyRequest,
        task_id: UUID,
        owner: str,
        asked: Asked | None = None,
    ) -> PlannedDance:
        """Return the Blueprint of a dance to the whole song, or to as much as was ``asked`` for.

        Raises `SongNotFound`, `MediaNotFound`, `UnreadableMedia`, `NoBeatHeard`, `NoMovesMatch`,
        and `InvalidRequest` when a locked or banned move is not in the library.
        """
        song = await self._library.song(request.song_id)
        analysis = await self._hear(song.id)
        if not analysis.ones:
            raise NoBeatHeard(
                f"No beat can be heard in {song.title!r} (confidence {analysis.confidence:.2f}); "
                "choose another song, or say its tempo and where a '1' is."
            )
        moves = await everything(lambda after, most: self._library.moves(MoveFilter(), after, most))
        _refuse_unknown(request, moves)
        if asked is not None and asked.seconds is not None:
            analysis = shortened(analysis, asked.seconds)
        wish = Wish(
            difficulty=request.difficulty,
            energy_level=request.energy_level,
            style=request.style,
            seed=request.seed,
            locked=request.locked_moves,
            banned=request.banned_moves,
        )
        wanted = None if asked is None else {move.id: fit(asked, move) for move in moves}
        dance = await asyncio.to_thread(choreography.plan, analysis, moves, wish, fit=wanted)
        blueprint = Blueprint(
            task_id=task_id,
            audio_path=song.audio_path,
            audio_tempo=analysis.tempo,
            moves=dance.moves,
            difficulty_level=request.difficulty,
            generation_timestamp=self._clock.now(),
            generation_parameters={**msgspec.to_builtins(request), "user_id": owner},
            output_config=OutputConfig(output_path=paths.film(owner, task_id)),
        )
        return PlannedDance(blueprint=blueprint, degradations=dance.degradations)


def _refuse_unknown(request: ChoreographyRequest, moves: list[Move]) -> None:
    known = {move.id for move in moves}
    named = [
        *((f"$.locked_moves[{i}].move_id", x.move_id) for i, x in enumerate(request.locked_moves)),
        *((f"$.banned_moves[{i}]", x) for i, x in enumerate(request.banned_moves)),
    ]
    wrong = tuple(
        Violation(path=path, message=f"There is no move {move_id!r} in the library.")
        for path, move_id in named
        if move_id not in known
    )
    wrong += tuple(
        Violation(
            path=f"$.locked_moves[{index}].position",
            message=f"The eight-count {lock.position} is locked to another move already.",
        )
        for index, lock in enumerate(request.locked_moves)
        if any(lock.position == other.position for other in request.locked_moves[:index])
    )
    if wrong:
        raise InvalidRequest(wrong)
