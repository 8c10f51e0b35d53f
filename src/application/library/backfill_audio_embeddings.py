"""Listen to and watch the clips that nobody has listened to yet."""

import asyncio
import logging
from uuid import UUID

import msgspec

from application.library.browse import everything
from application.library.clip_analysis import Examination
from application.library.clip_failures import Surroundings, reason_of
from application.media.fetched_files import FetchedFiles
from application.ports.artifact_cache import ArtifactCache
from application.ports.audio_analyzer import AudioAnalyzer
from application.ports.encoder import Encoder
from application.ports.library import Library
from application.ports.move_embeddings import MoveEmbeddings
from application.ports.storage import Storage
from application.ports.workspace import Workspace
from domain.library.embeddings import MoveEmbedding, Part, Rows

WORK = UUID("c0117000-0000-4000-8000-000000000000")
"""Names the folders that clips are fetched into; there is no task of this id."""

_log = logging.getLogger("bachata.index")


class BackfillAudioEmbeddings:
    """Finds out how the moves sound and move of which only the words are known."""

    def __init__(
        self,
        library: Library,
        storage: Storage,
        artifacts: ArtifactCache,
        encoder: Encoder,
        workspace: Workspace,
        embeddings: MoveEmbeddings,
        examine: Examination,
        audio_analyzer: AudioAnalyzer,
    ) -> None:
        """Take the ports, and who listens to clips, and by what name."""
        self._library = library
        self._storage = storage
        self._artifacts = artifacts
        self._encoder = encoder
        self._workspace = workspace
        self._embeddings = embeddings
        self._examine = examine
        self._audio_analyzer = audio_analyzer
        self._surroundings = Surroundings(storage, workspace, encoder)

    async def __call__(self) -> int:
        """Return how many were completed, one after another; what was known stays as it is.

        A clip that fails keeps no other from being listened to, unless all are going to fail:
        raises `StorageFailed`, `FFmpegMissing`, ... then.
        """
        done = 0
        for known in await everything(self._embeddings.page):
            if known.rows.audio is None and known.audio_by != self._audio_analyzer.name:
                done += await self._completed(known.move_id)
        return done

    async def _completed(self, move_id: str) -> bool:
        try:
            found = await self._examined(move_id)
            # What has come in the meantime is newer than what was listed.
            known = await self._embeddings.get(move_id)
        except Exception as error:
            await self._surroundings.check(error)
            what = f"listening to the clip of the move {move_id!r}"
            _log.warning("%s failed: %s", what, reason_of(error, what))
            return False
        rows = Rows(**{part.value: known.rows.of(part) or found.rows.of(part) for part in Part})
        await self._embeddings.keep(
            msgspec.structs.replace(
                known,
                rows=rows,
                audio_by=known.audio_by if known.rows.audio else self._audio_analyzer.name,
                text_by=known.text_by if known.rows.text else found.text_by,
                energy_start=_first(known.energy_start, found.energy_start),
                energy_end=_first(known.energy_end, found.energy_end),
            )
        )
        return True

    async def _examined(self, move_id: str) -> MoveEmbedding:
        move = await self._library.move(move_id)
        async with self._workspace.take(WORK) as folder:
            files = FetchedFiles(
                self._storage, self._artifacts, self._encoder, folder, asyncio.Semaphore(1)
            )
            media = (await files.known(move.video_path)).media
            clip = await files.local(move.video_path)
            return await self._examine.embedding_of(move, clip, media)


def _first(known: float | None, found: float | None) -> float | None:
    return found if known is None else known
