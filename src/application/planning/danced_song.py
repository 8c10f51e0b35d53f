"""Find the song of a Blueprint, and count it as its dance does."""

import msgspec

from application.library.analyze_song import AnalyzeSong
from application.ports.songs import SongFilter, SongRepository
from domain.blueprint.model import Blueprint
from domain.library.songs import Analysis, Song
from domain.planning.tempo_octaves import counted_at
from domain.shared.errors import LibraryFailed


class DancedSong(msgspec.Struct, frozen=True, kw_only=True):
    """A song of the library that a film is danced to."""

    song: Song
    analysis: Analysis | None
    """The whole song, counted at the tempo of the dance; None if no beats are known."""


class FindDancedSong:
    """Finds the song of a Blueprint in the library by its file."""

    def __init__(self, songs: SongRepository, analyze_song: AnalyzeSong) -> None:
        """Take the port, and the song analysis."""
        self._songs = songs
        self._analyze_song = analyze_song

    async def __call__(self, blueprint: Blueprint) -> DancedSong | None:
        """Return the song; None if it is not in the library."""
        there = SongFilter(audio_path=blueprint.audio_path)
        song = next(iter((await self._songs.page(there, None, 1)).items), None)
        if song is None:
            return None
        try:
            analysis = await self._analyze_song(song.id)
        except LibraryFailed:
            return DancedSong(song=song, analysis=None)
        if not analysis.ones:
            return DancedSong(song=song, analysis=None)
        if blueprint.audio_tempo:
            analysis = counted_at(analysis, blueprint.audio_tempo)
        return DancedSong(song=song, analysis=analysis)
