"""Correct the beats of a clip."""

from functools import partial

from application.concurrency.background_queue import BackgroundQueue
from application.library.prewarm_library import PrewarmLibrary
from application.ports.moves import MoveRepository
from domain.library.corrections import Correction
from domain.library.moves import Move
from domain.library.retiming import refuse_undanceable
from domain.shared import validation


class CorrectMove:
    """Stores a user's correction of a clip's beats beside the analysis."""

    def __init__(
        self, moves: MoveRepository, prewarm_library: PrewarmLibrary, background: BackgroundQueue
    ) -> None:
        """Take the port, the preparation of clips, and the queue for it."""
        self._moves = moves
        self._prewarm_library = prewarm_library
        self._background = background

    async def __call__(self, move_id: str, correction: Correction) -> Move:
        """Return the corrected move; raises `MoveNotFound` and `InvalidRequest`.

        A correction replaces the previous one; an empty one removes it.
        """
        validation.refuse_faults(correction)
        refuse_undanceable(await self._moves.get_uncorrected(move_id), correction)
        await self._moves.correct(move_id, correction)
        move = await self._moves.get(move_id)
        if move.unusable is None:
            self._background(
                f"making the move {move.id!r} ready", partial(self._prewarm_library.one, move)
            )
        return move
