"""Import many moves."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from application.concurrency.shielding import finish_even_if_cancelled
from application.concurrency.task_groups import run_all
from application.library.add_move import AddMove
from application.library.clip_analysis import Examination, Examined
from application.library.clip_failures import MISSING
from application.library.import_scan import gathered
from application.library.share_beats import ShareBeats
from application.media.item_attempts import attempt
from application.media.store_file import delete_or_leave, fingerprint
from application.ports.library_files import LibraryFiles
from application.ports.media_probe import MediaProbe
from application.ports.move_embeddings import MoveEmbeddings
from application.ports.moves import MoveRepository
from application.ports.storage import Storage
from domain.importing.move_lists import Kind, Note, note
from domain.importing.move_records import MoveRecord
from domain.library.media_checks import MOVE, refuse_media
from domain.library.moves import Move
from domain.shared import paths
from domain.shared.bucket_uris import Home
from domain.shared.errors import (
    MediaNotFound,
    MediaTaken,
    MoveNotFound,
)

OnProgress = Callable[[str, int, int], Awaitable[None]]
"""Receives the name of a finished move, the number done and the total."""

_AT_ONCE: Final = 2


class Outcome(StrEnum):
    """The outcome for a move."""

    ADDED = "added"
    COMPLETED = "completed"
    """The move existed already; its clip or its embedding did not."""
    UNCHANGED = "unchanged"
    MISSING = "missing"
    """Its clip is missing."""
    REFUSED = "refused"


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """A move, its outcome, and notes on the source of each value."""

    id: str
    name: str
    outcome: Outcome
    notes: tuple[Note, ...]
    code: str | None = None
    """Why it was refused where its clip failed: a code of `domain.shared.errors`."""


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome for every move, in the order of the lists and the folders."""

    moves: tuple[Imported, ...]
    passed_over: tuple[str, ...]
    """Files beside the clips that are not valid lists of moves."""

    def count(self, outcome: Outcome) -> int:
        """Return the number of moves with this outcome."""
        return sum(move.outcome is outcome for move in self.moves)


class ImportLibrary:
    """Adds the moves of a folder or a list, each completely or not at all; existing moves stay.

    Importing the same again changes nothing, and completes an interrupted import. A clip that
    cannot be used is refused in the report; the others are imported.
    """

    def __init__(
        self,
        moves: MoveRepository,
        library_files: LibraryFiles,
        storage: Storage,
        embeddings: MoveEmbeddings,
        media_probe: MediaProbe,
        add_move: AddMove,
        examine: Examination,
        at_once: int = _AT_ONCE,
        home: Home | None = None,
        share_beats: ShareBeats | None = None,
    ) -> None:
        """Take the ports, the number of parallel clips, the bucket of this installation if it
        uses one, and the sharing of beats.
        """
        self._share_beats = share_beats
        self._moves = moves
        self._library_files = library_files
        self._storage = storage
        self._embeddings = embeddings
        self._media_probe = media_probe
        self._add_move = add_move
        self._examine = examine
        self._at_once = at_once
        self._home = home

    async def __call__(
        self, path: Path, on_progress: OnProgress, *, ready: bool = False
    ) -> ImportReport:
        """Import a folder, a list (JSON, CSV) or one clip, and report on every move.

        With ``ready`` every clip is made ready for films before it is added, which takes longer
        and finds damage anywhere in it. Raises `InvalidRequest` when there is nothing at ``path``,
        and what stops every move: a full disk, a database that is away, a missing FFmpeg.
        """
        scan = await gathered(path, self._home)
        gate = asyncio.Semaphore(self._at_once)
        report: dict[str, Imported] = {}

        async def work(record: MoveRecord) -> None:
            async with gate:
                clip = None if record.clip is None else scan.root / record.clip
                report[record.id] = await self.one(clip, record, ready=ready)
                await on_progress(record.name, len(report), len(scan.moves))

        await on_progress("", 0, len(scan.moves))
        await run_all(work(record) for record in scan.moves)
        if self._share_beats is not None and _anything_new(report.values()):
            for move in await self._share_beats():
                if move.id in report:
                    report[move.id] = _lent(report[move.id], move)
        moves = tuple(report[record.id] for record in scan.moves)
        return ImportReport(moves=moves, passed_over=scan.passed_over)

    async def one(
        self, clip: Path | None, record: MoveRecord, *, ready: bool = False, dry_run: bool = False
    ) -> Imported:
        """Import one move with the file ``clip``, and report on it.

        A ``dry_run`` looks the clip up and into it, and writes nothing. Raises what stops every
        move.
        """
        if record.entry.elsewhere:
            return _came_out(record, Outcome.REFUSED, record.notes)
        if clip is None:
            lacking = note(Kind.MISSING, "clip", f"There is no clip {record.entry.clip!r}.")
            return _came_out(record, Outcome.MISSING, (*record.notes, lacking))
        came = _came_out(record, Outcome.REFUSED, record.notes)

        async def take_in() -> None:
            nonlocal record, came
            record = await self.under_its_id(clip, record)
            outcome, notes = await self._taken_in(clip, record, ready=ready, dry_run=dry_run)
            came = _came_out(record, outcome, notes)

        if (failure := await attempt("importing the move", record.id, take_in())) is None:
            return came
        notes = (*record.notes, note(Kind.INCONSISTENT, "clip", failure.message))
        return _came_out(record, Outcome.REFUSED, notes, failure.code)

    async def under_its_id(self, clip: Path | None, record: MoveRecord) -> MoveRecord:
        """Return the move with its former id, if the library has the same clip under that."""
        former = record.former_id
        if clip is None or former is None or await self._there(record.id) is not None:
            return record
        there = await self._there(former)
        contents = await fingerprint(clip)
        if there is None or paths.contents_of(there.video_path) != contents:
            return record
        return msgspec.structs.replace(record, id=former, former_id=None)

    async def _taken_in(
        self, clip: Path, record: MoveRecord, *, ready: bool, dry_run: bool
    ) -> tuple[Outcome, tuple[Note, ...]]:
        there = await self._there(record.id)
        if there is not None and paths.contents_of(there.video_path) != await fingerprint(clip):
            other = note(
                Kind.INCONSISTENT, "id", f"The library has another clip with the id {there.id!r}."
            )
            return Outcome.REFUSED, (*record.notes, other)
        if there is not None and await self._is_whole(there):
            return Outcome.UNCHANGED, (*record.notes, *_unusable(there))
        media = await self._media_probe.measure(clip)
        refuse_media(media, MOVE)
        outcome = Outcome.ADDED if there is None else Outcome.COMPLETED
        if dry_run:
            return outcome, record.notes
        examined = await self._examine(clip, record, media)
        await finish_even_if_cancelled(self._keep(clip, examined, there, ready=ready))
        return outcome, examined.notes

    async def _keep(
        self, clip: Path, examined: Examined, there: Move | None, *, ready: bool
    ) -> None:
        """Add the move, or the missing parts of an existing one."""
        if there is None:
            await self._add_move(clip, examined.move, examined.embedding, ready=ready)
            return
        with suppress(MediaTaken):
            await self._storage.put(clip, there.video_path)
        embedding = msgspec.structs.replace(examined.embedding, move_id=there.id)
        with suppress(MoveNotFound):
            await self._embeddings.keep(embedding, there.video_path)
        if await self._library_files.give_up(there.video_path):
            # Another caller deleted the move in the meantime, so delete the parts again.
            await delete_or_leave(self._storage, there.video_path)
            await self._add_move(clip, examined.move, examined.embedding, ready=ready)
            return
        if there.unusable == MISSING:
            await self._moves.mark_unusable(there, None)

    async def _there(self, move_id: str) -> Move | None:
        return await self._moves.find(move_id)

    async def _is_whole(self, move: Move) -> bool:
        """Return True if a move of the library has its clip and its embedding."""
        try:
            await self._storage.describe(move.video_path)
        except MediaNotFound:
            return False
        return await self._embeddings.find(move.id) is not None


def _anything_new(report: Iterable[Imported]) -> bool:
    return any(each.outcome in (Outcome.ADDED, Outcome.COMPLETED) for each in report)


def _lent(imported: Imported, move: Move) -> Imported:
    text = f"Beats from {move.beats_from!r}, same recording; {move.tempo:.1f} BPM."
    return msgspec.structs.replace(
        imported, notes=(*imported.notes, note(Kind.COMPUTED, "beats", text))
    )


def _unusable(move: Move) -> tuple[Note, ...]:
    if move.unusable is None:
        return ()
    return (note(Kind.INCONSISTENT, "clip", f"No film can be made of it: {move.unusable}"),)


def _came_out(
    record: MoveRecord, outcome: Outcome, notes: tuple[Note, ...], code: str | None = None
) -> Imported:
    return Imported(id=record.id, name=record.name, outcome=outcome, notes=notes, code=code)
