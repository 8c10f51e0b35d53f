"""Do the work of the jobs that prepare the library."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Final

import msgspec

from application.concurrency.timeouts import Timeouts, within
from application.concurrency.work_priority import low_priority
from application.jobs.end_events import progress_event
from application.library.analyze_song import AnalyzeSong
from application.library.backfill_audio_embeddings import BackfillAudioEmbeddings
from application.library.library_jobs import Preparation, item_of
from application.library.prepare_item import PrepareItem
from application.library.share_beats import ShareBeats
from application.media.cut_plans import output_in
from application.media.item_attempts import ItemFailure
from application.ports.job_events import JobEvents
from application.ports.job_queue import JobQueue
from application.ports.jobs import Child, JobRepository
from application.ports.moves import MoveFilter, MoveRepository
from application.ports.pagination import read_all
from application.ports.songs import SongFilter, SongRepository
from application.rendering.attempt import Attempt
from domain.jobs import fan_out
from domain.jobs.errors import InternalError, Poisoned
from domain.jobs.job import Job, JobKind, JobState
from domain.jobs.outcome import JobFailure, raisable
from domain.library.moves import Move
from domain.library.songs import Song
from domain.shared.errors import BachataError

_log = logging.getLogger("bachata.library")

LISTED: Final = 1_000
"""Maximum number of failures that a report lists; all are counted."""
_ANNOUNCED: Final = 32
"""Children that are announced; a worker that has found one goes on until there is none."""


class PreparationReport(msgspec.Struct, frozen=True, kw_only=True):
    """The results of preparing a library."""

    total: int
    """Songs and clips."""
    prepared: int
    failed: int
    removed: int
    """Songs and clips that were removed from the library meanwhile."""
    cancelled: int
    failures: tuple[ItemFailure, ...]
    """Up to 1000 of those that failed, in order of `item`, such as `moves/turn`."""


class PerformLibrary:
    """Does the work of one job on the library, with a low priority of the processor."""

    def __init__(
        self,
        jobs: JobRepository,
        queue: JobQueue,
        events: JobEvents,
        songs: SongRepository,
        moves: MoveRepository,
        prepare_item: PrepareItem,
        analyze_song: AnalyzeSong,
        backfill: BackfillAudioEmbeddings,
        share_beats: ShareBeats,
        timeouts: Timeouts | None = None,
    ) -> None:
        """Take the ports, and the use cases that do the work."""
        self._jobs = jobs
        self._queue = queue
        self._events = events
        self._songs = songs
        self._moves = moves
        self._prepare_item = prepare_item
        self._analyze_song = analyze_song
        self._backfill = backfill
        self._share_beats = share_beats
        self._timeouts = timeouts or Timeouts()

    async def __call__(self, job: Job, payload: str, attempt: Attempt) -> str | None:
        """Return the result as JSON, or None if the job is divided; raises as the use cases do."""
        limits = self._timeouts
        try:
            with low_priority():
                work = self._done(job, payload, attempt)
                return await within(f"the job {job.kind}", limits.background, work, limits.leaving)
        except BachataError as error:
            _log.warning("%s failed: %s", job.item or job.kind, error)
            raise
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            # What the work awaited was cancelled, not the work.
            raise InternalError from error

    async def _done(self, job: Job, payload: str, attempt: Attempt) -> str | None:
        match job.kind:
            case JobKind.PREPARE_LIBRARY:
                await self._divide(job, payload, attempt)
                return None
            case JobKind.PREPARE_ITEM:
                return await self._prepare(job, msgspec.json.decode(payload, type=Preparation))
            case JobKind.JOIN_LIBRARY:
                return await self._joined(job)
            case JobKind.SHARE_BEATS:
                shared = await self._share_beats()
                return _json({"shared": [move.id for move in shared]})
            case JobKind.TRY_CLIPS:
                await self._prepare_item.doubt(msgspec.json.decode(payload, type=dict[str, str]))
                return _json({})
            case _:
                raise ValueError(f"A job of the kind {job.kind} does not concern the library.")

    async def _divide(self, job: Job, payload: str, attempt: Attempt) -> None:
        """Replace the job by one for each song and move."""
        songs = await read_all(lambda after, most: self._songs.page(SongFilter(), after, most))
        moves = await read_all(lambda after, most: self._moves.page(MoveFilter(), after, most))
        children = [
            Child(job=fan_out.child_of(job, JobKind.PREPARE_ITEM, item_of(each)), payload=payload)
            for each in (*songs, *moves)
        ]
        after = await self._jobs.divide(job.job_id, attempt.number, children)
        if after.state is JobState.DIVIDED:
            await self._events.publish(progress_event(after))
            for child in children[:_ANNOUNCED]:
                await self._queue.announce(child.job.job_id, child.job.priority)

    async def _prepare(self, job: Job, preparation: Preparation) -> str:
        """Prepare a song or a move; its analysis is tried even if its encoding fails."""
        each = await self._item(job)
        if each is None:
            return _json({"removed": True})
        failure = await self._prepare_item(each, output_in(preparation.picture))
        if preparation.analyse:
            await self._analyse(each, failure)
        if failure is not None:
            raise raisable(JobFailure(code=failure.code, message=failure.message))
        return _json({"prepared": True})

    async def _item(self, job: Job) -> Song | Move | None:
        folder, _, name = (job.item or "").partition("/")
        return await (self._songs.find(name) if folder == "songs" else self._moves.find(name))

    async def _analyse(self, each: Song | Move, failure: ItemFailure | None) -> None:
        try:
            if isinstance(each, Song):
                await self._analyze_song(each.id)
            else:
                await self._backfill(each)
        except BachataError:
            # The first failure says more: it has also concerned the analysis.
            if failure is None:
                raise

    async def _joined(self, job: Job) -> str:
        """Sum up the results of the children."""
        children = await self._jobs.children(job.parent) if job.parent else ()
        return _json(report_of([each for each in children if each.kind is not job.kind]))


def report_of(children: list[Job]) -> PreparationReport:
    """Return the results of children that have ended."""
    failed = sorted((each for each in children if each.failure), key=lambda each: each.item or "")
    completed = [each for each in children if each.state is JobState.COMPLETED]
    removed = sum(each.result == _REMOVED for each in completed)
    return PreparationReport(
        total=len(children),
        prepared=len(completed) - removed,
        failed=len(failed),
        removed=removed,
        cancelled=sum(each.state is JobState.CANCELLED for each in children),
        failures=tuple(_failure(each) for each in failed[:LISTED]),
    )


def _failure(child: Job) -> ItemFailure:
    failure = child.failure or JobFailure(code=Poisoned.code, message=str(Poisoned()))
    return ItemFailure(item=child.item or "", code=failure.code, message=failure.message)


def _json(value: PreparationReport | Mapping[str, object]) -> str:
    return msgspec.json.encode(value).decode()


_REMOVED: Final = _json({"removed": True})
