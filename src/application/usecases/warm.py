"""Make the library ready."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

import msgspec

from application.ports.encoder import Encoder
from application.ports.library import Library, MoveFilter, SongFilter
from application.ports.shelf import Shelf
from application.ports.storage import Storage
from application.ports.workspace import Workspace
from application.readying import ORDINARY, WORK, first_eight, whole_song
from application.rushes import Rushes
from application.together import together
from application.usecases.browse import everything
from domain.errors import NotFound, Refused
from domain.moves import Move
from domain.music import Song

Told = Callable[[str, int, int], Awaitable[None]]
"""Hears the name of what is ready, how many are, and of how many."""


class Unready(msgspec.Struct, frozen=True, kw_only=True):
    """What could not be made ready, and why."""

    id: str
    why: str


class WarmLibrary:
    """Does ahead, for every move and song, what all films with it have in common."""

    def __init__(
        self,
        library: Library,
        storage: Storage,
        shelf: Shelf,
        encoder: Encoder,
        workspace: Workspace,
        at_once: int,
    ) -> None:
        """Take the ports, and how many moves are worked on at once."""
        self._library = library
        self._storage = storage
        self._shelf = shelf
        self._encoder = encoder
        self._workspace = workspace
        self._at_once = at_once

    async def __call__(self, told: Told, at_once: int | None = None) -> tuple[Unready, ...]:
        """Return once all that can be made ready is, with what cannot; done twice it is quick."""
        songs = await everything(lambda after, most: self._library.songs(SongFilter(), after, most))
        moves = await everything(lambda after, most: self._library.moves(MoveFilter(), after, most))
        gate = asyncio.Semaphore(at_once or self._at_once)
        unready: list[Unready] = []
        done = 0

        async def ready(each: Song | Move) -> None:
            nonlocal done
            async with gate:
                try:
                    await self.one(each)
                except (NotFound, Refused) as error:
                    unready.append(Unready(id=each.id, why=str(error)))
                done += 1
                name = each.title if isinstance(each, Song) else each.name
                await told(name, done, len(songs) + len(moves))

        library: Iterable[Song | Move] = (*songs, *moves)
        await together(ready(each) for each in library)
        return tuple(unready)

    async def one(self, each: Song | Move) -> None:
        """Make one ready; raises `NotFound` and `Refused`."""
        async with self._workspace.take(WORK) as folder:
            files = Rushes(self._storage, self._shelf, self._encoder, folder, asyncio.Semaphore(1))
            if isinstance(each, Move):
                cuts, sound = [first_eight(each, each.video_path)], None
            else:
                known = await files.known(each.audio_path)
                cuts, sound = [], whole_song(each.audio_path, known.media.seconds)
            await self._encoder.prepare(cuts, sound, files, ORDINARY, folder)
