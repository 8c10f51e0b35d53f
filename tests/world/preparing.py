"""Work on every song and clip of a library, one after another, as its jobs do it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from anyio.lowlevel import checkpoint

from adapters.jobs.in_process import InProcessJobQueue
from adapters.memory.clock import MemoryClock
from adapters.memory.jobs import MemoryJobRepository
from adapters.memory.tasks import MemoryTaskRepository
from application.library.backfill_audio_embeddings import BackfillAudioEmbeddings
from application.library.library_jobs import LibraryJobs
from application.library.prepare_item import PrepareItem
from application.media.item_attempts import ItemAttempts, ItemFailure
from application.ports.jobs import JobRepository
from application.ports.move_embeddings import MoveEmbeddings
from application.ports.moves import MoveFilter
from application.ports.pagination import read_all
from application.ports.songs import SongFilter
from domain.jobs.job import Lane

ALREADY = timedelta(hours=-1)
"""One hour ahead: every running job was silent since."""
PATIENCE = 30.0


def library_jobs() -> tuple[LibraryJobs, MemoryJobRepository]:
    """Return jobs that nobody does, and their records."""
    jobs = MemoryJobRepository(MemoryTaskRepository())
    return LibraryJobs(jobs, InProcessJobQueue(), MemoryClock()), jobs


async def prepare_all(prepare: PrepareItem, library: Any) -> list[ItemFailure]:
    """Prepare every song and clip; return the failures. Raises what every item would meet."""
    failures: list[ItemFailure] = []
    songs = await read_all(lambda after, most: library.songs.page(SongFilter(), after, most))
    moves = await read_all(lambda after, most: library.moves.page(MoveFilter(), after, most))

    async def raised(error: Exception) -> None:
        # Every other item would meet it, too.
        raise error

    async def one(each: Any) -> None:
        if (failure := await prepare(each)) is not None:
            failures.append(failure)

    attempts = ItemAttempts("preparing", raised)
    for each in (*songs, *moves):
        await attempts(each.id, one(each))
    return [*failures, *attempts.failures]


async def complete_all(complete: BackfillAudioEmbeddings, embeddings: MoveEmbeddings) -> int:
    """Complete the embeddings of every move; return how many were."""
    done = 0
    attempts = ItemAttempts("listening to the clip of the move")

    async def one(move: Any) -> None:
        nonlocal done
        done += await complete(move)

    for each in await read_all(embeddings.page):
        await attempts(each.move.id, one(each.move))
    return done


async def library_work_ended(run: Callable[[Lane], Awaitable[bool]], jobs: JobRepository) -> None:
    """Wait until no job of the library is queued or running; run them if nobody else does."""
    async with asyncio.timeout(PATIENCE):
        while await run(Lane.LIBRARY) or await jobs.lost(ALREADY):
            await checkpoint()
