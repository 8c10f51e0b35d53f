"""Moves and songs made ready ahead, over ports in memory."""

from pathlib import Path

import pytest

from adapters.memory.artifact_cache import MemoryArtifactCache
from adapters.memory.embedder import MemoryEmbedder
from adapters.memory.encoder import MemoryEncoder, clip, song
from adapters.memory.library import MemoryLibrary
from adapters.memory.media_probe import MemoryMediaProbe
from adapters.memory.storage import MemoryStorage
from adapters.memory.workspace import MemoryWorkspace
from application.library.add_move import AddMove
from application.library.add_song import AddSong
from application.library.prepare_item import PrepareItem
from application.ports.footage import Footage
from application.ports.media_files import MediaFiles
from domain.blueprint.model import Difficulty, OutputConfig
from domain.blueprint.timeline import Cut, Soundtrack
from domain.library.moves import Energy, Move, Style
from domain.library.songs import Song
from domain.shared.errors import MoveNotFound, UnreadableMedia
from tests.world.preparing import prepare_all

pytestmark = pytest.mark.anyio


class NotedEncoder(MemoryEncoder):
    """Notes what it is to encode; it cannot encode a damaged clip."""

    def __init__(self) -> None:
        self.cuts: list[Cut] = []
        self.songs: list[Soundtrack] = []
        self.damaged: set[str] = set()

    async def normalise(
        self, cut: Cut, files: MediaFiles, output: OutputConfig, into: Path
    ) -> Footage:
        await files.local(cut.clip)
        if any(f"/{name}-" in cut.clip for name in self.damaged):
            raise UnreadableMedia(f"{cut.clip!r} is damaged.")
        self.cuts.append(cut)
        return Footage.whole(into, cut.frames)

    async def encode_sound(self, soundtrack: Soundtrack, files: MediaFiles, into: Path) -> Path:
        self.songs.append(soundtrack)
        return into


class Place:
    """A library with its ports."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.library = MemoryLibrary()
        self.storage = MemoryStorage()
        self.encoder = NotedEncoder()
        self.workspace = MemoryWorkspace(root / "work")
        library = self.library
        ports = (self.storage, MemoryMediaProbe(), self.encoder, self.workspace)
        self.add_move = AddMove(library.moves, library.files, *ports, MemoryEmbedder())
        self.add_song = AddSong(library.songs, library.files, *ports)
        self.prepare_item = PrepareItem(
            self.library.songs,
            self.library.moves,
            self.storage,
            MemoryArtifactCache(),
            MemoryMediaProbe(),
            self.encoder,
            self.workspace,
        )

    async def move(self, name: str, *, ready: bool, first_count: float = 0.5) -> Move:
        source = self.root / f"{name}.mp4"
        source.write_bytes(clip(name, 300, 30))
        template = Move(
            id=name,
            name=name,
            label="basic",
            video_path="clips/new",
            difficulty=Difficulty.BEGINNER,
            energy_level=Energy.LOW,
            style=Style.ROMANTIC,
            duration=1,
            tempo=120,
            first_count=first_count,
        )
        return await self.add_move(source, template, ready=ready)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


async def test_a_move_is_made_ready_from_its_first_one_before_it_is_stored(place: Place) -> None:
    library_move = await place.move("a", ready=True)
    (cut,) = place.encoder.cuts
    assert (cut.clip, cut.first, cut.frames, cut.rate) == (library_move.video_path, 15, 120, 1)


async def test_a_clip_that_cannot_be_made_ready_is_refused_whole(place: Place) -> None:
    place.encoder.damaged.add("a")
    with pytest.raises(UnreadableMedia, match="damaged"):
        await place.move("a", ready=True)
    with pytest.raises(MoveNotFound):
        await place.library.moves.get("a")
    assert place.storage.objects == {}
    assert place.workspace.open == set()


async def test_a_song_is_made_ready_as_a_whole(place: Place) -> None:
    source = place.root / "song"
    source.write_bytes(song(20))
    template = Song(id="s", title="S", artist="A", audio_path="songs/new", duration=1)
    library_song = await place.add_song(source, template)
    (sound,) = place.encoder.songs
    assert (sound.song, sound.frames, sound.loudness) == (library_song.audio_path, 600, None)


async def test_the_whole_library_is_made_ready_and_what_cannot_be_is_named(place: Place) -> None:
    for name in ("a", "b", "c", "d"):
        await place.move(name, ready=False)
    place.encoder.damaged.add("b")
    await place.storage.delete((await place.library.moves.get("c")).video_path)
    unready = await prepare_all(place.prepare_item, place.library)
    assert sorted(each.item for each in unready) == ["b", "c"]
    assert {each.code for each in unready} == {"unreadable-media", "media-not-found"}
    assert all(each.message for each in unready)
    assert len(place.encoder.cuts) == 2
    assert place.workspace.open == set()


async def test_an_empty_library_is_ready(place: Place) -> None:
    assert await prepare_all(place.prepare_item, place.library) == []


@pytest.mark.parametrize("first_count", [0.0, 9.0, 9.99, 50.0])
async def test_a_first_one_anywhere_gives_a_cut_within_the_clip(
    place: Place, first_count: float
) -> None:
    await place.move("a", ready=True, first_count=first_count)
    (cut,) = place.encoder.cuts
    assert 0 <= cut.first < cut.first + cut.frames <= 300
