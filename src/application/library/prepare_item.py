"""Prepare a clip or a song of the library for films."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from application.library.clip_failures import MISSING, Surroundings, is_of_the_clip
from application.media.cut_plans import ORDINARY, WORK, first_eight, whole_clip, whole_song
from application.media.disk_errors import disk_errors
from application.media.fetched_files import FetchedFiles
from application.media.item_attempts import ItemAttempts, ItemFailure, failure_of_item
from application.ports.artifact_cache import ArtifactCache
from application.ports.clip_encoder import ClipEncoder
from application.ports.media_probe import MediaProbe
from application.ports.moves import MoveRepository
from application.ports.songs import SongRepository
from application.ports.storage import Storage
from application.ports.workspace import Workspace
from domain.blueprint.model import OutputConfig
from domain.library.moves import Move
from domain.library.songs import Song
from domain.shared.errors import MediaNotFound

_log = logging.getLogger("bachata.clips")


class PrepareItem:
    """Does, for a move or a song, the work that all films with it share.

    A move whose clip cannot be encoded is marked as unusable in the library, with the reason; the
    mark is removed when it can be encoded.
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
    ) -> None:
        """Take the ports."""
        self._songs = songs
        self._moves = moves
        self._storage = storage
        self._artifacts = artifacts
        self._media_probe = media_probe
        self._clips = clips
        self._workspace = workspace
        self._surroundings = Surroundings(storage, workspace, clips)

    async def __call__(
        self, each: Song | Move, output: OutputConfig = ORDINARY
    ) -> ItemFailure | None:
        """Prepare one for films with this output, or return why that cannot be done.

        Done twice it is quick. If the encoder does not cache clips, only a move that is marked as
        unusable is tried; of such a move the whole clip is, because the fault may be at its end.
        Raises `FFmpegMissing`, `StorageFailed`, ... if the cause affects all items.
        """
        if isinstance(each, Song):
            return await self._failure_of(each, self._ready_song(each))
        if each.unusable is None:
            return await self._failure_of(each, self._ready_move(each, output))
        return await self._failure_of(each, self._try_all_of(each, output))

    async def doubt(self, clips: Mapping[str, str]) -> None:
        """Check clips of a failed film, given by the ids of their moves; mark the unusable moves.

        Clips that are no longer the moves' clips in the library are ignored.
        """
        attempts = ItemAttempts("trying the clip of the move", self._surroundings.check)
        for move in await self._moves.find_many(tuple(clips)):
            if move.video_path == clips[move.id]:
                work = self._failure_of(move, self._try_all_of(move, ORDINARY), missing=True)
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

    async def _ready_move(self, move: Move, output: OutputConfig) -> None:
        if not self._clips.keeps:
            return
        async with self._at_work() as (files, folder):
            cut = first_eight(move, move.video_path, output)
            await self._clips.normalise(cut, files, output, folder / "cut.mp4")

    async def _try_all_of(self, move: Move, output: OutputConfig) -> None:
        """Encode a whole clip, even if the result is not used."""
        async with self._at_work() as (files, folder):
            cut = whole_clip(move, move.video_path, output)
            await self._clips.normalise(cut, files, output, folder / "clip.mp4")

    @asynccontextmanager
    async def _at_work(self) -> AsyncGenerator[tuple[FetchedFiles, Path]]:
        async with self._workspace.take(WORK) as folder:
            gate = asyncio.Semaphore(1)
            yield (
                FetchedFiles(self._storage, self._artifacts, self._media_probe, folder, gate),
                folder,
            )
