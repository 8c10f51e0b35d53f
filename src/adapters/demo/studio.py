"""The demo library's studio: films and songs made by code, in processes of their own."""

import asyncio
import ctypes
import multiprocessing
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Final, Self, TypeVar

from adapters.demo.dance.catalogue import MOVES, DemoMove
from adapters.demo.music.score import DemoSong, score
from adapters.demo.music.songs import SONGS
from domain.blueprint.model import Difficulty
from domain.library.moves import Energy, Move, Style
from domain.library.songs import Analysis, Section, Song

_PDEATHSIG: Final = 1
"""Number of the prctl(2) option that ties a process's life to its parent's."""


M = TypeVar("M", DemoMove, DemoSong)


class CodeStudio:
    """Draws a couple that dances, and plays the music to it; the same every time.

    Films are made ``at_once`` processes at a time, started at the first one and ended with the
    studio, in which it is used as a context.
    """

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        """Open the studio."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it; a film that is being made is given up."""
        if self._pool is not None:
            # A pool waits for what its processes do, and they do it for seconds.
            for process in multiprocessing.active_children():
                process.kill()
            self._pool.shutdown(cancel_futures=True)

    def moves(self) -> tuple[Move, ...]:
        """See `application.ports.demo.DemoStudio`."""
        return tuple(map(_library_move, MOVES))

    def songs(self) -> tuple[tuple[Song, Analysis], ...]:
        """See `application.ports.demo.DemoStudio`."""
        return tuple(map(_library_song, SONGS))

    async def film(self, move: Move, into: Path) -> None:
        """See `application.ports.demo.DemoStudio`."""
        await self._made(film_move, move.id, into)

    async def record(self, song: Song, into: Path) -> None:
        """See `application.ports.demo.DemoStudio`."""
        await self._made(record_song, song.id, into)

    async def _made(self, work: Callable[[str, Path], None], slug: str, into: Path) -> None:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self._at_once,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_die_with_parent,
            )
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._pool, work, slug, into)


def film_move(slug: str, into: Path) -> None:
    """Film the demo move of this name into an MP4 file; whole or not at all."""
    # The drawing library and PyAV are loaded in the process that films, not in the service.
    from adapters.demo.dance.film import patches
    from adapters.demo.dance.stage import stage
    from adapters.demo.music.bed import bed
    from adapters.demo.reel import write_film

    move = _found(MOVES, slug)
    sound = bed(move.tempo, move.eight_counts, move.energy, seed=MOVES.index(move))
    _whole(into, lambda place: write_film(place, stage(move.style), patches(move), sound))


def record_song(slug: str, into: Path) -> None:
    """Record the demo song of this name into a FLAC file; whole or not at all."""
    from adapters.demo.music.render import render
    from adapters.demo.reel import write_sound

    sound = render(_found(SONGS, slug))
    _whole(into, lambda place: write_sound(place, sound))


def _whole(into: Path, write: Callable[[Path], None]) -> None:
    part = into.with_name(f"{into.name}.part")
    try:
        write(part)
        part.rename(into)
    finally:
        part.unlink(missing_ok=True)


def _found(among: tuple[M, ...], slug: str) -> M:
    return next(each for each in among if each.slug == slug)


def _library_move(move: DemoMove) -> Move:
    return Move(
        id=move.slug,
        name=move.name,
        label=move.label,
        video_path=f"clips/{move.slug}.mp4",
        difficulty=Difficulty(move.difficulty),
        energy_level=Energy(move.energy),
        style=Style(move.style),
        duration=move.eight_counts * 8 * 60 / move.tempo,
        tempo=move.tempo,
    )


def _library_song(song: DemoSong) -> tuple[Song, Analysis]:
    written = score(song)
    kept = Song(
        id=song.slug,
        title=song.title,
        artist=song.artist,
        genre=song.genre,
        audio_path=f"songs/{song.slug}",
        duration=written.duration,
        tempo=song.tempo,
    )
    analysis = Analysis(
        tempo=song.tempo,
        beats=written.beats,
        ones=written.ones,
        sections=tuple(
            Section(name=part.name, start=part.start, end=part.end, energy=part.energy)
            for part in written.sections
        ),
        duration=written.duration,
        analyzed_by="score",
    )
    return kept, analysis


def _die_with_parent() -> None:
    """Leave interruptions to the parent, and do not outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGKILL)
