"""The demo's songs and moves as they are told of, to plan dances with; nothing is filmed."""

from pathlib import Path
from uuid import UUID

from adapters.choreographer.offline import OfflineChoreographer
from adapters.demo.studio import CodeStudio
from adapters.memory.clock import MemoryClock
from adapters.memory.encoder import MemoryEncoder
from adapters.memory.library import MemoryLibrary
from adapters.memory.listener import MemoryListener
from adapters.memory.move_embeddings import MemoryMoveEmbeddings
from adapters.memory.shelf import MemoryShelf
from adapters.memory.storage import MemoryStorage
from adapters.memory.workspace import MemoryWorkspace
from application.ports.choreographer import Choreographer
from application.ports.move_embeddings import MoveEmbeddings
from application.usecases.describe import (
    DescribedDance,
    DescribedRequest,
    PlanFromWords,
    UnderstandDescription,
)
from application.usecases.explain import ExplainBlueprint
from application.usecases.hear import HearSong
from application.usecases.plan import ChoreographyRequest, PlanChoreography, PlannedDance
from application.watched import Watched
from domain.paths import LOCAL_USER

TASK = UUID(int=7)


class Ballroom:
    """A library to plan with, over ports in memory."""

    def __init__(
        self, root: Path, choreographer: Choreographer, embeddings: MoveEmbeddings
    ) -> None:
        self.moves = {move.id: move for move in CodeStudio(1).moves()}
        self.library = MemoryLibrary(moves=self.moves.values())
        self.embeddings = embeddings
        self.hear = HearSong(
            self.library,
            MemoryStorage(),
            MemoryShelf(),
            MemoryEncoder(),
            MemoryWorkspace(root),
            MemoryListener(),
        )
        watched = Watched(self.embeddings)
        self.plan = PlanChoreography(self.library, self.hear, MemoryClock(), choreographer, watched)
        self.plan_from_words = PlanFromWords(
            UnderstandDescription(self.library, choreographer), self.plan
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
    choreographer: Choreographer | None = None,
    embeddings: MoveEmbeddings | None = None,
) -> Ballroom:
    """The demo's library, with its songs as they were written."""
    made = Ballroom(
        root, choreographer or OfflineChoreographer(), embeddings or MemoryMoveEmbeddings()
    )
    for song, analysis in CodeStudio(1).songs():
        await made.library.add_song(song, analysis)
    return made
