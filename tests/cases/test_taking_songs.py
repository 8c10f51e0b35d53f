"""A song file is one song, however often it is given."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from adapters.memory.encoder import MemoryEncoder, clip, song
from adapters.memory.library import MemoryLibrary
from adapters.memory.media_probe import MemoryMediaProbe
from adapters.memory.storage import MemoryStorage
from adapters.memory.workspace import MemoryWorkspace
from application.library.add_song import AddSong
from application.library.take_song import TakeSong
from application.ports.songs import SongFilter
from domain.library.songs import Song
from domain.shared.errors import Refused

pytestmark = pytest.mark.anyio


class Shop:
    """A library to take songs into, and a folder of files."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.library = MemoryLibrary()
        self.storage = MemoryStorage()
        add = AddSong(
            self.library.songs,
            self.library.files,
            self.storage,
            MemoryMediaProbe(),
            MemoryEncoder(),
            MemoryWorkspace(root / "work"),
        )
        self.take = TakeSong(self.library.songs, self.library.files, add)

    def file(self, name: str, seconds: float) -> Path:
        path = self.root / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(song(seconds))
        return path

    async def songs(self) -> tuple[Song, ...]:
        return (await self.library.songs.page(SongFilter(), None, 100)).items


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


async def test_a_new_song_is_taken_in_by_the_name_of_its_file(shop: Shop) -> None:
    new_song = await shop.take(shop.file("Luna de Humo.mp3", 20))
    assert (new_song.id, new_song.title, new_song.duration) == ("luna-de-humo", "Luna de Humo", 20)
    assert await shop.songs() == (new_song,)
    assert new_song.audio_path in shop.storage.objects


async def test_the_same_file_is_the_same_song_whatever_it_is_called(shop: Shop) -> None:
    first = await shop.take(shop.file("one.mp3", 20))
    for name in ("one.mp3", "two.wav", "folder/three"):
        assert await shop.take(shop.file(name, 20)) == first
    assert await shop.songs() == (first,)


async def test_another_song_of_the_same_name_is_another_song(shop: Shop) -> None:
    first = await shop.take(shop.file("one.mp3", 20))
    other = shop.file("b/one.mp3", 30)
    second = await shop.take(other)
    assert (second.id, second.title) == ("one-2", "one")
    assert await shop.take(other) == second
    assert await shop.songs() == (first, second)


async def test_of_many_who_bring_the_same_file_at_once_one_takes_it_in(shop: Shop) -> None:
    files = [shop.file(f"{number}/one.mp3", 20) for number in range(6)]
    songs = await asyncio.gather(*map(shop.take, files))
    assert len({each.id for each in songs}) == 1
    assert await shop.songs() == (songs[0],)
    assert len(shop.storage.objects) == 1


@pytest.mark.parametrize("call", ["page", "find"])
async def test_a_song_that_another_adds_between_two_questions_is_not_added_again(
    shop: Shop, call: str
) -> None:
    """Whichever of the questions the other comes after: by the contents, or by the id."""
    mine, other = shop.file("a/one.mp3", 20), shop.file("b/one.mp3", 20)
    songs = shop.library.songs
    come = False

    class Overtaken:
        def __getattr__(self, name: str) -> Any:
            return self._overtaken if name == call else getattr(songs, name)

        async def _overtaken(self, *args: Any) -> Any:
            nonlocal come
            answer = await getattr(songs, call)(*args)
            if not come:
                come = True
                await shop.take(other)
            return answer

    overtaken: Any = Overtaken()
    add = AddSong(
        songs,
        shop.library.files,
        shop.storage,
        MemoryMediaProbe(),
        MemoryEncoder(),
        MemoryWorkspace(shop.root / "work"),
    )
    new_song = await TakeSong(overtaken, shop.library.files, add)(mine)
    assert come
    assert await shop.songs() == (new_song,)


@pytest.mark.parametrize("content", [b"", b"no song", clip("one", 30, 30, sound=False)])
async def test_what_is_no_song_is_refused_and_not_taken_in(shop: Shop, content: bytes) -> None:
    file = shop.file("one.mp3", 20)
    file.write_bytes(content)
    with pytest.raises(Refused):
        await shop.take(file)
    assert await shop.songs() == ()
    assert shop.storage.objects == {}


async def test_a_file_whose_name_is_no_text_is_taken_in(shop: Shop) -> None:
    new_song = await shop.take(shop.file("caf\udce9.mp3", 20))
    assert (new_song.id, new_song.title) == ("caf", "caf\ufffd")
