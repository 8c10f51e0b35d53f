"""Submit the jobs that follow changes of the library."""

import hashlib
import logging
from collections.abc import Mapping
from typing import Final
from uuid import uuid4

import msgspec

from application.concurrency.shielding import finish_even_if_cancelled
from application.ports.clock import Clock
from application.ports.job_queue import JobQueue
from application.ports.jobs import JobRepository, SameWork, Submission
from domain.blueprint.model import PictureFormat
from domain.jobs.admission import Admission
from domain.jobs.job import Job, JobKind, Priority
from domain.library.moves import Move
from domain.library.songs import Song
from domain.shared import paths
from domain.shared.errors import BachataError

MOST: Final = 10_000
"""Maximum number of unfinished jobs of one kind that follow changes."""

_log = logging.getLogger("bachata.library")


class Preparation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The films for which songs and clips are prepared."""

    picture: PictureFormat = msgspec.field(default_factory=PictureFormat)
    analyse: bool = True
    """True: also analyse songs and clips that have no analysis."""


class LibraryJobs:
    """Records work that need not be finished before a request is answered.

    It survives a crash, and one job of the same work is recorded while another has not begun. A job
    that cannot be recorded is logged: films do what they need themselves.
    """

    def __init__(self, jobs: JobRepository, queue: JobQueue, clock: Clock) -> None:
        """Take the ports."""
        self._jobs = jobs
        self._queue = queue
        self._clock = clock

    async def prepare(self, item: Song | Move) -> None:
        """Prepare a new or changed song or move for films."""
        name = item_of(item)
        payload = msgspec.json.encode(Preparation()).decode()
        await self._submit(JobKind.PREPARE_ITEM, f"prepare {name}", payload, name)

    async def share_beats(self) -> None:
        """Give unsure clips the beats of surer ones."""
        await self._submit(JobKind.SHARE_BEATS, "share beats", "null")

    async def try_clips(self, clips: Mapping[str, str]) -> None:
        """Find out which clips of a failed film are unusable; see `PrepareItem.doubt`."""
        payload = msgspec.json.encode(clips, order="sorted")
        name = f"try {hashlib.sha256(payload).hexdigest()}"
        await self._submit(JobKind.TRY_CLIPS, name, payload.decode())

    async def _submit(
        self, kind: JobKind, name: str, payload: str, item: str | None = None
    ) -> None:
        job = Job(
            job_id=uuid4(),
            kind=kind,
            owner=paths.LOCAL_USER,
            created_at=self._clock.now(),
            priority=Priority.CHANGED,
            wanted=True,
            item=item,
        )
        submission = Submission(
            job=job,
            payload=payload,
            same=SameWork(name=name),
            admission=Admission(most=MOST, most_of_one=None, counted="jobs of the library"),
        )

        async def submit() -> None:
            if await self._jobs.submit(submission) == job:
                await self._queue.announce(job.job_id, job.priority)

        try:
            await finish_even_if_cancelled(submit())
        except BachataError as error:
            _log.warning("%s is not recorded: %s", name, error)


def item_of(each: Song | Move) -> str:
    """Return the name of a song or move for jobs, such as `songs/luna` or `moves/turn`."""
    return f"{'songs' if isinstance(each, Song) else 'moves'}/{each.id}"
