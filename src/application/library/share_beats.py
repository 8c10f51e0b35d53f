"""Give unsure clips the beats of surer clips with the same recording."""

import asyncio
import hashlib
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec

from application.concurrency.threads import FILES
from application.media.fetched_files import FetchedFiles
from application.media.item_attempts import ItemAttempts, attempt
from application.ports.artifact_cache import ArtifactCache
from application.ports.media_probe import MediaProbe
from application.ports.moves import MoveFilter, MoveRepository
from application.ports.pagination import read_all
from application.ports.sound_aligner import SoundAligner
from application.ports.storage import Storage
from application.ports.workspace import Workspace
from domain.library.moves import Move
from domain.library.shared_recordings import SoundPrint, comparable, with_beats_of
from domain.shared.errors import SpoiledFile

WORK: Final = UUID("5ba4eb00-0000-4000-8000-000000000000")
"""Names the work folders for fetched clips; no task has this id."""

MOST: Final = 200
"""Maximum clips that one unsure clip is compared with, the surest first."""


class ShareBeats:
    """Compares unsure clips with surer ones of about their tempo, or half or double that.

    A fingerprint is made once for each clip that is compared, and cached by the clip's content.
    """

    def __init__(
        self,
        moves: MoveRepository,
        storage: Storage,
        artifacts: ArtifactCache,
        media_probe: MediaProbe,
        workspace: Workspace,
        sound_aligner: SoundAligner,
    ) -> None:
        """Take the ports."""
        self._moves = moves
        self._storage = storage
        self._artifacts = artifacts
        self._media_probe = media_probe
        self._workspace = workspace
        self._sound_aligner = sound_aligner

    async def __call__(self) -> tuple[Move, ...]:
        """Return the moves with new beats, in the order of their ids.

        Moves that a user has corrected stay as they are. A clip that fails is skipped. Raises what
        stops every clip, such as a database that is away.
        """
        moves = await read_all(lambda after, most: self._moves.page(MoveFilter(), after, most))
        surest = sorted(moves, key=lambda each: (-(each.confidence or 0), each.id))
        shared: list[Move] = []

        async def share(unsure: Move) -> None:
            others = [each for each in surest if comparable(each, unsure)][:MOST]
            best = await self._best(unsure, others) if others else None
            if best is not None and await self._moves.lend_beats(best):
                shared.append(best)

        attempts = ItemAttempts("sharing the beats of the move")
        for unsure in moves:
            await attempts(unsure.id, share(unsure))
        return tuple(shared)

    async def _best(self, unsure: Move, others: list[Move]) -> Move | None:
        """Return the move with the beats that it can be surest of; None if no other clip fits."""
        own = await self._print(unsure)
        candidates: list[Move] = []
        for other in others if own else ():
            alignment = await self._sound_aligner.align(await self._print(other), own)
            if alignment is not None and (better := with_beats_of(other, unsure, alignment)):
                candidates.append(better)
        return max(candidates, key=lambda each: each.confidence or 0, default=None)

    async def _print(self, move: Move) -> SoundPrint:
        """Return the fingerprint of a move's clip; empty if it cannot be made."""
        prints: list[SoundPrint] = []

        async def fingerprint() -> None:
            prints.append(await self._cached(move.video_path))

        await attempt("fingerprinting the clip of the move", move.id, fingerprint())
        return prints[0] if prints else b""

    async def _cached(self, path: str) -> SoundPrint:
        async with self._workspace.take(WORK) as folder:
            files = FetchedFiles(
                self._storage, self._artifacts, self._media_probe, folder, asyncio.Semaphore(1)
            )
            properties = await files.known(path)
            if properties.media.sound is None:
                return b""
            text = f"{properties.digest} {self._sound_aligner.name}"
            key = "sound-" + hashlib.sha256(text.encode()).hexdigest()

            async def make(into: Path) -> None:
                mark = await self._sound_aligner.fingerprint(await files.local(path))
                await FILES.run(lambda: into.write_bytes(msgspec.msgpack.encode(mark)))

            return await self._artifacts.get_or_create(key, folder / key, make, _read)


def _read(file: Path) -> SoundPrint:
    try:
        return msgspec.msgpack.decode(file.read_bytes(), type=bytes)
    except (OSError, ValueError) as error:
        raise SpoiledFile(details=str(error)) from None
