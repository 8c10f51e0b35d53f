"""Take a song into the library."""

from pathlib import Path

import msgspec

from application.keeping import fingerprint, keep, once
from application.ports.encoder import Encoder
from application.ports.library import Library
from application.ports.storage import Storage
from application.ports.workspace import Workspace
from application.readying import ORDINARY, WORK, whole_song
from application.rushes import OnHand
from domain import documents, paths
from domain.errors import SongNotFound, SongTaken, UnacceptedMedia
from domain.music import Analysis, Song


class AddSong:
    """Keep a song and what is known of it; whole or not at all."""

    def __init__(
        self, library: Library, storage: Storage, encoder: Encoder, workspace: Workspace
    ) -> None:
        """Take the ports."""
        self._library = library
        self._storage = storage
        self._encoder = encoder
        self._workspace = workspace

    async def __call__(
        self,
        sound: Path,
        song: Song,
        analysis: Analysis | None = None,
        *,
        ready: bool = True,
        spare: bool = False,
    ) -> Song:
        """Store ``sound``; return the song with its storage path and true duration.

        It is made ready for films before it is stored, unless ``ready`` is off. Nobody changes a
        ``spare`` sound any more. Raises `InvalidRequest` when a field is out of range,
        `UnreadableMedia` for what cannot be heard, and `SongTaken`.
        """
        documents.refuse_faults(song)
        media = await self._encoder.measure(sound)
        if media.sound is None:
            raise UnacceptedMedia("The file has no sound; a song needs some.")
        try:
            await self._library.song(song.id)
        except SongNotFound:
            pass
        else:
            raise SongTaken(f"There is a song {song.id!r} already.")
        tempo = analysis.tempo if analysis else song.tempo
        path = paths.song(song.id, await fingerprint(sound), once())
        kept = msgspec.structs.replace(
            song, duration=float(media.seconds), tempo=tempo, audio_path=path, unusable=None
        )
        if ready:
            async with self._workspace.take(WORK) as folder:
                files, whole = OnHand({path: sound}, self._encoder), whole_song(path, media.seconds)
                await self._encoder.prepare((), whole, files, ORDINARY, folder)

        async def enter() -> None:
            await self._library.add_song(kept, analysis)

        await keep(self._storage, sound, path, enter, self._library.give_up, spare=spare)
        return kept
