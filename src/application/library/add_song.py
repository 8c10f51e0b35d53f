"""Take a song into the library."""

from pathlib import Path

import msgspec

from application.media.cut_plans import ORDINARY, WORK, whole_song
from application.media.fetched_files import OnHand
from application.media.store_file import fingerprint, keep, once
from application.ports.encoder import Encoder
from application.ports.library import Library
from application.ports.storage import Storage
from application.ports.workspace import Workspace
from domain.library.songs import Analysis, Song
from domain.shared import paths, validation
from domain.shared.errors import SongNotFound, SongTaken, UnacceptedMedia


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
        may_take_ownership: bool = False,
    ) -> Song:
        """Store ``sound``; return the song with its storage path and true duration.

        It is made ready for films before it is stored, unless ``ready`` is off. The storage
        ``may_take_ownership`` of a sound that nobody changes any more. Raises `InvalidRequest` when
        a field is out of range, `UnreadableMedia` for what cannot be heard, and `SongTaken`.
        """
        validation.refuse_faults(song)
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

        await keep(
            self._storage,
            sound,
            path,
            enter,
            self._library.give_up,
            may_take_ownership=may_take_ownership,
        )
        return kept
