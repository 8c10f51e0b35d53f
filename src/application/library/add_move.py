"""Add a filmed move to the library."""

from pathlib import Path

import msgspec

from application.media.cut_plans import ORDINARY, WORK, first_eight
from application.media.fetched_files import OnHand
from application.media.store_file import fingerprint, keep, once
from application.ports.clip_encoder import ClipEncoder
from application.ports.embedder import Embedder
from application.ports.library_files import LibraryFiles
from application.ports.media_probe import MediaProbe
from application.ports.moves import MoveRepository
from application.ports.storage import Storage
from application.ports.workspace import Workspace
from domain.library.embeddings import MoveEmbedding, Rows, words_of
from domain.library.media_checks import MOVE, refuse_media
from domain.library.moves import Move
from domain.shared import paths, validation
from domain.shared.errors import MoveTaken


class AddMove:
    """Stores a clip, its move and its embedding; all of them or none."""

    def __init__(
        self,
        moves: MoveRepository,
        library_files: LibraryFiles,
        storage: Storage,
        media_probe: MediaProbe,
        clips: ClipEncoder,
        workspace: Workspace,
        embedder: Embedder,
    ) -> None:
        """Take the ports."""
        self._moves = moves
        self._library_files = library_files
        self._storage = storage
        self._media_probe = media_probe
        self._clips = clips
        self._workspace = workspace
        self._embedder = embedder

    async def __call__(
        self,
        clip: Path,
        move: Move,
        embedding: MoveEmbedding | None = None,
        *,
        ready: bool = True,
        may_take_ownership: bool = False,
    ) -> Move:
        """Store ``clip``; return the move with its storage path and measured duration.

        Without an ``embedding`` one is made from the move's words. Unless ``ready`` is off, the
        clip is prepared for films before it is stored, so that a clip that cannot be encoded fails
        here. The storage ``may_take_ownership`` of a clip that nobody changes any more. Raises
        `InvalidRequest` if a field is out of range, `UnreadableMedia` if the file is no film or is
        damaged, and `MoveTaken`.
        """
        validation.refuse_faults(move)
        media = await self._media_probe.measure(clip)
        refuse_media(media, MOVE)
        if await self._moves.find(move.id) is not None:
            raise MoveTaken(f"A move with the id {move.id!r} exists already.")
        path = paths.clip(move.id, await fingerprint(clip), once())
        library_move = msgspec.structs.replace(
            move, duration=float(media.seconds), video_path=path, unusable=None
        )
        if ready and self._clips.keeps:
            async with self._workspace.take(WORK) as folder:
                files = OnHand({path: clip}, self._media_probe)
                cut = first_eight(library_move, path)
                await self._clips.normalise(cut, files, ORDINARY, folder / "cut.mp4")
        found_by = embedding or await self._by_words(library_move)

        async def enter() -> None:
            await self._moves.add(library_move, found_by)

        await keep(
            self._storage,
            clip,
            path,
            enter,
            self._library_files.give_up,
            may_take_ownership=may_take_ownership,
        )
        return library_move

    async def _by_words(self, move: Move) -> MoveEmbedding:
        rows = Rows(text=await self._embedder.read(words_of(move)))
        return MoveEmbedding(move_id=move.id, rows=rows, text_by=self._embedder.name)
