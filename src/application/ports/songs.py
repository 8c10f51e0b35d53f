"""Port for the songs of the library."""

from typing import Protocol

import msgspec

from application.ports.pagination import Page
from domain.library.corrections import Correction
from domain.library.songs import Analysis, Song


class SongFilter(msgspec.Struct, frozen=True, kw_only=True):
    """A filter for songs; None matches all."""

    search: str | None = None
    """Part of the title or of the artist's name, in any case."""
    genre: str | None = None
    slowest: float | None = None
    """Minimum beats per minute; excludes songs without a tempo."""
    fastest: float | None = None
    """Maximum beats per minute; excludes songs without a tempo."""
    shortest: float | None = None
    """Minimum duration in seconds."""
    longest: float | None = None
    """Maximum duration in seconds."""
    usable: bool | None = None
    """True for songs without `Song.unusable`, False for those with it."""
    audio_path: str | None = None
    contents: str | None = None
    """The fingerprint in the path of its file; see `domain.shared.paths.song`."""


class SongRepository(Protocol):
    """Stores songs by id. After a method returns, its change survives a crash.

    Each method is one transaction. If one raises an error that is not listed here, its outcome is
    unknown; `LibraryFiles.give_up` decides it.
    """

    async def add(self, song: Song, analysis: Analysis | None = None) -> None:
        """Add a song and its analysis; raises `SongTaken` if its id is in use.

        Raises `StorageFailed` if `LibraryFiles.give_up` was called for its path.
        """
        ...

    async def find(self, song_id: str) -> Song | None:
        """Return the song, or None if there is none with this id."""
        ...

    async def get(self, song_id: str) -> Song:
        """Return the song; raises `SongNotFound`."""
        ...

    async def page(self, filters: SongFilter, after: str | None, most: int) -> Page[Song]:
        """Return up to ``most`` songs whose ids come after ``after``."""
        ...

    async def analysis(self, song_id: str) -> Analysis | None:
        """Return the song's analysis, None if there is none; raises `SongNotFound`."""
        ...

    async def keep_analysis(self, song_id: str, analysis: Analysis) -> None:
        """Store the song's analysis, replacing the previous one; its tempo becomes the song's.

        An analysis without beats removes the song's tempo; if a user has corrected the song, its
        tempo stays. Raises `SongNotFound`.
        """
        ...

    async def correction(self, song_id: str) -> Correction | None:
        """Return a user's correction of the song's beats, or None; raises `SongNotFound`."""
        ...

    async def keep_correction(
        self, song_id: str, correction: Correction, tempo: float | None
    ) -> None:
        """Store a user's correction and the song's tempo in beats per minute.

        They replace the previous ones; an empty correction removes it. Raises `SongNotFound`.
        """
        ...

    async def mark_unusable(self, song: Song, reason: str | None) -> bool:
        """Store the reason why no film can be made with a song; None if one can.

        Return False, and change nothing, if the song was removed or has another file by now.
        """
        ...

    async def remove(self, song_id: str) -> Song:
        """Delete a song with its analysis and correction, and return it.

        Raises `SongNotFound`; of several concurrent calls only one returns the song. Its file stays
        in the storage and is listed by `LibraryFiles.removed`, unless another song or move has the
        same path.
        """
        ...
