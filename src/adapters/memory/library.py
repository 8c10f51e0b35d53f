"""Songs and moves in memory."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec
from anyio.lowlevel import checkpoint

from application.ports.library import MoveFilter, Page, SongFilter
from domain.corrections import Correction
from domain.errors import InvalidRequest, MoveNotFound, MoveTaken, SongNotFound, SongTaken
from domain.moves import Move
from domain.music import Analysis, Song
from domain.violations import Violation

T = TypeVar("T")


class MemoryLibrary:
    """Holds songs and moves for as long as the process runs.

    As in a database no text may hold U+0000 or half a surrogate pair: adding such a text raises
    `InvalidRequest`, looking for one finds nothing.
    """

    def __init__(self, songs: Iterable[Song] = (), moves: Iterable[Move] = ()) -> None:
        """Start with ``songs`` nobody has listened to, and ``moves``."""
        self._songs = {song.id: song for song in songs}
        self._moves = {move.id: move for move in moves}
        self._analyses: dict[str, Analysis] = {}
        self._corrections: dict[str, Correction] = {}

    async def add_song(self, song: Song, analysis: Analysis | None = None) -> None:
        """See `application.ports.library.Library`."""
        await checkpoint()
        _check(song)
        if song.id in self._songs:
            raise SongTaken
        self._songs[song.id] = song
        if analysis is not None:
            self._analyses[song.id] = analysis

    async def song(self, song_id: str) -> Song:
        """See `application.ports.library.Library`."""
        await checkpoint()
        if song_id not in self._songs:
            raise SongNotFound
        return self._songs[song_id]

    async def songs(self, wanted: SongFilter, after: str | None, most: int) -> Page[Song]:
        """See `application.ports.library.Library`."""
        await checkpoint()

        def matches(song: Song) -> bool:
            named = (song.title, song.artist)
            return (
                (wanted.search is None or any(_in(wanted.search, name) for name in named))
                and wanted.genre in (None, song.genre)
                and _between(wanted.slowest, song.tempo, wanted.fastest)
                and _between(wanted.shortest, song.duration, wanted.longest)
            )

        return _page(self._songs, matches, after, most)

    async def analysis(self, song_id: str) -> Analysis | None:
        """See `application.ports.library.Library`."""
        await self.song(song_id)
        return self._analyses.get(song_id)

    async def keep_analysis(self, song_id: str, analysis: Analysis) -> None:
        """See `application.ports.library.Library`."""
        song = await self.song(song_id)
        self._analyses[song_id] = analysis
        if song_id not in self._corrections:
            self._songs[song_id] = msgspec.structs.replace(song, tempo=analysis.tempo or None)

    async def correction(self, song_id: str) -> Correction | None:
        """See `application.ports.library.Library`."""
        await self.song(song_id)
        return self._corrections.get(song_id)

    async def keep_correction(
        self, song_id: str, correction: Correction, tempo: float | None
    ) -> None:
        """See `application.ports.library.Library`."""
        song = await self.song(song_id)
        self._songs[song_id] = msgspec.structs.replace(song, tempo=tempo)
        self._corrections.pop(song_id, None)
        if correction != Correction():
            self._corrections[song_id] = correction

    async def remove_song(self, song_id: str) -> Song:
        """See `application.ports.library.Library`."""
        song = await self.song(song_id)
        del self._songs[song_id]
        self._analyses.pop(song_id, None)
        self._corrections.pop(song_id, None)
        return song

    async def add_move(self, move: Move) -> None:
        """See `application.ports.library.Library`."""
        await checkpoint()
        _check(move)
        if move.id in self._moves:
            raise MoveTaken
        self._moves[move.id] = move

    async def move(self, move_id: str) -> Move:
        """See `application.ports.library.Library`."""
        await checkpoint()
        if move_id not in self._moves:
            raise MoveNotFound
        return self._moves[move_id]

    async def moves_of(self, move_ids: Sequence[str]) -> tuple[Move, ...]:
        """See `application.ports.library.Library`."""
        await checkpoint()
        return tuple(self._moves[each] for each in dict.fromkeys(move_ids) if each in self._moves)

    async def mark_unusable(self, move: Move, reason: str | None) -> bool:
        """See `application.ports.library.Library`."""
        await checkpoint()
        there = self._moves.get(move.id)
        if there is None or there.video_path != move.video_path:
            return False
        marked = msgspec.structs.replace(there, unusable=reason)
        _check(marked)
        self._moves[move.id] = marked
        return True

    async def remove_move(self, move_id: str) -> Move:
        """See `application.ports.library.Library`."""
        move = await self.move(move_id)
        del self._moves[move_id]
        return move

    async def moves(self, wanted: MoveFilter, after: str | None, most: int) -> Page[Move]:
        """See `application.ports.library.Library`."""
        await checkpoint()

        def matches(move: Move) -> bool:
            return (
                (wanted.search is None or _in(wanted.search, move.name))
                and wanted.label in (None, move.label)
                and wanted.difficulty in (None, move.difficulty)
                and wanted.energy_level in (None, move.energy_level)
                and wanted.style in (None, move.style)
                and wanted.usable in (None, move.unusable is None)
            )

        return _page(self._moves, matches, after, most)


def _page(
    everything: Mapping[str, T], matches: Callable[[T], bool], after: str | None, most: int
) -> Page[T]:
    # Characters compare as their UTF-8 bytes do, which is the order of the databases.
    if after is not None and not _storable(after):
        return Page(items=())
    ids = [
        key
        for key in sorted(everything)
        if (after is None or key > after) and matches(everything[key])
    ]
    more = len(ids) > most
    return Page(
        items=tuple(everything[key] for key in ids[:most]), last=ids[most - 1] if more else None
    )


def _in(part: str, whole: str) -> bool:
    return part.casefold() in whole.casefold()


def _between(least: float | None, number: float | None, most: float | None) -> bool:
    if number is None:
        return least is None and most is None
    return (least is None or least <= number) and (most is None or number <= most)


def _check(item: Song | Move) -> None:
    fields = msgspec.structs.asdict(item)
    wrong = [n for n, text in fields.items() if isinstance(text, str) and not _storable(text)]
    if wrong:
        message = "It holds U+0000 or half a surrogate pair, which is no text."
        raise InvalidRequest(tuple(Violation(path=f"$.{name}", message=message) for name in wrong))


def _storable(text: str) -> bool:
    return not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in text)
