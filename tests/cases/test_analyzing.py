"""A song is fetched when somebody has to listen to it, and is counted as its genre is."""

from pathlib import Path

import msgspec
import pytest

from adapters.memory import encoder
from adapters.memory.artifact_cache import MemoryArtifactCache
from adapters.memory.audio_analyzer import MemoryAudioAnalyzer
from adapters.memory.library import MemoryLibrary
from adapters.memory.media_probe import MemoryMediaProbe
from adapters.memory.storage import MemoryStorage
from adapters.memory.workspace import MemoryWorkspace
from application.library.analyze_song import AnalyzeSong, CorrectSong
from domain.library.corrections import Correction, with_correction
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
    analyses = [await analyze_song.by_ear("a") for _ in range(4)]
    assert analyses == [analyses[0]] * 4
    assert await analyze_song("a") == with_correction(analyses[0], None)
    assert storage.fetched == 1


BOLERO = msgspec.structs.replace(SONG, genre="Bolero")


def analyzing(library: MemoryLibrary, folder: Path) -> AnalyzeSong:
    return AnalyzeSong(
        library.songs,
        MemoryStorage({"songs/a": encoder.song(30)}),
        MemoryArtifactCache(),
        MemoryMediaProbe(),
        MemoryWorkspace(folder),
        MemoryAudioAnalyzer(tempo=126),
    )


async def test_a_bolero_is_listed_at_the_tempo_that_its_dancers_count(tmp_path: Path) -> None:
    library = MemoryLibrary(songs=[BOLERO])
    analysis = await analyzing(library, tmp_path)("a")
    assert (analysis.tempo, analysis.other_tempo) == pytest.approx((63, 126), rel=0.01)
    assert (await library.songs.get("a")).tempo == analysis.tempo


async def test_a_bolero_heard_by_an_older_version_is_counted_anew(tmp_path: Path) -> None:
    library = MemoryLibrary(songs=[BOLERO])
    hear = analyzing(library, tmp_path)
    await library.songs.keep_analysis("a", await hear.by_ear("a"))
    assert (await hear("a")).tempo == pytest.approx(63, rel=0.01)
    assert (await library.songs.get("a")).tempo == pytest.approx(63, rel=0.01)


async def test_a_correction_of_an_older_version_holds_until_it_is_taken_back(
    tmp_path: Path,
) -> None:
    library = MemoryLibrary(songs=[BOLERO])
    hear = analyzing(library, tmp_path)
    raw = await hear.by_ear("a")
    await library.songs.keep_analysis("a", raw)
    await library.songs.keep_correction("a", Correction(one_at=1), 126)
    assert (await hear("a")).tempo == pytest.approx(126, rel=0.01)
    back = await CorrectSong(library.songs, hear)("a", Correction())
    assert back.tempo == pytest.approx(63, rel=0.01)
    assert (await library.songs.get("a")).tempo == back.tempo
    assert await hear("a") == back


async def test_a_person_counts_a_bolero_twice_as_fast(tmp_path: Path) -> None:
    library = MemoryLibrary(songs=[BOLERO])
    hear = analyzing(library, tmp_path)
    analysis = await CorrectSong(library.songs, hear)("a", Correction(beats="double"))
    assert (analysis.tempo, analysis.other_tempo) == pytest.approx((126, 63), rel=0.01)
    assert await hear("a") == analysis
    assert (await library.songs.get("a")).tempo == analysis.tempo
