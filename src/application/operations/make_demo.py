"""Make the demo library."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any
from uuid import UUID

from application.concurrency.task_groups import run_all
from application.library.add_move import AddMove
from application.library.add_song import AddSong
from application.media.item_attempts import ItemAttempts, ItemFailure
from application.ports.demo import DemoStudio
from application.ports.moves import MoveRepository
from application.ports.songs import SongRepository
from application.ports.workspace import Workspace
from domain.library.moves import Move
from domain.library.songs import Analysis, Song
from domain.shared.errors import NotReady

WORK = UUID("de300000-0000-4000-8000-000000000000")
"""Names the work folder of the demo library; no task has this id."""

OnProgress = Callable[[str, int, int], Awaitable[None]]
"""Receives the name of a finished item, the number done and the total."""


class MakeDemoLibrary:
    """Makes the clips and songs of the demo that are not in the library yet.

    It does not prepare them for films, because the user waits for the first film, which needs only
    a few of them.
    """

    def __init__(
        self,
        studio: DemoStudio,
        songs: SongRepository,
        moves: MoveRepository,
        workspace: Workspace,
        add_move: AddMove,
        add_song: AddSong,
        at_once: int,
    ) -> None:
        """Take the ports, and the number of parallel films."""
        self._studio = studio
        self._songs = songs
        self._moves = moves
        self._workspace = workspace
        self._add_move = add_move
        self._add_song = add_song
        self._at_once = at_once

    async def __call__(self, on_progress: OnProgress) -> tuple[ItemFailure, ...]:
        """Return once all that can be made is there, with what cannot; what was there stays.

        Raises what stops everything, such as a full disk, and `NotReady` where all of it failed.
        """
        songs = [
            pair for pair in self._studio.songs() if await self._songs.find(pair[0].id) is None
        ]
        moves = [move for move in self._studio.moves() if await self._moves.find(move.id) is None]
        whole = len(songs) + len(moves)
        if not whole:
            return ()
        attempts = ItemAttempts("making the demo's")
        gate = asyncio.Semaphore(self._at_once)
        count = 0

        async def make(name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
            nonlocal count
            async with gate:
                await attempts(name, work())
                count += 1
                await on_progress(name, count, whole)

        async with self._workspace.take(WORK) as folder:
            works = [
                *(
                    (song.title, self._recording(song, analysis, folder))
                    for song, analysis in songs
                ),
                *((move.name, self._filming(move, folder)) for move in moves),
            ]
            await on_progress("", 0, whole)
            await run_all(make(name, work) for name, work in works)
        if len(attempts.failures) == whole:
            raise NotReady(
                "Nothing of the demo library could be made.", details=attempts.failures[0].message
            )
        return attempts.failures

    def _recording(
        self, song: Song, analysis: Analysis, folder: Path
    ) -> Callable[[], Coroutine[Any, Any, None]]:
        async def work() -> None:
            into = folder / f"song-{song.id}"
            await self._studio.record(song, into)
            await self._add_song(into, song, analysis, ready=False)
            into.unlink()

        return work

    def _filming(self, move: Move, folder: Path) -> Callable[[], Coroutine[Any, Any, None]]:
        async def work() -> None:
            into = folder / f"move-{move.id}"
            await self._studio.film(move, into)
            await self._add_move(into, move, ready=False)
            into.unlink()

        return work
