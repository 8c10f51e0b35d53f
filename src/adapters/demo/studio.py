"""Generate the demo library's films and songs in separate processes."""

import asyncio
import ctypes
import multiprocessing
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Final, Self, TypeVar

from adapters.demo.dance.catalogue import MOVES, DemoMove
from adapters.demo.music.score import DemoSong, score
from adapters.demo.music.songs import SONGS
from application.concurrency.timeouts import LEAVING, ended
from application.operations.extras import require_extra
from domain.blueprint.model import Difficulty
from domain.library.moves import Energy, Move, Style
from domain.library.songs import Analysis, Section, Song

_PDEATHSIG: Final = 1
"""Number of the prctl(2) option that ties a process's life to its parent's."""
_TRIES: Final = 3
"""Times that a film is tried to be made when its process dies."""

M = TypeVar("M", DemoMove, DemoSong)


class CodeStudio:
    """Draws a dancing couple and plays the music to it; the result is always the same.

    It is a context manager. It runs up to ``at_once`` processes, starts them with the first film
    and ends them when the context exits.
    """

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        """Open the studio."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the studio and abort unfinished films."""
        if self._pool is not None:
            self._end(self._pool)

    def moves(self) -> tuple[Move, ...]:
        """See `application.ports.demo.DemoStudio`."""
        return tuple(map(_library_move, MOVES))

    def songs(self) -> tuple[tuple[Song, Analysis], ...]:
        """See `application.ports.demo.DemoStudio`."""
        return tuple(map(_library_song, SONGS))

    async def film(self, move: Move, into: Path) -> None:
        """See `application.ports.demo.DemoStudio`; `ExtraMissing` without the extra `demo`."""
        require_extra("demo", "Filming the demo's moves")
        await self._make(film_move, move.id, into)

    async def record(self, song: Song, into: Path) -> None:
        """See `application.ports.demo.DemoStudio`."""
        await self._make(record_song, song.id, into)

    async def _make(self, work: Callable[[str, Path], None], slug: str, into: Path) -> None:
        for rounds in reversed(range(_TRIES)):
            pool = self._opened()
            try:
                await self._run(pool, work, slug, into)
            except BrokenProcessPool:
                # Whatever else was being made then is not to blame for the process that died.
                self._end(pool)
                if not rounds:
                    raise
            else:
                return

    async def _run(
        self, pool: ProcessPoolExecutor, work: Callable[[str, Path], None], slug: str, into: Path
    ) -> None:
        """Await work in a process; where the caller is cancelled it is killed first."""
        future = asyncio.wrap_future(pool.submit(work, slug, into))
        try:
            await asyncio.wait({future})
        except asyncio.CancelledError:
            self._end(pool)
            await ended(future, f"the film {slug!r} of the demo", LEAVING)
            raise
        future.result()

    def _opened(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self._at_once,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_die_with_parent,
            )
        return self._pool

    def _end(self, pool: ProcessPoolExecutor) -> None:
        """Kill the processes of a pool; it takes no more work, and the next film opens another."""
        if self._pool is not pool:
            return
        self._pool = None
        # A pool waits for what its processes do, and they do it for seconds.
        for process in multiprocessing.active_children():
            process.kill()
        pool.shutdown(cancel_futures=True)


def film_move(slug: str, into: Path) -> None:
    """Film the demo move of this name into an MP4 file; the file appears complete or not at all."""
    # The drawing library and PyAV are imported in the filming process, not in the service.
    from adapters.demo.dance.film import patches
    from adapters.demo.dance.stage import stage
    from adapters.demo.music.bed import bed
    from adapters.demo.reel import write_film

    move = _of_slug(MOVES, slug)
    sound = bed(move.tempo, move.eight_counts, move.energy, seed=MOVES.index(move))
    _whole(into, lambda place: write_film(place, stage(move.style), patches(move), sound))


def record_song(slug: str, into: Path) -> None:
    """Record the demo song of this name into a FLAC file; the file appears
    complete or not at all.
    """
    from adapters.demo.music.render import render
    from adapters.demo.reel import write_sound

    sound = render(_of_slug(SONGS, slug))
    _whole(into, lambda place: write_sound(place, sound))


def _whole(into: Path, write: Callable[[Path], None]) -> None:
    part = into.with_name(f"{into.name}.part")
    try:
        write(part)
        part.rename(into)
    finally:
        part.unlink(missing_ok=True)


def _of_slug(among: tuple[M, ...], slug: str) -> M:
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
    song_score = score(song)
    library_song = Song(
        id=song.slug,
        title=song.title,
        artist=song.artist,
        genre=song.genre,
        audio_path=f"songs/{song.slug}",
        duration=song_score.duration,
        tempo=song.tempo,
    )
    analysis = Analysis(
        tempo=song.tempo,
        beats=song_score.beats,
        ones=song_score.ones,
        sections=tuple(
            Section(name=part.name, start=part.start, end=part.end, energy=part.energy)
            for part in song_score.sections
        ),
        duration=song_score.duration,
        analyzed_by="score",
    )
    return library_song, analysis


def _die_with_parent() -> None:
    """Ignore interrupts, which the parent handles, and end when the parent ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGKILL)
