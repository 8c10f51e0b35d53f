"""Take a filmed move into the library."""

from pathlib import Path

import msgspec

from application.keeping import fingerprint, keep
from application.ports.encoder import Encoder
from application.ports.library import Library
from application.ports.storage import Storage
from application.ports.workspace import Workspace
from application.readying import ORDINARY, WORK, first_eight
from application.rushes import OnHand
from domain import documents, paths
from domain.errors import MoveNotFound, MoveTaken, UnreadableMedia
from domain.moves import Move


class AddMove:
    """Keep a clip and what is known of it; whole or not at all."""

    def __init__(
        self, library: Library, storage: Storage, encoder: Encoder, workspace: Workspace
    ) -> None:
        """Take the ports."""
        self._library = library
        self._storage = storage
        self._encoder = encoder
        self._workspace = workspace

    async def __call__(self, clip: Path, move: Move, *, ready: bool = True) -> Move:
        """Store ``clip``; return the move with its storage path and true duration.

        It is made ready for films before it is stored, unless ``ready`` is off: what would fail
        then fails now. Raises `InvalidRequest` when a field is out of range, `UnreadableMedia` for
        what is no film or a damaged one, and `MoveTaken`.
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
        if ready:
            async with self._workspace.take(WORK) as folder:
                files = OnHand({path: clip}, self._encoder)
                cuts = [first_eight(kept, path)]
                await self._encoder.prepare(cuts, None, files, ORDINARY, folder)
        await keep(self._storage, clip, path, lambda: self._library.add_move(kept))
        return kept
