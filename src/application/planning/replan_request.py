"""The request to plan a part of a Blueprint again, and the check of what it names."""

from collections.abc import Iterator, Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from domain.blueprint.model import MOST_MOVES, Blueprint
from domain.library.moves import Move
from domain.planning.planner import Banned, Seed
from domain.shared.errors import InvalidRequest
from domain.shared.texts import Text
from domain.shared.violations import Violation

Index = Annotated[
    int, Meta(ge=0, lt=MOST_MOVES, description="Index in `blueprint.moves`, counted from 0.")
]


class ChosenMove(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A move of the library in the time of a move of the Blueprint."""

    index: Index
    move_id: Text


class ReplanRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A Blueprint, and the moves that stay; the others are planned again."""

    blueprint: Blueprint
    locks: Annotated[tuple[Index, ...], Meta(max_length=MOST_MOVES)] = ()
    """Moves of the Blueprint that stay as they are, to the frame."""
    chosen_moves: Annotated[tuple[ChosenMove, ...], Meta(max_length=MOST_MOVES)] = ()
    """Moves of the library that replace moves of the Blueprint, each in exactly its time."""
    banned_moves: Banned = ()
    """Ids of moves that must not appear; earlier requests have no effect."""
    seed: Seed | None = None
    """Default: the seed of the Blueprint, which keeps what need not change."""


def check_replan(request: ReplanRequest, moves_by_id: Mapping[str, Move]) -> None:
    """Raise `InvalidRequest` with everything that is wrong, from all named moves by id."""
    if wrong := (*_indices(request), *_moves(request, moves_by_id)):
        raise InvalidRequest(wrong)


def _indices(request: ReplanRequest) -> Iterator[Violation]:
    """Yield indices without a move, and moves that are named twice."""
    count = len(request.blueprint.moves)
    paths = {f"$.locks[{k}]": index for k, index in enumerate(request.locks)}
    paths |= {f"$.chosen_moves[{k}].index": x.index for k, x in enumerate(request.chosen_moves)}
    first: dict[int, str] = {}
    for path, index in paths.items():
        if index >= count:
            message = f"The Blueprint has {count} moves, so the last index is {count - 1}."
            yield Violation(path=path, message=message)
        elif index in first:
            message = f"The move {index} is named by {first[index]} already; leave one of them out."
            yield Violation(path=path, message=message)
        first.setdefault(index, path)


def _moves(request: ReplanRequest, moves_by_id: Mapping[str, Move]) -> Iterator[Violation]:
    """Yield moves that do not exist, that no film can be made of, and that are banned."""
    moves = request.blueprint.moves
    banned = {move_id: k for k, move_id in enumerate(request.banned_moves)}
    named = {
        **{
            f"$.locks[{k}]": moves[i].clip_id for k, i in enumerate(request.locks) if i < len(moves)
        },
        **{f"$.chosen_moves[{k}].move_id": x.move_id for k, x in enumerate(request.chosen_moves)},
    }
    for path, move_id in named.items():
        move = moves_by_id.get(move_id or "")
        if move is None and path.endswith("move_id"):
            yield Violation(path=path, message=f"There is no move {move_id!r} in the library.")
        if move is not None and move.unusable is not None:
            message = f"No film can be made of the clip of the move {move.id!r}: {move.unusable}"
            yield Violation(path=path, message=message)
        if move_id in banned:
            place = f"$.banned_moves[{banned[move_id]}]"
            message = f"The move {move_id!r} is banned by {place}; ban it or keep it, not both."
            yield Violation(path=path, message=message)
    for k, move_id in enumerate(request.banned_moves):
        if move_id not in moves_by_id:
            message = f"There is no move {move_id!r} in the library."
            yield Violation(path=f"$.banned_moves[{k}]", message=message)


def refuse_unfitting(request: ReplanRequest, indices: tuple[int, ...]) -> None:
    """Raise `InvalidRequest` for chosen moves that do not fit the time of these moves."""
    if not indices:
        return
    wrong: list[Violation] = []
    for k, chosen in enumerate(request.chosen_moves):
        if chosen.index in indices:
            old = request.blueprint.moves[chosen.index]
            message = (
                f"The move {chosen.move_id!r} does not fit the {old.duration:.2f} s of the move "
                f"{chosen.index}: its clip is too short, or its tempo is too different. Choose "
                "another move, such as an alternative in its `reason`."
            )
            wrong.append(Violation(path=f"$.chosen_moves[{k}].move_id", message=message))
    raise InvalidRequest(tuple(wrong))
