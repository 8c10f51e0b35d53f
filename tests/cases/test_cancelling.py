"""Work is cancelled at each of the moments at which it gives control, and leaves nothing behind."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from adapters.memory import encoder
from adapters.memory.artifact_cache import MemoryArtifactCache
from adapters.memory.audio_analyzer import MemoryAudioAnalyzer
from adapters.memory.library import MemoryLibrary
from adapters.memory.media_probe import MemoryMediaProbe
from adapters.memory.storage import MemoryStorage
from application.library.analyze_song import AnalyzeSong
from application.library.upload_move import MoveForm
from application.library.upload_song import SongForm, UploadSong
from application.ports.songs import SongRepository
from domain.library.songs import Song
from domain.rendering.assembly import State
from tests.cases.test_library_machine import Place
from tests.world.cancelling import Ending, Work, each_moment, ends
from tests.world.studio import CLIPS, OWNER, Service, blueprint


def test_a_film_that_is_cancelled_at_any_moment_has_one_end_and_leaves_nothing(
    tmp_path: Path,
) -> None:
    places: dict[int, Service] = {}
    document = blueprint(UUID(int=1, version=4), [CLIPS[0], CLIPS[1], CLIPS[0]])

    def work(at: int) -> Work:
        places[at] = Service(tmp_path / str(at))
        return lambda: places[at].assemble(document, OWNER)

    def look(at: int, ending: Ending) -> None:
        service = places[at]
        states = ends(service.tasks, document.task_id)
        assert states == [State.COMPLETED] or (ending.struck and states in ([], [State.CANCELLED]))
        assert service.left_behind() == []
        assert service.workspace.open == set()
        films = {path for path in service.storage.objects if path.startswith("output/")}
        assert len(films) == (states == [State.COMPLETED])

    assert each_moment(work, look) > 40


class Library(Place):
    """A library with a folder of one clip to import, and a song."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.clips = root / "clips"
        self.clips.mkdir(parents=True)
        self.clip, self.sound = self.clips / "a.mp4", root / "song"
        self.clip.write_bytes(encoder.clip("a", 240, 30))
        self.sound.write_bytes(encoder.song(20))
        self.songs = MemoryLibrary(songs=[SONG]).songs

    def import_clips(self) -> Coroutine[Any, Any, object]:
        return self.bring(self.clips, untold)

    def upload_a_clip(self) -> Coroutine[Any, Any, object]:
        return self.upload(self.clip, MoveForm(name="a"))

    def upload_a_song(self) -> Coroutine[Any, Any, object]:
        upload = UploadSong(
            self.library.songs,
            self.library.files,
            MemoryMediaProbe(),
            self.add_song,
            self.library_jobs,
            1,
        )
        return upload(self.sound, SongForm(title="a", artist="b"))

    def analyze_a_song(self) -> Coroutine[Any, Any, object]:
        storage = MemoryStorage({SONG.audio_path: encoder.song(20)})
        return self._analysis(self.songs, storage)(SONG.id)

    def _analysis(self, songs: SongRepository, storage: MemoryStorage) -> AnalyzeSong:
        return AnalyzeSong(
            songs,
            storage,
            MemoryArtifactCache(),
            MemoryMediaProbe(),
            self.workspace,
            MemoryAudioAnalyzer(),
        )


SONG = Song(id="a", title="A", artist="B", audio_path="songs/a", duration=20)
WORKS: dict[str, Callable[[Library], Coroutine[Any, Any, object]]] = {
    "import": Library.import_clips,
    "upload of a clip": Library.upload_a_clip,
    "upload of a song": Library.upload_a_song,
    "analysis": Library.analyze_a_song,
}


async def untold(name: str, done: int, of: int) -> None:
    """Nobody listens."""


@pytest.mark.parametrize("name", WORKS)
def test_what_comes_into_the_library_is_there_whole_or_not_at_all(
    tmp_path: Path, name: str
) -> None:
    places: dict[int, Library] = {}

    def place(at: int) -> Library:
        if at not in places:
            places[at] = Library(tmp_path / str(at))
        return places[at]

    def look(at: int, ending: Ending) -> None:
        async def whole() -> None:
            rows = await place(at).rows()
            assert {*place(at).storage.objects} == rows["moves"] | rows["songs"], at
            assert ending.struck or name == "analysis" or place(at).storage.objects
            assert await place(at).library.files.removed() == ()

        asyncio.run(whole())
        assert place(at).workspace.open == set()
        assert list((tmp_path / str(at) / "work").rglob("*")) == []

    moments = each_moment(lambda at: partial(WORKS[name], place(at)), look)
    assert moments > 5
