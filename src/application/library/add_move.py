"""Take a filmed move into the library."""

from pathlib import Path

import msgspec

from application.media.cut_plans import ORDINARY, WORK, first_eight
from application.media.fetched_files import OnHand
from application.media.store_file import fingerprint, keep, once
from application.ports.embedder import Embedder
from application.ports.encoder import Encoder
from application.ports.library import Library
from application.ports.storage import Storage
from application.ports.workspace import Workspace
from domain.library.embeddings import MoveEmbedding, Rows, entry_of, words_of
from domain.library.media import require_film
from domain.library.moves import Move
from domain.shared import paths, validation
from domain.shared.errors import MoveNotFound, MoveTaken


class AddMove:
    """Keep a clip, what is known of it and what finds it; whole or not at all."""

    def __init__(
        self,
        library: Library,
        storage: Storage,
        encoder: Encoder,
        workspace: Workspace,
        embedder: Embedder,
    ) -> None:
        """Take the ports."""
        self._library = library
        self._storage = storage
        self._encoder = encoder
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
        """Store ``clip``; return the move with its storage path and true duration.

        Without an ``embedding`` it is found by its words. It is made ready for films before it is
        stored, unless ``ready`` is off: what would fail then fails now. The storage
        ``may_take_ownership`` of a clip that nobody changes any more. Raises `InvalidRequest` when
        a field is out of range, `UnreadableMedia` for what is no film or a damaged one, and
        `MoveTaken`.
        """
        validation.refuse_faults(move)
        media = await self._encoder.measure(clip)
        require_film(media)
        try:
            await self._library.move(move.id)
        except MoveNotFound:
            pass
        else:
            raise MoveTaken(f"There is a move {move.id!r} already.")
        path = paths.clip(move.id, await fingerprint(clip), once())
        kept = msgspec.structs.replace(
            move, duration=float(media.seconds), video_path=path, unusable=None
        )
        if ready:
            async with self._workspace.take(WORK) as folder:
                files = OnHand({path: clip}, self._encoder)
                cuts = [first_eight(kept, path)]
                await self._encoder.prepare(cuts, None, files, ORDINARY, folder)
        entry = embedding or await self._by_words(kept)
        entry = msgspec.structs.replace(entry, video_path=path, duration=kept.duration)

        async def enter() -> None:
            await self._library.add_move(kept, entry)

        await keep(
            self._storage,
            clip,
            path,
            enter,
            self._library.give_up,
            may_take_ownership=may_take_ownership,
        )
        return kept

    async def _by_words(self, move: Move) -> MoveEmbedding:
        rows = Rows(text=await self._embedder.read(words_of(move)))
        return msgspec.structs.replace(entry_of(move), rows=rows, text_by=self._embedder.name)
