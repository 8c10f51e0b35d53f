"""Be told better of a clip's time."""

from functools import partial

from application.concurrency.background_queue import BackgroundQueue
from application.library.prewarm_library import PrewarmLibrary
from application.ports.moves import MoveRepository
from domain.library.corrections import Correction
from domain.library.moves import Move
from domain.library.retiming import refuse_undanceable
from domain.shared import validation


class CorrectMove:
    """Keep what a person says of a clip's time beside what was heard in it."""

    def __init__(self, moves: MoveRepository, warm: PrewarmLibrary, later: BackgroundQueue) -> None:
        """Take the port, who makes the clip ready where it enters now, and when."""
        self._moves = moves
        self._warm = warm
        self._later = later

    async def __call__(self, move_id: str, correction: Correction) -> Move:
        """Return the move as it is from now on; raises `MoveNotFound` and `InvalidRequest`.

        A correction takes the place of the one before; one that says nothing takes it back.
        """
        validation.refuse_faults(correction)
        refuse_undanceable(await self._moves.get_uncorrected(move_id), correction)
        await self._moves.correct(move_id, correction)
        move = await self._moves.get(move_id)
        if move.unusable is None:
            self._later(f"making the move {move.id!r} ready", partial(self._warm.one, move))
        return move
