"""Correct the beats of a clip."""

from application.library.library_jobs import LibraryJobs
from application.ports.moves import MoveRepository
from domain.library.corrections import Correction
from domain.library.moves import Move
from domain.library.readings import chosen, clip_readings
from domain.library.retiming import known_beats, refuse_undanceable
from domain.shared import validation


class CorrectMove:
    """Stores a user's correction of a clip's beats beside the analysis."""

    def __init__(self, moves: MoveRepository, library_jobs: LibraryJobs) -> None:
        """Take the port, and the jobs that follow."""
        self._moves = moves
        self._library_jobs = library_jobs

    async def __call__(self, move_id: str, correction: Correction) -> Move:
        """Return the corrected move; raises `MoveNotFound` and `InvalidRequest`.

        A correction replaces the previous one; an empty one removes it.
        """
        validation.refuse_faults(correction)
        original = await self._moves.get_uncorrected(move_id)
        beats = known_beats(original)
        correction = chosen(correction, clip_readings(original), beats, original.first_count)
        refuse_undanceable(original, correction)
        await self._moves.correct(move_id, correction)
        move = await self._moves.get(move_id)
        if move.unusable is None:
            await self._library_jobs.prepare(move)
        return move
