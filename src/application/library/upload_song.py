"""Take a song from somebody who brings it."""

import asyncio
from functools import partial
from pathlib import Path

import msgspec

from application.concurrency.background_queue import BackgroundQueue
from application.concurrency.keyed_lock import KeyedLock
from application.concurrency.timeouts import UPLOAD_TURN, place_in
from application.library.add_song import AddSong
from application.library.analyze_song import AnalyzeSong
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
    """What is said of a song."""

    title: Name
    artist: Name
    genre: Name | None = None


class UploadSong:
    """Look into a song, and add it; whole or not at all. It is heard afterwards.

    Songs may have the same title: each has an id of its own.
    """

    def __init__(
        self,
        songs: SongRepository,
        library_files: LibraryFiles,
        media_probe: MediaProbe,
        add_song: AddSong,
        hear: AnalyzeSong,
        later: BackgroundQueue,
        at_once: int,
        turn: float = UPLOAD_TURN,
    ) -> None:
        """Take the ports, who adds songs, who hears them and when, and how many at once.

        ``turn`` is for how many seconds one waits to be looked into.
        """
        self._songs = songs
        self._library_files = library_files
        self._media_probe = media_probe
        self._add_song = add_song
        self._hear = hear
        self._later = later
        self._turns = KeyedLock()
        self._gate = asyncio.Semaphore(at_once)
        self._turn = turn

    async def __call__(self, sound: Path, said: SongForm) -> Song:
        """Return the song as it is in the library; nobody changes ``sound`` any more.

        Raises `InvalidRequest`, `UnacceptedMedia` for what has no sound, `UnreadableMedia` for a
        damaged file, `TooLarge` for what is larger than `domain.library.limits.SONG`, and
        `WaitedTooLong` while others are looked into.
        """
        validation.refuse_faults(said)
        async with place_in(self._gate, "a place to look into an upload", self._turn):
            media = await self._media_probe.measure(sound, SONG)
            if media.sound is None:
                raise UnacceptedMedia("The file has no sound; a song needs some.")
            song = await self._added(sound, said)
        self._later(f"hearing the song {song.id!r}", partial(self._hear, song.id))
        return song

    async def _added(self, sound: Path, said: SongForm) -> Song:
        plain = id_of(said.title)
        # Of two of the same title at once, the second is to see the id that the first has taken.
        async with self._turns.of(plain):
            song = Song(
                id=await unused_song_id(self._songs, self._library_files, plain),
                title=said.title,
                artist=said.artist,
                genre=said.genre,
                audio_path="songs/new",
                duration=1,
            )
            return await self._add_song(sound, song, may_take_ownership=True)
