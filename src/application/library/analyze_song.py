"""Analyse a song, and store a user's corrections of the analysis."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import msgspec

from application.concurrency.threads import FILES
from application.media.fetched_files import FetchedFiles, OnHand
from application.media.library_failures import of_the_library
from application.ports.artifact_cache import ArtifactCache
from application.ports.audio_analyzer import AudioAnalyzer
from application.ports.media_probe import MediaProbe
from application.ports.songs import SongRepository
from application.ports.storage import Storage
from application.ports.workspace import Workspace
from domain.library.corrections import (
    CorrectedAnalysis,
    Correction,
    faults,
    other_octave,
    with_correction,
)
from domain.library.genre_tempos import counted_in
from domain.library.readings import chosen
from domain.library.songs import Analysis, Song
from domain.shared import validation
from domain.shared.errors import InvalidRequest, SpoiledFile
from domain.shared.violations import Violation


class AnalyzeSong:
    """The analysis of a song: from the library, from the cache for the same
    audio, or computed now.
    """

    def __init__(
        self,
        songs: SongRepository,
        storage: Storage,
        artifacts: ArtifactCache,
        media_probe: MediaProbe,
        workspace: Workspace,
        audio_analyzer: AudioAnalyzer,
    ) -> None:
        """Take the ports."""
        self._songs = songs
        self._storage = storage
        self._artifacts = artifacts
        self._media_probe = media_probe
        self._workspace = workspace
        self._audio_analyzer = audio_analyzer

    async def __call__(self, song_id: str) -> CorrectedAnalysis:
        """Return the analysis with a user's correction; it may have no beats.

        Raises `SongNotFound`, and `LibraryFailed` if the song's file cannot be used.
        """
        analysis = await self.uncorrected(song_id)
        return with_correction(analysis, await self._songs.correction(song_id))

    async def uncorrected(self, song_id: str) -> Analysis:
        """Return the analysis without corrections, counted as is usual in the song's genre.

        Raises as the call does.
        """
        song = await self._songs.get(song_id)
        earlier = await self._songs.analysis(song_id)
        analysis = counted_in(await self._of(song) if earlier is None else earlier, song.genre)
        if earlier is None:
            await self._songs.keep_analysis(song_id, analysis)
        elif analysis.tempo != earlier.tempo:
            # A user's correction refers to the analysis as it was when the user made it.
            if await self._songs.correction(song_id) is not None:
                return msgspec.structs.replace(earlier, other_tempo=other_octave(earlier.tempo))
            await self._songs.keep_analysis(song_id, analysis)
        return analysis

    async def by_ear(self, song_id: str) -> Analysis:
        """Return the analyzer's result and ignore the library's; raises as the call does."""
        return await self._of(await self._songs.get(song_id))

    async def file(self, sound: Path, genre: str | None = None) -> Analysis:
        """Return the analysis of a local file, counted as is usual in a genre.

        Raises `UnreadableMedia`.
        """
        async with self._workspace.take(uuid4()) as folder:
            properties = await OnHand({sound.name: sound}, self._media_probe).known(sound.name)
            analysis = await self._listened(properties.digest, lambda: _at(sound), folder)
        return counted_in(analysis, genre)

    async def _of(self, song: Song) -> Analysis:
        with of_the_library():
            return await self._of_its_file(song)

    async def _of_its_file(self, song: Song) -> Analysis:
        async with self._workspace.take(uuid4()) as folder:
            files = FetchedFiles(
                self._storage, self._artifacts, self._media_probe, folder, asyncio.Semaphore(1)
            )
            digest = (await files.known(song.audio_path)).digest
            return await self._listened(digest, lambda: files.local(song.audio_path), folder)

    async def _listened(
        self, digest: str, sound: Callable[[], Awaitable[Path]], folder: Path
    ) -> Analysis:
        """Return the analysis of an audio file, which is fetched only if its analysis is not
        cached.
        """
        cache_inputs = f"{digest} {self._audio_analyzer.name}"
        key = "heard-" + hashlib.sha256(cache_inputs.encode()).hexdigest()

        async def make(into: Path) -> None:
            analysis = await self._audio_analyzer.analyze(await sound())
            await FILES.run(lambda: into.write_bytes(msgspec.json.encode(analysis)))

        analysis = await self._artifacts.get_or_create(key, folder / key, make, _read)
        return counted_in(analysis, None)


class CorrectSong:
    """Stores a user's correction of a song's beats beside the analysis."""

    def __init__(self, songs: SongRepository, analyze_song: AnalyzeSong) -> None:
        """Take the port, and the use case that analyses the song if necessary."""
        self._songs = songs
        self._analyze_song = analyze_song

    async def __call__(self, song_id: str, correction: Correction) -> CorrectedAnalysis:
        """Return the corrected analysis; raises as `AnalyzeSong`, and `InvalidRequest`.

        A correction replaces the previous one; an empty one removes it.
        """
        validation.refuse_faults(correction)
        original = await self._analyze_song.uncorrected(song_id)
        one = original.ones[0] if original.ones else 0.0
        correction = chosen(correction, original.readings, original.beats, one)
        if wrong := faults(correction):
            raise InvalidRequest(wrong)
        if correction.taps and max(correction.taps) > original.duration:
            message = f"A tap is after the end of the song, which lasts {original.duration:.3f} s."
            raise InvalidRequest((Violation(path="$.taps", message=message),))
        if correction.one_at is not None and correction.one_at > original.duration:
            message = f"This is after the end of the song, which lasts {original.duration:.3f} s."
            raise InvalidRequest((Violation(path="$.one_at", message=message),))
        if correction != Correction():
            analysis = with_correction(original, correction)
            await self._songs.keep_correction(song_id, correction, analysis.tempo or None)
            return analysis
        await self._songs.keep_correction(song_id, correction, original.tempo or None)
        return with_correction(await self._analyze_song.uncorrected(song_id), None)


async def _at(file: Path) -> Path:
    return file


def _read(file: Path) -> Analysis:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Analysis)
    except (OSError, ValueError) as error:
        raise SpoiledFile(details=str(error)) from None
