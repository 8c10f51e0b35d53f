"""Clips that nobody has listened to are listened to later, and what was known stays."""

from pathlib import Path

import msgspec
import pytest

from adapters.memory import encoder
from adapters.memory.artifact_cache import MemoryArtifactCache
from adapters.memory.audio_analyzer import MemoryAudioAnalyzer
from adapters.memory.embedder import MemoryEmbedder
from adapters.memory.encoder import MemoryEncoder
from adapters.memory.library import MemoryLibrary
from adapters.memory.media_probe import MemoryMediaProbe
from adapters.memory.motion_analyzer import MemoryMotionAnalyzer
from adapters.memory.storage import MemoryStorage
from adapters.memory.workspace import MemoryWorkspace
from application.library.backfill_audio_embeddings import BackfillAudioEmbeddings
from application.library.backfill_text_embeddings import BackfillTextEmbeddings
from application.library.clip_analysis import Examination
from domain.blueprint.model import Difficulty
from domain.library.embeddings import MoveEmbedding, Part, Rows, packed
from domain.library.moves import Energy, Move, Style
from domain.library.songs import Analysis
from tests.strategies.entries import row
from tests.world.preparing import complete_all

pytestmark = pytest.mark.anyio

EAR = "ear 1"


class Place:
    """A library with its ports, and how often its clips were listened to."""

    def __init__(self, root: Path) -> None:
        self.library = MemoryLibrary()
        self.storage = MemoryStorage()
        self.embeddings = self.library.embeddings
        self.audio_analyzer = MemoryAudioAnalyzer()
        self.audio_analyzer.name = EAR
        self.heard = 0
        workspace = MemoryWorkspace(root)
        self.embed = BackfillTextEmbeddings(self.embeddings, MemoryEmbedder())
        self.backfill = BackfillAudioEmbeddings(
            self.storage,
            MemoryArtifactCache(),
            MemoryMediaProbe(),
            MemoryEncoder(),
            workspace,
            self.embeddings,
            Examination(self.analyze, MemoryEmbedder(), MemoryMotionAnalyzer()),
            self.audio_analyzer,
        )

    async def complete(self) -> int:
        return await complete_all(self.backfill, self.embeddings)

    async def analyze(self, clip: Path) -> Analysis:
        self.heard += 1
        analysis = await self.audio_analyzer.analyze(clip)
        return msgspec.structs.replace(analysis, embedding=(1.0, *([0.0] * 127)))

    async def move(self, move_id: str, *, sound: bool = True) -> None:
        path = f"clips/{move_id}.mp4"
        self.storage.objects[path] = encoder.clip(path, 240, 30, sound=sound)
        await self.library.moves.add(
            Move(
                id=move_id,
                name=move_id,
                label="basic",
                video_path=path,
                difficulty=Difficulty.BEGINNER,
                energy_level=Energy.LOW,
                style=Style.ROMANTIC,
                duration=8.0,
                tempo=120.0,
            )
        )

    async def entry(self, move_id: str) -> MoveEmbedding:
        embedding = await self.embeddings.find(move_id)
        assert embedding is not None
        return embedding


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


async def test_a_move_of_which_only_words_are_known_is_listened_to(place: Place) -> None:
    await place.move("a")
    await place.embed()
    before = await place.entry("a")

    assert await place.complete() == 1

    after = await place.entry("a")
    assert after.rows == Rows(text=before.rows.text, audio=packed([1.0] + [0.0] * 127))
    assert (after.audio_by, after.text_by, after.energy_start) == (EAR, "memory", 0.75)
    assert (await place.complete(), place.heard) == (0, 1)


async def test_a_silent_clip_is_watched_once(place: Place) -> None:
    await place.move("a", sound=False)
    await place.embed()

    assert (await place.complete(), await place.complete()) == (1, 0)
    entry = await place.entry("a")
    assert (entry.rows.audio, entry.audio_by, entry.energy_end) == (None, EAR, 0.75)
    assert place.heard == 0


async def test_what_was_imported_stays(place: Place) -> None:
    await place.move("a")
    await place.embed()
    rows = Rows(pose=row(Part.POSE, 1), text=row(Part.TEXT, 1))
    embedding = msgspec.structs.replace(
        await place.entry("a"), rows=rows, text_by="imported", energy_start=0.1
    )
    await place.embeddings.keep(embedding)
    await place.complete()

    entry = await place.entry("a")
    assert (entry.rows.pose, entry.rows.text, entry.text_by) == (rows.pose, rows.text, "imported")
    assert (entry.energy_start, entry.energy_end) == (0.1, 0.75)
    assert entry.rows.audio is not None


async def test_a_clip_that_is_lost_keeps_no_other_from_being_heard(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("a", "b", "c"):
        await place.move(name)
    await place.embed()
    del place.storage.objects["clips/a.mp4"]

    assert await place.complete() == 2
    assert (await place.entry("b")).rows.audio is not None
    assert (await place.entry("c")).rows.audio is not None
    assert "the clip of the move 'a' failed" in caplog.text


async def test_what_was_heard_in_a_clip_is_not_kept_for_another_clip_under_its_id(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    await place.move("a")
    await place.embed()
    plain = place.embeddings.find

    async def find(move_id: str) -> MoveEmbedding | None:
        embedding = await plain(move_id)
        gone = await place.library.moves.remove("a")
        again = msgspec.structs.replace(gone, video_path="clips/again.mp4")
        await place.library.moves.add(again)
        return embedding

    monkeypatch.setattr(place.embeddings, "find", find)
    assert await place.complete() == 0
    assert await plain("a") is None


async def test_a_move_that_is_removed_while_its_clip_is_listened_to_is_passed_over(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        await place.move(name)
    await place.embed()
    plain = place.embeddings.find

    async def find(move_id: str) -> MoveEmbedding | None:
        embedding = await plain(move_id)
        if move_id == "a":
            await place.library.moves.remove("a")
        return embedding

    monkeypatch.setattr(place.embeddings, "find", find)
    assert await place.complete() == 1
    assert await place.library.moves.find("a") is None
    assert (await place.entry("b")).rows.audio is not None
