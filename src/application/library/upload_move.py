"""Add an uploaded move."""

import asyncio
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from application.concurrency.keyed_lock import KeyedLock
from application.concurrency.timeouts import UPLOAD_QUEUE_WAIT, place_in
from application.library.add_move import AddMove
from application.library.clip_analysis import Examination, Examined
from application.library.library_jobs import LibraryJobs
from application.library.unique_ids import id_of, unused_move_id
from application.ports.library_files import LibraryFiles
from application.ports.media_probe import MediaProbe
from application.ports.moves import MoveRepository
from domain.blueprint.model import DAY, Difficulty
from domain.importing.move_lists import Listed, Note
from domain.importing.move_records import UNSORTED, MoveRecord
from domain.library.limits import CLIP
from domain.library.media_checks import MOVE, refuse_media
from domain.library.moves import Energy, Move, Style, Tempo
from domain.shared import validation
from domain.shared.errors import InvalidRequest
from domain.shared.texts import Name
from domain.shared.violations import Violation


class MoveForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The fields of a new move; the service computes missing ones, or uses a default."""

    name: Name
    label: Name | None = None
    """Name of the figure; default: `unsorted`."""
    difficulty: Difficulty | None = None
    """Default: `intermediate`."""
    energy_level: Energy | None = None
    """Default: computed from the motion in the clip."""
    style: Style | None = None
    """Default: `romantic`."""
    tempo: Tempo | None = None
    """Default: computed from the clip."""
    first_count: Annotated[float, Meta(ge=0, le=DAY)] | None = None
    """Time of the first "1" in seconds; default: computed from the clip."""


class UploadedMove(Move, frozen=True, kw_only=True):
    """A new move of the library."""

    notes: tuple[Note, ...]
    """The origin of each value."""


class UploadMove:
    """Analyses a clip, completes its fields, and adds the move; completely or not at all.

    Names need not be unique: each move gets its own id.
    """

    def __init__(
        self,
        moves: MoveRepository,
        library_files: LibraryFiles,
        media_probe: MediaProbe,
        examine: Examination,
        add_move: AddMove,
        library_jobs: LibraryJobs,
        at_once: int,
        queue_wait: float = UPLOAD_QUEUE_WAIT,
    ) -> None:
        """Take the ports, the parts that examine and add moves, and the jobs that follow.

        ``at_once`` is the number of parallel clips; each waits up to ``queue_wait`` seconds.
        """
        self._moves = moves
        self._library_files = library_files
        self._media_probe = media_probe
        self._examine = examine
        self._add_move = add_move
        self._library_jobs = library_jobs
        self._locks = KeyedLock()
        self._gate = asyncio.Semaphore(at_once)
        self._queue_wait = queue_wait

    async def __call__(self, clip: Path, form: MoveForm, *, own: bool = False) -> UploadedMove:
        """Return the new move; the caller must not change ``clip`` any more.

        The clip is prepared for films afterwards. An ``own`` clip, from the operator of the
        service, is prepared before the return, may be changed, and may have any size. Raises
        `InvalidRequest`, `UnacceptedMedia` for a file that is no film, `UnreadableMedia` for a
        damaged one, `TooLarge` above `domain.library.limits.CLIP`, and `WaitedTooLong` while other
        clips are examined.
        """
        validation.refuse_faults(form)
        async with place_in(self._gate, "a free place to read an upload", self._queue_wait):
            return await self._take(clip, form, own=own)

    async def _take(self, clip: Path, form: MoveForm, *, own: bool) -> UploadedMove:
        media = await self._media_probe.measure(clip, None if own else CLIP)
        refuse_media(media, MOVE)
        _refuse_beyond(form, float(media.seconds))
        examined = await self._examine(clip, _record_of(form), media, by_user=True)
        move = await self._added(clip, examined, own=own)
        if not own:
            await self._library_jobs.prepare(move)
        # It reads the whole library, so many uploads share one reading.
        await self._library_jobs.share_beats()
        return UploadedMove(**msgspec.structs.asdict(move), notes=examined.notes)

    async def _added(self, clip: Path, examined: Examined, *, own: bool) -> Move:
        # The second of two parallel uploads with the same name must see the id of the first.
        async with self._locks.of(examined.move.id):
            move_id = await unused_move_id(self._moves, self._library_files, examined.move.id)
            move = msgspec.structs.replace(examined.move, id=move_id)
            embedding = msgspec.structs.replace(examined.embedding, move_id=move_id)
            return await self._add_move(
                clip, move, embedding, ready=own, may_take_ownership=not own
            )


def _refuse_beyond(form: MoveForm, seconds: float) -> None:
    if form.first_count is not None and form.first_count >= seconds:
        message = f"This is after the end of the clip, which lasts {seconds:.3f} s."
        raise InvalidRequest((Violation(path="first_count", message=message),))


def _record_of(form: MoveForm) -> MoveRecord:
    entry = Listed(
        source="the upload",
        difficulty=form.difficulty,
        energy_level=form.energy_level,
        style=form.style,
        tempo=form.tempo,
        first_count=form.first_count,
    )
    return MoveRecord(
        id=id_of(form.name),
        name=form.name,
        label=form.label or UNSORTED,
        clip=None,
        entry=entry,
        notes=(),
    )
