"""Songs and moves in memory."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec
from anyio.lowlevel import checkpoint

from adapters.memory.move_embeddings import MemoryMoveEmbeddings
from application.ports.library import Kind, MoveFilter, Page, Removed, SongFilter
from domain.library.corrections import Correction
from domain.library.embeddings import MoveEmbedding
from domain.library.moves import Move
from domain.library.retiming import retimed
from domain.library.songs import Analysis, Song
from domain.shared.errors import (
    InvalidRequest,
    MoveNotFound,
    MoveTaken,
    SongNotFound,
    SongTaken,
    StorageFailed,
)
from domain.shared.paths import contents_of
from domain.shared.violations import Violation

T = TypeVar("T")


class MemoryLibrary:
    """Holds songs and moves for as long as the process runs.

    As in a database no text may hold U+0000 or half a surrogate pair: adding such a text raises
    `InvalidRequest`, looking for one finds nothing.
    """

    def __init__(
        self,
        songs: Iterable[Song] = (),
        moves: Iterable[Move] = (),
        embeddings: MemoryMoveEmbeddings | None = None,
    ) -> None:
        """Start with ``songs`` nobody has listened to, ``moves``, and the table of embeddings."""
        self.embeddings = embeddings or MemoryMoveEmbeddings()
        """What finds the moves, in the same database."""
        self._unowned: dict[str, Removed | None] = {}
        self._songs = {song.id: song for song in songs}
        self._moves = {move.id: move for move in moves}
        """As they were heard."""
        self._move_corrections: dict[str, Correction] = {}
        self._analyses: dict[str, Analysis] = {}
        self._corrections: dict[str, Correction] = {}

    async def add_song(self, song: Song, analysis: Analysis | None = None) -> None:
        """See `application.ports.library.Library`."""
        await checkpoint()
        _check(song)
        self._claim(song.audio_path)
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
                and wanted.usable in (None, song.unusable is None)
                and wanted.audio_path in (None, song.audio_path)
                and (wanted.contents is None or contents_of(song.audio_path) == wanted.contents)
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
        self._release(Kind.SONG, song_id, song.audio_path)
        return song

    async def add_move(self, move: Move, embedding: MoveEmbedding | None = None) -> None:
        """See `application.ports.library.Library`."""
        await checkpoint()
        _check(move)
        self._claim(move.video_path)
        if move.id in self._moves:
            raise MoveTaken
        if embedding is not None:
            self.embeddings.write(embedding)
        self._moves[move.id] = msgspec.structs.replace(move, correction=None)

    async def move(self, move_id: str) -> Move:
        """See `application.ports.library.Library`."""
        await checkpoint()
        if move_id not in self._moves:
            raise MoveNotFound
        return self._told(move_id)

    async def move_as_heard(self, move_id: str) -> Move:
        """See `application.ports.library.Library`."""
        await self.move(move_id)
        return self._moves[move_id]

    async def correct_move(self, move_id: str, correction: Correction) -> None:
        """See `application.ports.library.Library`."""
        await self.move(move_id)
        self._move_corrections.pop(move_id, None)
        if correction != Correction():
            self._move_corrections[move_id] = correction

    async def moves_of(self, move_ids: Sequence[str]) -> tuple[Move, ...]:
        """See `application.ports.library.Library`."""
        await checkpoint()
        return tuple(self._told(each) for each in dict.fromkeys(move_ids) if each in self._moves)

    async def mark_unusable(self, item: Song | Move, reason: str | None) -> bool:
        """See `application.ports.library.Library`."""
        await checkpoint()
        if isinstance(item, Song):
            song = self._songs.get(item.id)
            if song is None or song.audio_path != item.audio_path:
                return False
            marked = msgspec.structs.replace(song, unusable=reason)
            _check(marked)
            self._songs[item.id] = marked
            return True
        move = self._moves.get(item.id)
        if move is None or move.video_path != item.video_path:
            return False
        changed = msgspec.structs.replace(move, unusable=reason)
        _check(changed)
        self._moves[item.id] = changed
        return True

    async def remove_move(self, move_id: str) -> Move:
        """See `application.ports.library.Library`."""
        move = await self.move(move_id)
        del self._moves[move_id]
        self._move_corrections.pop(move_id, None)
        self.embeddings.drop(move_id)
        self._release(Kind.MOVE, move_id, move.video_path)
        return move

    async def removed(
        self, kind: Kind | None = None, item_id: str | None = None
    ) -> tuple[Removed, ...]:
        """See `application.ports.library.Library`."""
        await checkpoint()
        found = [each for _, each in sorted(self._unowned.items()) if each is not None]
        return tuple(
            each for each in found if kind in (None, each.kind) and item_id in (None, each.item_id)
        )

    async def forget_removed(self, path: str) -> None:
        """See `application.ports.library.Library`."""
        await checkpoint()
        if self._unowned.get(path) is not None:
            del self._unowned[path]

    async def give_up(self, path: str) -> bool:
        """See `application.ports.library.Library`."""
        await checkpoint()
        if self._is_owned(path):
            return False
        self._unowned.setdefault(path, None)
        return True

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

        page = _page(self._moves, matches, after, most)
        return Page(items=tuple(self._told(each.id) for each in page.items), last=page.last)

    def _told(self, move_id: str) -> Move:
        return retimed(self._moves[move_id], self._move_corrections.get(move_id))

    def _claim(self, path: str) -> None:
        if path in self._unowned:
            raise StorageFailed(
                f"The file {path!r} was removed while it was being added; add it again."
            )

    def _release(self, kind: Kind, item_id: str, path: str) -> None:
        if not self._is_owned(path):
            self._unowned.setdefault(path, Removed(kind=kind, item_id=item_id, path=path))

    def _is_owned(self, path: str) -> bool:
        songs = (song.audio_path for song in self._songs.values())
        return path in {*songs, *(move.video_path for move in self._moves.values())}


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
