"""The demo's songs and moves as they are told of, to plan dances with; nothing is filmed."""

from pathlib import Path
from uuid import UUID

from adapters.demo.studio import CodeStudio
from adapters.description_model.offline import OfflineDescriptionModel
from adapters.memory.artifact_cache import MemoryArtifactCache
from adapters.memory.audio_analyzer import MemoryAudioAnalyzer
from adapters.memory.clock import MemoryClock
from adapters.memory.encoder import MemoryEncoder
from adapters.memory.library import MemoryLibrary
from adapters.memory.move_embeddings import MemoryMoveEmbeddings
from adapters.memory.storage import MemoryStorage
from adapters.memory.workspace import MemoryWorkspace
from application.library.analyze_song import AnalyzeSong
from application.planning.explain import ExplainBlueprint
from application.planning.generate_from_text import (
    DescribedDance,
    DescribedRequest,
    PlanFromWords,
    UnderstandDescription,
)
from application.planning.motion_cache import MotionCache
from application.planning.plan import ChoreographyRequest, PlanChoreography, PlannedDance
from application.ports.description_model import DescriptionModel
from application.ports.move_embeddings import MoveEmbeddings
from domain.shared.paths import LOCAL_USER

TASK = UUID(int=7)


class Ballroom:
    """A library to plan with, over ports in memory."""

    def __init__(
        self, root: Path, description_model: DescriptionModel, embeddings: MoveEmbeddings
    ) -> None:
        self.moves = {move.id: move for move in CodeStudio(1).moves()}
        self.library = MemoryLibrary(moves=self.moves.values())
        self.embeddings = embeddings
        self.hear = AnalyzeSong(
            self.library,
            MemoryStorage(),
            MemoryArtifactCache(),
            MemoryEncoder(),
            MemoryWorkspace(root),
            MemoryAudioAnalyzer(),
        )
        watched = MotionCache(self.embeddings)
        self.plan = PlanChoreography(
            self.library, self.hear, MemoryClock(), description_model, watched
        )
        self.plan_from_words = PlanFromWords(
            UnderstandDescription(self.library, description_model), self.plan
        )
        self.explain = ExplainBlueprint(self.library, self.hear, watched)

    async def planned(self, request: ChoreographyRequest) -> PlannedDance:
        """A dance to a song."""
        return await self.plan(request, TASK, LOCAL_USER)

    async def described(self, words: str, **more: object) -> DescribedDance:
        """A dance in words."""
        request = DescribedRequest(query=words, **more)  # pyright: ignore[reportArgumentType]
        return await self.plan_from_words(request, TASK, LOCAL_USER)


async def ballroom(
    root: Path,
    description_model: DescriptionModel | None = None,
    embeddings: MoveEmbeddings | None = None,
) -> Ballroom:
    """The demo's library, with its songs as they were written."""
    made = Ballroom(
        root, description_model or OfflineDescriptionModel(), embeddings or MemoryMoveEmbeddings()
    )
    for song, analysis in CodeStudio(1).songs():
        await made.library.add_song(song, analysis)
    return made
