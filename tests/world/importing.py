"""A library to import into, over ports in memory, and a folder of clips to import from."""

import json
from pathlib import Path

import msgspec

from adapters.memory import encoder
from adapters.memory.artifact_cache import MemoryArtifactCache
from adapters.memory.embedder import MemoryEmbedder
from adapters.memory.encoder import MemoryEncoder
from adapters.memory.library import MemoryLibrary
from adapters.memory.media_probe import MemoryMediaProbe
from adapters.memory.motion_analyzer import MemoryMotionAnalyzer
from adapters.memory.sound_aligner import MemorySoundAligner
from adapters.memory.storage import MemoryStorage
from adapters.memory.workspace import MemoryWorkspace
from application.library.add_move import AddMove
from application.library.check_library import CheckLibrary
from application.library.clip_analysis import Examination
from application.library.import_library import ImportLibrary, ImportReport
from application.library.prepare_item import PrepareItem
from application.library.share_beats import ShareBeats
from application.ports.moves import MoveFilter
from domain.library.embeddings import MoveEmbedding
from domain.library.moves import Move
from domain.library.shared_recordings import Alignment
from domain.library.songs import Analysis
from domain.shared.bucket_uris import Home
from domain.shared.errors import UnreadableMedia
from tests.world.libraries import surrounded
from tests.world.trouble import Trouble

ANALYSIS = Analysis(
    tempo=128.0,
    beats=tuple(0.25 + 0.46875 * number for number in range(16)),
    ones=(0.71875,),
    sections=(),
    duration=8.0,
    analyzed_by="ear 1",
    embedding=(0.0, 1.0, *([0.0] * 126)),
)


async def analyze_audio(clip: Path) -> Analysis:
    """Hears the same in every clip but those that are said to have no beat or no sense."""
    if "beatless" in clip.name:
        return msgspec.structs.replace(ANALYSIS, tempo=0, beats=(), ones=(), confidence=0)
    if "noise" in clip.name:
        raise UnreadableMedia
    if "unsure" in clip.name:
        return msgspec.structs.replace(ANALYSIS, confidence=0.3)
    return ANALYSIS


class Place:
    """A library with its ports, and a folder to import from."""

    def __init__(
        self, root: Path, trouble: Trouble | None = None, home: Home | None = None
    ) -> None:
        around = (trouble or Trouble()).around
        self.folder = root / "clips"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.library = MemoryLibrary()
        self.embeddings = self.library.embeddings
        self.storage = MemoryStorage()
        self.workspace = MemoryWorkspace(root / "work")
        self.told: list[tuple[str, int, int]] = []
        library = surrounded(self.library, around)
        storage = around(self.storage, "storage")
        media_probe = around(MemoryMediaProbe(), "media_probe")
        embedder = around(MemoryEmbedder(), "embedder")
        self.alignments: dict[tuple[bytes, bytes], Alignment] = {}
        ports = (self.storage, MemoryArtifactCache(), MemoryMediaProbe())
        self.share = ShareBeats(
            self.library.moves, *ports, self.workspace, MemorySoundAligner(self.alignments)
        )
        self.add_move = AddMove(
            library.moves,
            library.files,
            storage,
            media_probe,
            around(MemoryEncoder(), "encoder"),
            self.workspace,
            embedder,
        )
        self.examine = Examination(analyze_audio, embedder, MemoryMotionAnalyzer())
        self.bring = ImportLibrary(
            library.moves,
            library.files,
            storage,
            library.embeddings,
            media_probe,
            self.add_move,
            self.examine,
            home=home,
            share_beats=self.share,
        )
        self.encoder = MemoryEncoder()
        songs, moves = self.library.songs, self.library.moves
        self.prepare_item = PrepareItem(songs, moves, *ports, self.encoder, self.workspace)
        self.check = CheckLibrary(
            moves, self.embeddings, *ports, self.workspace, self.prepare_item, self.share
        )

    def clip(self, path: str, seconds: int = 8, *, sound: bool = True) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(encoder.clip(path, seconds * 30, 30, sound=sound))

    def write(self, name: str, content: object) -> None:
        text = content if isinstance(content, str) else json.dumps(content)
        (self.folder / name).write_text(text)

    async def __call__(self, path: Path | None = None) -> ImportReport:
        return await self.bring(path or self.folder, self.tell)

    async def tell(self, name: str, done: int, of: int) -> None:
        self.told.append((name, done, of))

    async def moves(self) -> dict[str, Move]:
        page = await self.library.moves.page(MoveFilter(), None, 1000)
        return {move.id: move for move in page.items}

    async def entries(self) -> dict[str, MoveEmbedding]:
        page = await self.embeddings.page(None, 1000)
        return {each.move.id: each.embedding for each in page.items}

    async def checked(self) -> list[tuple[str, str]]:
        async def on_progress(name: str, done: int, of: int) -> None:
            pass

        return [(each.move_id, each.field) for each in await self.check(on_progress)]
