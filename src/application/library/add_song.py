"""Add a song to the library."""

from pathlib import Path

import msgspec

from application.media.cut_plans import WORK, whole_song
from application.media.fetched_files import OnHand
from application.media.store_file import fingerprint, keep, once
from application.ports.clip_encoder import ClipEncoder
from application.ports.library_files import LibraryFiles
from application.ports.media_probe import MediaProbe
from application.ports.songs import SongRepository
from application.ports.storage import Storage
from application.ports.workspace import Workspace
from domain.library.media_checks import SONG, refuse_media
from domain.library.songs import Analysis, Song
from domain.shared import paths, validation
from domain.shared.errors import SongTaken


class AddSong:
    """Stores an audio file and its song; both or neither."""

    def __init__(
        self,
        songs: SongRepository,
        library_files: LibraryFiles,
        storage: Storage,
        media_probe: MediaProbe,
        clips: ClipEncoder,
        workspace: Workspace,
    ) -> None:
        """Take the ports."""
        self._songs = songs
        self._library_files = library_files
        self._storage = storage
        self._media_probe = media_probe
        self._clips = clips
        self._workspace = workspace

    async def __call__(
        self,
        sound: Path,
        song: Song,
        analysis: Analysis | None = None,
        *,
        ready: bool = True,
        may_take_ownership: bool = False,
    ) -> Song:
        """Store ``sound``; return the song with its storage path and measured duration.

        Unless ``ready`` is off, the song is prepared for films before it is stored. The storage
        ``may_take_ownership`` of a file that nobody changes any more. Raises `InvalidRequest` if a
        field is out of range, `UnreadableMedia` if the audio cannot be decoded, and `SongTaken`.
        """
        validation.refuse_faults(song)
        media = await self._media_probe.measure(sound)
        refuse_media(media, SONG)
        if await self._songs.find(song.id) is not None:
            raise SongTaken(f"A song with the id {song.id!r} exists already.")
        tempo = analysis.tempo if analysis else song.tempo
        path = paths.song(song.id, await fingerprint(sound), once())
        library_song = msgspec.structs.replace(
            song, duration=float(media.seconds), tempo=tempo, audio_path=path, unusable=None
        )
        if ready and self._clips.keeps:
            async with self._workspace.take(WORK) as folder:
                files, whole = (
                    OnHand({path: sound}, self._media_probe),
                    whole_song(path, media.seconds),
                )
                await self._clips.encode_sound(whole, files, folder / "sound.mp4")

        async def enter() -> None:
            await self._songs.add(library_song, analysis)

        await keep(
            self._storage,
            sound,
            path,
            enter,
            self._library_files.give_up,
            may_take_ownership=may_take_ownership,
        )
        return library_song
