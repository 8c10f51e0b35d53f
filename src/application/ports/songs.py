"""The songs of the library."""

from typing import Protocol

import msgspec

from application.ports.pagination import Page
from domain.library.corrections import Correction
from domain.library.songs import Analysis, Song


class SongFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Conditions on songs; a field that is None sets no condition."""

    search: str | None = None
    """Part of the title or of the artist's name; case does not matter."""
    genre: str | None = None
    slowest: float | None = None
    """Beats a minute; a song without a tempo meets neither `slowest` nor `fastest`."""
    fastest: float | None = None
    """Beats a minute."""
    shortest: float | None = None
    """Seconds."""
    longest: float | None = None
    """Seconds."""
    usable: bool | None = None
    """True for songs without `Song.unusable`, False for those with it."""
    audio_path: str | None = None
    contents: str | None = None
    """Fingerprint of the contents, as in the file's path; see `domain.shared.paths.song`."""


class SongRepository(Protocol):
    """Songs by id. When a method has returned, its change is on record and survives a crash.

    Each method is one transaction. Where one raises anything but what it says here, its outcome is
    unknown; `LibraryFiles.give_up` decides it.
    """

    async def add(self, song: Song, analysis: Analysis | None = None) -> None:
        """Add a song and its analysis, or raise `SongTaken` when its id is in use.

        Raises `StorageFailed` when its path was given up.
        """
        ...

    async def find(self, song_id: str) -> Song | None:
        """Return the song, or None when there is none of this id."""
        ...

    async def get(self, song_id: str) -> Song:
        """Return the song, or raise `SongNotFound`."""
        ...

    async def page(self, wanted: SongFilter, after: str | None, most: int) -> Page[Song]:
        """Return up to ``most`` songs whose ids come after ``after``."""
        ...

    async def analysis(self, song_id: str) -> Analysis | None:
        """Return the song's analysis, None before the first one; raises `SongNotFound`."""
        ...

    async def keep_analysis(self, song_id: str, analysis: Analysis) -> None:
        """Replace the song's analysis; the analysis' tempo becomes the song's.

        An analysis without beats leaves the song without a tempo; a song that a person has
        corrected keeps its tempo. Raises `SongNotFound`.
        """
        ...

    async def correction(self, song_id: str) -> Correction | None:
        """Return a person's correction of the song's beats, or None; raises `SongNotFound`."""
        ...

    async def keep_correction(
        self, song_id: str, correction: Correction, tempo: float | None
    ) -> None:
        """Replace the song's correction and its tempo (beats a minute).

        An empty correction removes the one on record. Raises `SongNotFound`.
        """
        ...

    async def mark_unusable(self, song: Song, reason: str | None) -> bool:
        """Record why no film can be made with a song; None when one can.

        Return False, and change nothing, when the song was removed or has another file by now.
        """
        ...

    async def remove(self, song_id: str) -> Song:
        """Remove a song with its analysis and correction, and return it.

        Raises `SongNotFound`; of several calls at once, one returns the song. Its file stays in the
        storage and is listed by `LibraryFiles.removed`, unless another song or move has the same
        path.
        """
        ...
