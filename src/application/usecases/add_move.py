"""Take a filmed move into the library."""

from pathlib import Path

import msgspec

from application.keeping import fingerprint, keep
from application.ports.encoder import Encoder
from application.ports.library import Library
from application.ports.storage import Storage
from domain import documents, paths
from domain.errors import MoveNotFound, MoveTaken, UnreadableMedia
from domain.moves import Move


class AddMove:
    """Keep a clip and what is known of it; whole or not at all."""

    def __init__(self, library: Library, storage: Storage, encoder: Encoder) -> None:
        """Take the ports."""
        self._library = library
        self._storage = storage
        self._encoder = encoder

    async def __call__(self, clip: Path, move: Move) -> Move:
        """Store ``clip``; return the move with its storage path and true duration.

        Raises `InvalidRequest` when a field is out of range, `UnreadableMedia` for what is no film,
        and `MoveTaken`.
        """
        documents.refuse_faults(move)
        media = await self._encoder.measure(clip)
        if media.picture is None:
            raise UnreadableMedia("The file has sound but no picture; a move needs a film.")
        try:
            await self._library.move(move.id)
        except MoveNotFound:
            pass
        else:
            raise MoveTaken(f"There is a move {move.id!r} already.")
        path = paths.clip(move.id, await fingerprint(clip))
        kept = msgspec.structs.replace(move, duration=float(media.seconds), video_path=path)
        await keep(self._storage, clip, path, lambda: self._library.add_move(kept))
        return kept
