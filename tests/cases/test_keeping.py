"""A file and its entry: what becomes of them when an answer is lost."""

from pathlib import Path

import pytest

from adapters.memory.library import MemoryLibrary
from adapters.memory.library_files import MemoryLibraryFiles
from adapters.memory.songs import MemorySongRepository
from adapters.memory.storage import MemoryStorage
from application.media.store_file import keep
from domain.library.songs import Song
from domain.shared.errors import NotReady, SongTaken, StorageFailed

pytestmark = pytest.mark.anyio

SONG = Song(id="a", title="a", artist="b", audio_path="songs/a-1", duration=1)


class Away(MemoryLibraryFiles):
    """Is away from some call on."""

    away = False

    async def give_up(self, path: str) -> bool:
        if self.away:
            raise NotReady("away")
        return await super().give_up(path)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    song_file = tmp_path / "song"
    song_file.write_bytes(b"1")
    return song_file


async def test_what_was_entered_though_the_answer_was_lost_is_kept(file: Path) -> None:
    storage, library = MemoryStorage(), MemoryLibrary()

    async def enter() -> None:
        await library.songs.add(SONG)
        raise NotReady("The connection was lost after COMMIT.")

    await keep(storage, file, SONG.audio_path, enter, library.files.give_up)
    assert await library.songs.get("a") == SONG
    assert SONG.audio_path in storage.objects


@pytest.mark.parametrize("committed", [True, False])
async def test_a_file_stays_where_nobody_can_say_whether_it_was_entered(
    file: Path, committed: bool
) -> None:
    storage, files = MemoryStorage(), Away()
    songs = MemorySongRepository(files)

    async def enter() -> None:
        if committed:
            await songs.add(SONG)
        files.away = True
        raise NotReady("The database is away.")

    with pytest.raises(NotReady):
        await keep(storage, file, SONG.audio_path, enter, files.give_up)
    assert SONG.audio_path in storage.objects


async def test_an_entry_that_comes_after_it_was_given_up_is_refused(file: Path) -> None:
    storage, library = MemoryStorage(), MemoryLibrary()

    async def enter() -> None:
        raise NotReady("There was no answer in time.")

    with pytest.raises(NotReady):
        await keep(storage, file, SONG.audio_path, enter, library.files.give_up)
    assert storage.objects == {}
    with pytest.raises(StorageFailed):
        await library.songs.add(SONG)


async def test_what_is_refused_leaves_no_file(file: Path) -> None:
    storage, library = MemoryStorage(), MemoryLibrary([SONG])
    other = "songs/a-2"

    async def enter() -> None:
        raise SongTaken

    with pytest.raises(SongTaken):
        await keep(storage, file, other, enter, library.files.give_up)
    assert storage.objects == {}


async def test_a_file_whose_storing_raised_goes_again(file: Path) -> None:
    class Losing(MemoryStorage):
        async def put(self, source: Path, path: str, *, may_take_ownership: bool = False) -> None:
            await super().put(source, path, may_take_ownership=may_take_ownership)
            raise StorageFailed("The media storage did not answer in time.")

    storage, library = Losing(), MemoryLibrary()

    async def enter() -> None:
        raise AssertionError("It is not entered.")

    with pytest.raises(StorageFailed):
        await keep(storage, file, SONG.audio_path, enter, library.files.give_up)
    assert storage.objects == {}
