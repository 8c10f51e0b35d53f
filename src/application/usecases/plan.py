"""Plan the choreography of a song."""

from uuid import UUID

import msgspec

from application.ports.clock import Clock
from application.ports.library import Library, MoveFilter
from application.ports.listener import Listener
from application.ports.storage import Storage
from application.ports.workspace import Workspace
from domain import choreography, paths
from domain.blueprint import Blueprint, Difficulty, OutputConfig
from domain.choreography import LockedMove, Wish
from domain.errors import InvalidRequest
from domain.moves import Energy, Move, Style
from domain.music import Analysis, Song
from domain.violations import Violation

_PAGE = 500


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

    def __init__(
        self,
        library: Library,
        storage: Storage,
        workspace: Workspace,
        listener: Listener,
        clock: Clock,
    ) -> None:
        """Take the ports."""
        self._library = library
        self._storage = storage
        self._workspace = workspace
        self._listener = listener
        self._clock = clock

    async def __call__(
        self, request: ChoreographyRequest, task_id: UUID, owner: str
    ) -> PlannedDance:
        """Return the Blueprint of a dance to the whole song.

        Raises `SongNotFound`, `MediaNotFound`, `UnreadableMedia`, `NoMovesMatch`, and
        `InvalidRequest` when a locked or banned move is not in the library.
        """
        song = await self._library.song(request.song_id)
        analysis = await self._heard(song, task_id)
        moves = await self._moves()
        _refuse_unknown(request, moves)
        wish = Wish(
            difficulty=request.difficulty,
            energy_level=request.energy_level,
            style=request.style,
            seed=request.seed,
            locked=request.locked_moves,
            banned=request.banned_moves,
        )
        dance = choreography.plan(analysis, moves, wish)
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

    async def _heard(self, song: Song, task_id: UUID) -> Analysis:
        known = await self._library.analysis(song.id)
        if known is not None:
            return known
        async with self._workspace.take(task_id) as folder:
            sound = folder / "song"
            await self._storage.fetch(song.audio_path, sound)
            heard = await self._listener.hear(sound)
        await self._library.keep_analysis(song.id, heard)
        return heard

    async def _moves(self) -> list[Move]:
        moves: list[Move] = []
        after: str | None = None
        while True:
            page = await self._library.moves(MoveFilter(), after, _PAGE)
            moves.extend(page.items)
            if (after := page.last) is None:
                return moves


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
