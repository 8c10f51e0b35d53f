"""Make the picture of a move."""

import asyncio
import hashlib
from pathlib import Path
from uuid import uuid4

import msgspec

from application.media.cut_plans import ORDINARY, first_eight
from application.media.fetched_files import FetchedFiles
from application.media.library_failures import of_the_library
from application.ports.artifact_cache import ArtifactCache
from application.ports.clip_encoder import ClipEncoder
from application.ports.media_probe import MediaProbe
from application.ports.moves import MoveRepository
from application.ports.stills import Stills
from application.ports.storage import Storage
from application.ports.workspace import Workspace
from domain.blueprint.timeline import Cut
from domain.library.moves import Move


class MakeMovePoster:
    """Takes a picture out of a move's clip when it is first asked for.

    It comes from the clip as it is encoded for films, so that it has the colours and the shape of a
    film, and the clip need not be encoded again for the first film with it.
    """

    def __init__(
        self,
        moves: MoveRepository,
        storage: Storage,
        artifacts: ArtifactCache,
        media_probe: MediaProbe,
        clips: ClipEncoder,
        stills: Stills,
        workspace: Workspace,
    ) -> None:
        """Take the ports."""
        self._moves = moves
        self._storage = storage
        self._artifacts = artifacts
        self._media_probe = media_probe
        self._clips = clips
        self._stills = stills
        self._workspace = workspace

    async def __call__(self, move_id: str) -> bytes:
        """Return a JPEG from the middle of the first eight-count.

        Raises `MoveNotFound`, and `LibraryFailed` if the clip cannot be used.
        """
        move = await self._moves.get(move_id)
        # The folder needs a unique name; no task has this id.
        async with self._workspace.take(uuid4()) as folder:
            gate = asyncio.Semaphore(1)
            files = FetchedFiles(self._storage, self._artifacts, self._media_probe, folder, gate)
            with of_the_library():
                return await self._picture(move, files, folder)

    async def _picture(self, move: Move, files: FetchedFiles, folder: Path) -> bytes:
        cut = _middle(move)
        digest = (await files.known(move.video_path)).digest
        inputs = (digest, cut.first, await self._stills.version())
        key = f"move-poster-{hashlib.sha256(msgspec.json.encode(inputs)).hexdigest()}"

        async def make(into: Path) -> None:
            footage = await self._clips.normalise(cut, files, ORDINARY, folder / "cut.mp4")
            take = footage.shots[0].takes[0]
            await self._stills.take(take.path, take.first / ORDINARY.frame_rate, into)

        return await self._artifacts.get_or_create(key, folder / "p.jpg", make, Path.read_bytes)


def _middle(move: Move) -> Cut:
    """Return two frames in the middle of the first eight-count."""
    eight = first_eight(move, move.video_path)
    frames = min(eight.frames, 2)
    first = eight.first + (eight.frames - frames) // 2
    return msgspec.structs.replace(eight, first=first, frames=frames)
