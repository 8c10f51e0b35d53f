"""Add a local audio file to the library unless it is there already."""

from pathlib import Path

import msgspec

from application.library.add_song import AddSong
from application.library.unique_ids import id_of, unused_song_id
from application.media.store_file import fingerprint
from application.ports.library_files import LibraryFiles
from application.ports.songs import SongFilter, SongRepository
from domain.importing.move_records import title_of
from domain.library.songs import Song
from domain.shared.errors import SongTaken


class TakeSong:
    """Turns a local file into a song of the library; equal contents are the same song.

    It does not prepare the song for films; the first film does that.
    """

    def __init__(
        self, songs: SongRepository, library_files: LibraryFiles, add_song: AddSong
    ) -> None:
        """Take the port, and the use case that adds songs."""
        self._songs = songs
        self._library_files = library_files
        self._add_song = add_song

    async def __call__(self, file: Path) -> Song:
        """Return the song of a file; a new one is named after the file. Raises
        as `AddSong` does.
        """
        contents = await fingerprint(file)
        name = title_of(file.stem)
        while True:
            # Whoever finds an id taken by the same song then finds the song, too. In the other
            # order, a song that is added in between would be added again under the next id.
            free = await unused_song_id(self._songs, self._library_files, id_of(name))
            if (earlier := await self._same(contents)) is not None:
                return earlier
            song = Song(
                id=free,
                title=name,
                artist="Unknown",
                audio_path="songs/new",
                duration=1,
            )
            try:
                return await self._add_song(file, song, ready=False)
            except SongTaken:
                # Another caller took the id in the meantime, for this song or for another.
                continue

    async def with_title(self, file: Path, song: Song) -> Song:
        """Add a song with a user's title, prepared for films, under a free id.

        Raises as `AddSong` does.
        """
        while True:
            free = await unused_song_id(self._songs, self._library_files, song.id)
            try:
                return await self._add_song(file, msgspec.structs.replace(song, id=free))
            except SongTaken:
                # Another caller took the id in the meantime.
                continue

    async def _same(self, contents: str) -> Song | None:
        page = await self._songs.page(SongFilter(contents=contents), None, 1)
        return next(iter(page.items), None)
