"""The demo's songs and moves as they are told of, to plan dances with; nothing is filmed."""

from pathlib import Path
from uuid import UUID

from adapters.demo.studio import CodeStudio
from adapters.description_model.offline import OfflineDescriptionModel
from adapters.embedding.hashed import HashedEmbedder
from adapters.index.vector_index import VectorIndex
from adapters.memory.artifact_cache import MemoryArtifactCache
from adapters.memory.audio_analyzer import MemoryAudioAnalyzer
from adapters.memory.clock import MemoryClock
from adapters.memory.library import MemoryLibrary
from adapters.memory.media_probe import MemoryMediaProbe
from adapters.memory.storage import MemoryStorage
from adapters.memory.workspace import MemoryWorkspace
from application.library.analyze_song import AnalyzeSong
from application.planning.choreography_request import ChoreographyRequest
from application.planning.danced_song import FindDancedSong
from application.planning.explain import ExplainBlueprint
from application.planning.generate_from_text import (
    DescribedDance,
    DescribedRequest,
    PlanFromText,
    UnderstandDescription,
)
from application.planning.motion_cache import MotionCache
from application.planning.plan import PlanChoreography, PlannedDance
from application.planning.read_counts import ReadCounts
from application.planning.replan import Replan
from application.planning.shortlisting import Shortlist
from application.ports.description_model import DescriptionModel
from application.search.move_search import FindMoves
from domain.shared.paths import LOCAL_USER

TASK = UUID(int=7)


class Ballroom:
    """A library to plan with, over ports in memory."""

    def __init__(self, root: Path, description_model: DescriptionModel) -> None:
        self.moves = {move.id: move for move in CodeStudio(1).moves()}
        self.library = MemoryLibrary(moves=self.moves.values())
        self.embeddings = self.library.embeddings
        self.analyze_song = AnalyzeSong(
            self.library.songs,
            MemoryStorage(),
            MemoryArtifactCache(),
            MemoryMediaProbe(),
            MemoryWorkspace(root),
            MemoryAudioAnalyzer(),
        )
        motion_cache = MotionCache(self.embeddings)
        self.plan = PlanChoreography(
            self.library.songs,
            self.library.moves,
            self.analyze_song,
            MemoryClock(),
            description_model,
            motion_cache,
        )
        self.plan_from_words = PlanFromText(
            UnderstandDescription(self.library.songs, self.library.moves, description_model),
            self.plan,
        )
        find_danced_song = FindDancedSong(self.library.songs, self.analyze_song)
        self.explain = ExplainBlueprint(self.library.moves, find_danced_song, motion_cache)
        find = FindMoves(self.embeddings, VectorIndex(), HashedEmbedder(), MemoryClock(), makers={})
        self.replan = Replan(
            self.library.moves,
            find_danced_song,
            self.analyze_song,
            MemoryClock(),
            motion_cache,
            Shortlist(self.library.moves, find, self.analyze_song),
        )
        self.read_counts = ReadCounts(self.library.moves, find_danced_song)

    async def planned(self, request: ChoreographyRequest) -> PlannedDance:
        """A dance to a song."""
        return await self.plan(request, TASK, LOCAL_USER)

    async def described(self, words: str, **more: object) -> DescribedDance:
        """A dance in words."""
        request = DescribedRequest(query=words, **more)  # pyright: ignore[reportArgumentType]
        return await self.plan_from_words(request, TASK, LOCAL_USER)


async def ballroom(root: Path, description_model: DescriptionModel | None = None) -> Ballroom:
    """The demo's library, with its songs as they were written."""
    room = Ballroom(root, description_model or OfflineDescriptionModel())
    for song, analysis in CodeStudio(1).songs():
        await room.library.songs.add(song, analysis)
    return room
