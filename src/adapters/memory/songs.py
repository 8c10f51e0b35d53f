"""Songs in memory."""

from collections.abc import Iterable

import msgspec
from anyio.lowlevel import checkpoint

from adapters.memory.library_files import MemoryLibraryFiles
from adapters.memory.rows import check_texts, contains, page_of
from application.ports.library_files import Kind
from application.ports.pagination import Page
from application.ports.songs import SongFilter
from domain.library.corrections import Correction
from domain.library.songs import Analysis, Song
from domain.shared.errors import SongNotFound, SongTaken
from domain.shared.paths import contents_of


class MemorySongRepository:
    """Stores songs as long as the process runs; see `MemoryLibrary`."""

    def __init__(self, files: MemoryLibraryFiles, songs: Iterable[Song] = ()) -> None:
        """Share ``files`` with the moves of the library; start with ``songs``."""
        self._files = files
        self._songs = {song.id: song for song in songs}
        self._analyses: dict[str, Analysis] = {}
        self._corrections: dict[str, Correction] = {}
        for song in self._songs.values():
            files.own(song.audio_path)

    async def add(self, song: Song, analysis: Analysis | None = None) -> None:
        """See `application.ports.songs.SongRepository`."""
        await checkpoint()
        check_texts(song)
        self._files.refuse_given_up(song.audio_path)
        if song.id in self._songs:
            raise SongTaken
        self._files.own(song.audio_path)
        self._songs[song.id] = song
        if analysis is not None:
            self._analyses[song.id] = analysis

    async def find(self, song_id: str) -> Song | None:
        """See `application.ports.songs.SongRepository`."""
        await checkpoint()
        return self._songs.get(song_id)

    async def get(self, song_id: str) -> Song:
        """See `application.ports.songs.SongRepository`."""
        song = await self.find(song_id)
        if song is None:
            raise SongNotFound
        return song

    async def page(self, filters: SongFilter, after: str | None, most: int) -> Page[Song]:
        """See `application.ports.songs.SongRepository`."""
        await checkpoint()

        def matches(song: Song) -> bool:
            names = (song.title, song.artist)
            return (
                (filters.search is None or any(contains(filters.search, name) for name in names))
                and filters.genre in (None, song.genre)
                and _between(filters.slowest, song.tempo, filters.fastest)
                and _between(filters.shortest, song.duration, filters.longest)
                and filters.usable in (None, song.unusable is None)
                and filters.audio_path in (None, song.audio_path)
                and (filters.contents is None or contents_of(song.audio_path) == filters.contents)
            )

        return page_of(self._songs, matches, after, most)

    async def analysis(self, song_id: str) -> Analysis | None:
        """See `application.ports.songs.SongRepository`."""
        await self.get(song_id)
        return self._analyses.get(song_id)

    async def keep_analysis(self, song_id: str, analysis: Analysis) -> None:
        """See `application.ports.songs.SongRepository`."""
        song = await self.get(song_id)
        self._analyses[song_id] = analysis
        if song_id not in self._corrections:
            self._songs[song_id] = msgspec.structs.replace(song, tempo=analysis.tempo or None)

    async def correction(self, song_id: str) -> Correction | None:
        """See `application.ports.songs.SongRepository`."""
        await self.get(song_id)
        return self._corrections.get(song_id)

    async def keep_correction(
        self, song_id: str, correction: Correction, tempo: float | None
    ) -> None:
        """See `application.ports.songs.SongRepository`."""
        song = await self.get(song_id)
        self._songs[song_id] = msgspec.structs.replace(song, tempo=tempo)
        self._corrections.pop(song_id, None)
        if correction != Correction():
            self._corrections[song_id] = correction

    async def remove(self, song_id: str) -> Song:
        """See `application.ports.songs.SongRepository`."""
        song = await self.get(song_id)
        del self._songs[song_id]
        self._analyses.pop(song_id, None)
        self._corrections.pop(song_id, None)
        self._files.release(Kind.SONG, song_id, song.audio_path)
        return song

    async def mark_unusable(self, song: Song, reason: str | None) -> bool:
        """See `application.ports.songs.SongRepository`."""
        await checkpoint()
        current = self._songs.get(song.id)
        if current is None or current.audio_path != song.audio_path:
            return False
        marked = msgspec.structs.replace(current, unusable=reason)
        check_texts(marked)
        self._songs[song.id] = marked
        return True


def _between(least: float | None, number: float | None, most: float | None) -> bool:
    if number is None:
        return least is None and most is None
    return (least is None or least <= number) and (most is None or number <= most)
