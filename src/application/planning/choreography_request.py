"""The request for a choreography, and the check of the moves that it names."""

from collections.abc import Mapping

import msgspec

from domain.blueprint.model import Difficulty
from domain.library.moves import Energy, Move, Style
from domain.planning.planner import Banned, Locked, Seed
from domain.shared.errors import InvalidRequest
from domain.shared.texts import Text
from domain.shared.violations import Violation


class ChoreographyRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A song, and the requested properties of the dance; an omitted one means no preference."""

    song_id: Text
    """Id of a song in the library."""
    difficulty: Difficulty | None = None
    """Maximum difficulty of a move."""
    energy_level: Energy | None = None
    """Energy level of the dance."""
    style: Style | None = None
    """Character of the dance."""
    seed: Seed = 0
    """The same request with the same seed and library gives the same dance."""
    locked_moves: Locked = ()
    """Moves that the dance must have on given eight-counts."""
    banned_moves: Banned = ()
    """Ids of moves that must not appear."""


def check_moves(request: ChoreographyRequest, moves_by_id: Mapping[str, Move]) -> None:
    """Raise `InvalidRequest` for moves that no dance can have, from all moves by id."""
    ids_by_path = [
        *((f"$.locked_moves[{i}].move_id", x.move_id) for i, x in enumerate(request.locked_moves)),
        *((f"$.banned_moves[{i}]", x) for i, x in enumerate(request.banned_moves)),
    ]
    wrong = tuple(
        Violation(path=path, message=f"There is no move {move_id!r} in the library.")
        for path, move_id in ids_by_path
        if move_id not in moves_by_id
    )
    wrong += tuple(
        Violation(
            path=f"$.locked_moves[{index}].position",
            message=f"The eight-count {lock.position} is locked to another move already.",
        )
        for index, lock in enumerate(request.locked_moves)
        if any(lock.position == other.position for other in request.locked_moves[:index])
    )
    wrong += tuple(
        Violation(
            path=f"$.locked_moves[{index}].move_id",
            message=f"No film can be made of the clip of the move {lock.move_id!r}: {unusable}",
        )
        for index, lock in enumerate(request.locked_moves)
        if lock.move_id in moves_by_id
        and (unusable := moves_by_id[lock.move_id].unusable) is not None
    )
    if wrong:
        raise InvalidRequest(wrong)
