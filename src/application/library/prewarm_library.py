"""Prepare the clips and songs of the library for films."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from application.concurrency.task_groups import run_all
from application.library.clip_failures import MISSING, Surroundings, is_of_the_clip
from application.media.cut_plans import ORDINARY, WORK, first_eight, whole_clip, whole_song
from application.media.disk_errors import disk_errors
from application.media.fetched_files import FetchedFiles
from application.media.item_attempts import ItemAttempts, ItemFailure, failure_of_item
from application.ports.artifact_cache import ArtifactCache
from application.ports.clip_encoder import ClipEncoder
from application.ports.media_probe import MediaProbe
from application.ports.moves import MoveFilter, MoveRepository
from application.ports.pagination import read_all
from application.ports.songs import SongFilter, SongRepository
from application.ports.storage import Storage
from application.ports.workspace import Workspace
from domain.library.moves import Move
from domain.library.songs import Song
from domain.shared.errors import MediaNotFound

OnProgress = Callable[[str, int, int], Awaitable[None]]
"""Receives the name of a finished item, the number done and the total."""

_log = logging.getLogger("bachata.clips")


class PrewarmLibrary:
    """Prepares, for every move and song, the work that all films with it share.

    A move whose clip cannot be encoded is marked as unusable in the library, with the reason; the
    mark is removed when it can be encoded. A failed item is skipped, unless the cause affects all
    items: no FFmpeg, no storage, a full disk.
    """

    def __init__(
        self,
        songs: SongRepository,
        moves: MoveRepository,
        storage: Storage,
        artifacts: ArtifactCache,
        media_probe: MediaProbe,
        clips: ClipEncoder,
        workspace: Workspace,
        at_once: int,
    ) -> None:
        """Take the ports, and the number of parallel moves."""
        self._songs = songs
        self._moves = moves
        self._storage = storage
        self._artifacts = artifacts
        self._media_probe = media_probe
        self._clips = clips
        self._workspace = workspace
        self._at_once = at_once
        self._surroundings = Surroundings(storage, workspace, clips)

    async def __call__(
        self, on_progress: OnProgress, at_once: int | None = None
    ) -> tuple[ItemFailure, ...]:
        """Return once all that can be made ready is, with what cannot; done twice it is quick.

        Raises `FFmpegMissing`, `StorageFailed`, ... if the cause affects all items. If the encoder
        does not cache clips, only the moves marked as unusable are tried.
        """
        songs = await read_all(lambda after, most: self._songs.page(SongFilter(), after, most))
        moves = await read_all(lambda after, most: self._moves.page(MoveFilter(), after, most))
        gate = asyncio.Semaphore(at_once or self._at_once)
        unready: list[ItemFailure] = []
        attempts = ItemAttempts("making ready", self._surroundings.check)
        count = 0

        async def one(each: Song | Move) -> None:
            if (failure := await self.one(each)) is not None:
                unready.append(failure)

        async def ready(each: Song | Move) -> None:
            nonlocal count
            async with gate:
                await attempts(each.id, one(each))
                count += 1
                name = each.title if isinstance(each, Song) else each.name
                await on_progress(name, count, len(songs) + len(moves))

        library: Iterable[Song | Move] = (*songs, *moves)
        await run_all(ready(each) for each in library)
        return (*unready, *attempts.failures)

    async def one(self, each: Song | Move) -> ItemFailure | None:
        """Make one ready, or return why that cannot be; raises as the call does.

        For a move marked as unusable the whole clip is tried, because the fault may be at its end.
        """
        if isinstance(each, Song):
            return await self._failure_of(each, self._ready_song(each))
        if each.unusable is None:
            return await self._failure_of(each, self._ready_move(each))
        return await self._failure_of(each, self._try_all_of(each))

    async def doubt(self, clips: Mapping[str, str]) -> None:
        """Check clips of a failed film, given by the ids of their moves; mark the unusable moves.

        Clips that are no longer the moves' clips in the library are ignored.
        """
        attempts = ItemAttempts("trying the clip of the move", self._surroundings.check)
        for move in await self._moves.find_many(tuple(clips)):
            if move.video_path == clips[move.id]:
                work = self._failure_of(move, self._try_all_of(move), missing=True)
                await attempts(move.id, work)

    async def _failure_of(
        self, each: Song | Move, work: Awaitable[None], *, missing: bool = False
    ) -> ItemFailure | None:
        """Why some work with a song or a move failed; a move of whose clip it is is marked.

        A ``missing`` clip is recorded only after a film has failed for it: if the storage is
        unavailable, as with an unmounted disk, all clips are missing.
        """
        what = f"making the {'song' if isinstance(each, Song) else 'move'} {each.id!r} ready"
        try:
            with disk_errors():
                await work
        except Exception as error:
            await self._surroundings.check(error)
            failure = failure_of_item(each.id, error, what)
            _log.warning("%s failed: %s", what, failure.message)
            if missing and isinstance(error, MediaNotFound):
                await self._mark(each, MISSING)
            elif isinstance(each, Move) and is_of_the_clip(error):
                await self._mark(each, failure.message)
            return failure
        if each.unusable is not None:
            await self._mark(each, None)
        return None

    async def _mark(self, each: Song | Move, reason: str | None) -> None:
        if isinstance(each, Song):
            await self._songs.mark_unusable(each, reason)
        else:
            await self._moves.mark_unusable(each, reason)

    async def _ready_song(self, song: Song) -> None:
        if not self._clips.keeps:
            return
        async with self._at_work() as (files, folder):
            properties = await files.known(song.audio_path)
            sound = whole_song(song.audio_path, properties.media.seconds)
            await self._clips.encode_sound(sound, files, folder / "sound.mp4")

    async def _ready_move(self, move: Move) -> None:
        if not self._clips.keeps:
            return
        async with self._at_work() as (files, folder):
            cut = first_eight(move, move.video_path)
            await self._clips.normalise(cut, files, ORDINARY, folder / "cut.mp4")

    async def _try_all_of(self, move: Move) -> None:
        """Encode a whole clip, even if the result is not used."""
        async with self._at_work() as (files, folder):
            cut = whole_clip(move, move.video_path)
            await self._clips.normalise(cut, files, ORDINARY, folder / "clip.mp4")

    @asynccontextmanager
    async def _at_work(self) -> AsyncGenerator[tuple[FetchedFiles, Path]]:
        async with self._workspace.take(WORK) as folder:
            gate = asyncio.Semaphore(1)
            yield (
                FetchedFiles(self._storage, self._artifacts, self._media_probe, folder, gate),
                folder,
            )
