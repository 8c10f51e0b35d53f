"""Stream the sound of a song."""

from application.library.stream_clip import Clip, described
from application.media.stored_content import StoredContent
from application.ports.songs import SongRepository
from application.ports.storage import Storage
from domain.library.media import sound_type_of


class StreamSong:
    """Streams the original bytes of a song, all or a range."""

    def __init__(self, songs: SongRepository, storage: Storage) -> None:
        """Take the ports."""
        self._songs = songs
        self._storage = storage

    async def __call__(self, song_id: str) -> Clip:
        """Return the file of a song; raises `SongNotFound` and `LibraryFailed`."""
        path = (await self._songs.get(song_id)).audio_path
        return await described(self._storage, path, sound_type_of)

    def content(self, song: Clip) -> StoredContent:
        """Return the bytes of a song."""
        return StoredContent(self._storage, song.path)
