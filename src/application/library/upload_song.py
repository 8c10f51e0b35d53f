"""Add an uploaded song."""

import asyncio
from pathlib import Path

import msgspec

from application.concurrency.keyed_lock import KeyedLock
from application.concurrency.timeouts import UPLOAD_QUEUE_WAIT, place_in
from application.library.add_song import AddSong
from application.library.library_jobs import LibraryJobs
from application.library.unique_ids import id_of, unused_song_id
from application.ports.library_files import LibraryFiles
from application.ports.media_probe import MediaProbe
from application.ports.songs import SongRepository
from domain.library.limits import SONG
from domain.library.songs import Song
from domain.shared import validation
from domain.shared.errors import UnacceptedMedia
from domain.shared.texts import Name


class SongForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The fields of a new song."""

    title: Name
    artist: Name
    genre: Name | None = None


class UploadSong:
    """Checks an audio file and adds it as a song, completely or not at all; analyses it afterwards.

    Titles need not be unique: each song gets its own id.
    """

    def __init__(
        self,
        songs: SongRepository,
        library_files: LibraryFiles,
        media_probe: MediaProbe,
        add_song: AddSong,
        library_jobs: LibraryJobs,
        at_once: int,
        queue_wait: float = UPLOAD_QUEUE_WAIT,
    ) -> None:
        """Take the ports, the part that adds songs, the jobs that follow, and the parallel number.

        ``queue_wait`` is the maximum number of seconds that a song waits for its check.
        """
        self._songs = songs
        self._library_files = library_files
        self._media_probe = media_probe
        self._add_song = add_song
        self._library_jobs = library_jobs
        self._locks = KeyedLock()
        self._gate = asyncio.Semaphore(at_once)
        self._queue_wait = queue_wait

    async def __call__(self, sound: Path, form: SongForm) -> Song:
        """Return the new song; the caller must not change ``sound`` any more.

        Raises `InvalidRequest`, `UnacceptedMedia` for a file without sound, `UnreadableMedia` for a
        damaged one, `TooLarge` above `domain.library.limits.SONG`, and `WaitedTooLong` while other
        files are checked.
        """
        validation.refuse_faults(form)
        async with place_in(self._gate, "a free place to read an upload", self._queue_wait):
            media = await self._media_probe.measure(sound, SONG)
            if media.sound is None:
                raise UnacceptedMedia("The file has no sound, so it cannot be a song.")
            song = await self._added(sound, form)
            await self._library_jobs.prepare(song)
        return song

    async def _added(self, sound: Path, form: SongForm) -> Song:
        plain = id_of(form.title)
        # The second of two parallel uploads with the same title must see the id of the first.
        async with self._locks.of(plain):
            song = Song(
                id=await unused_song_id(self._songs, self._library_files, plain),
                title=form.title,
                artist=form.artist,
                genre=form.genre,
                audio_path="songs/new",
                duration=1,
            )
            return await self._add_song(sound, song, may_take_ownership=True)
