"""A song is fetched when somebody has to listen to it, and not otherwise."""

from pathlib import Path

import pytest

from adapters.memory import encoder
from adapters.memory.artifact_cache import MemoryArtifactCache
from adapters.memory.audio_analyzer import MemoryAudioAnalyzer
from adapters.memory.library import MemoryLibrary
from adapters.memory.media_probe import MemoryMediaProbe
from adapters.memory.storage import MemoryStorage
from adapters.memory.workspace import MemoryWorkspace
from application.library.analyze_song import AnalyzeSong
from domain.library.songs import Song

pytestmark = pytest.mark.anyio

SONG = Song(id="a", title="A", artist="B", audio_path="songs/a", duration=30)


class Counting(MemoryStorage):
    """Counts what is fetched."""

    fetched = 0

    async def fetch(self, path: str, into: Path) -> None:
        self.fetched += 1
        await super().fetch(path, into)


async def test_it_is_fetched_once_however_often_it_is_asked_for(tmp_path: Path) -> None:
    storage = Counting({"songs/a": encoder.song(30)})
    analyze_song = AnalyzeSong(
        MemoryLibrary(songs=[SONG]).songs,
        storage,
        MemoryArtifactCache(),
        MemoryMediaProbe(),
        MemoryWorkspace(tmp_path),
        MemoryAudioAnalyzer(),
    )
    heard = [await analyze_song.by_ear("a") for _ in range(4)]
    assert heard == [heard[0]] * 4
    assert await analyze_song("a") == heard[0]
    assert storage.fetched == 1
