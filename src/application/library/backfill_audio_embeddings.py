"""Analyse the sound and motion of a clip that has only a text embedding."""

import asyncio
from uuid import UUID

import msgspec

from application.library.clip_analysis import Examination
from application.library.clip_failures import Surroundings
from application.media.fetched_files import FetchedFiles
from application.ports.artifact_cache import ArtifactCache
from application.ports.audio_analyzer import AudioAnalyzer
from application.ports.clip_encoder import ClipEncoder
from application.ports.media_probe import MediaProbe
from application.ports.move_embeddings import MoveEmbeddings
from application.ports.storage import Storage
from application.ports.workspace import Workspace
from domain.library.embeddings import MoveEmbedding, Part, Rows
from domain.library.moves import Move
from domain.shared.errors import MoveNotFound

WORK = UUID("c0117000-0000-4000-8000-000000000000")
"""Names the work folders for fetched clips; no task has this id."""


class BackfillAudioEmbeddings:
    """Adds the missing audio and pose embeddings of a move."""

    def __init__(
        self,
        storage: Storage,
        artifacts: ArtifactCache,
        media_probe: MediaProbe,
        clips: ClipEncoder,
        workspace: Workspace,
        embeddings: MoveEmbeddings,
        examine: Examination,
        audio_analyzer: AudioAnalyzer,
    ) -> None:
        """Take the ports, and the examination of clips."""
        self._storage = storage
        self._artifacts = artifacts
        self._media_probe = media_probe
        self._clips = clips
        self._workspace = workspace
        self._embeddings = embeddings
        self._examine = examine
        self._audio_analyzer = audio_analyzer
        self._surroundings = Surroundings(storage, workspace, clips)

    async def __call__(self, move: Move) -> bool:
        """Return True if the move was completed; existing embeddings stay unchanged.

        Raises `StorageFailed`, `FFmpegMissing`, ... if no clip could be analysed now, and otherwise
        the error of this clip.
        """
        known = await self._embeddings.find(move.id)
        if known is None or known.rows.audio is not None:
            return False
        if known.audio_by == self._audio_analyzer.name:
            return False
        try:
            await self._complete(move)
        except Exception as error:
            await self._surroundings.check(error)
            raise
        return True

    async def _complete(self, move: Move) -> None:
        """Complete one; raises `MoveNotFound` where it was removed meanwhile."""
        new = await self._examined(move)
        # What has come in the meantime is newer than what was listed.
        embedding = await self._embeddings.find(move.id)
        if embedding is None:
            raise MoveNotFound
        rows = Rows(**{part.value: embedding.rows.of(part) or new.rows.of(part) for part in Part})
        completed = msgspec.structs.replace(
            embedding,
            rows=rows,
            audio_by=embedding.audio_by if embedding.rows.audio else self._audio_analyzer.name,
            text_by=embedding.text_by if embedding.rows.text else new.text_by,
            energy_start=_first(embedding.energy_start, new.energy_start),
            energy_end=_first(embedding.energy_end, new.energy_end),
        )
        await self._embeddings.keep(completed, move.video_path)

    async def _examined(self, move: Move) -> MoveEmbedding:
        async with self._workspace.take(WORK) as folder:
            files = FetchedFiles(
                self._storage, self._artifacts, self._media_probe, folder, asyncio.Semaphore(1)
            )
            media = (await files.known(move.video_path)).media
            clip = await files.local(move.video_path)
            return await self._examine.embedding_of(move, clip, media)


def _first(earlier: float | None, new: float | None) -> float | None:
    return new if earlier is None else earlier
