"""Be told better of a clip's time."""

from functools import partial

from application.later import Later
from application.ports.library import Library
from application.usecases.warm import WarmLibrary
from domain import documents
from domain.corrections import Correction
from domain.moves import Move
from domain.retiming import refuse_undanceable


class CorrectMove:
    """Keep what a person says of a clip's time beside what was heard in it."""

    def __init__(self, library: Library, warm: WarmLibrary, later: Later) -> None:
        """Take the port, who makes the clip ready where it enters now, and when."""
        self._library = library
        self._warm = warm
        self._later = later

    async def __call__(self, move_id: str, correction: Correction) -> Move:
        """Return the move as it is from now on; raises `MoveNotFound` and `InvalidRequest`.

        A correction takes the place of the one before; one that says nothing takes it back.
        """
        documents.refuse_faults(correction)
        refuse_undanceable(await self._library.move_as_heard(move_id), correction)
        await self._library.correct_move(move_id, correction)
        move = await self._library.move(move_id)
        if move.unusable is None:
            self._later(f"making the move {move.id!r} ready", partial(self._warm.one, move))
        return move
