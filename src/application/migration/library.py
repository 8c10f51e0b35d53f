"""Migrate songs and moves of the earlier system with their files."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from application.concurrency.task_groups import run_all
from application.library.add_song import AddSong
from application.library.import_library import ImportLibrary, Outcome
from application.library.unique_ids import id_of, unused
from application.media.item_attempts import attempt
from application.media.store_file import digest_of, fingerprint, once
from application.migration.media import SeedMedia
from application.migration.report import Came, Findings
from application.ports.media_probe import MediaProbe
from application.ports.moves import MoveRepository
from application.ports.pagination import read_all
from application.ports.songs import SongFilter, SongRepository
from domain.importing.move_lists import Kind, Listed
from domain.importing.move_records import FOLDER, MoveRecord, move_records, same_file
from domain.legacy.seed_blueprints import Lies
from domain.legacy.seeds import Model, SeedSong
from domain.library.ids import slug
from domain.library.songs import Song
from domain.shared import paths
from domain.shared.bucket_uris import Home, key_of, path_of
from domain.shared.errors import UnacceptedMedia, UnsafePath

OnProgress = Callable[[str], Awaitable[None]]
"""Receives the name of each finished record."""

_CAME: Final = {
    Outcome.ADDED: Came.TAKEN,
    Outcome.COMPLETED: Came.COMPLETED,
    Outcome.UNCHANGED: Came.THERE,
    Outcome.MISSING: Came.LEFT_OUT,
    Outcome.REFUSED: Came.LEFT_OUT,
}


@dataclass
class Places:
    """The current places of the earlier system's files."""

    home: Home | None = None
    """The bucket of this installation, if it uses one."""
    lies: dict[str, Lies] = field(default_factory=dict[str, Lies])
    """Places by the path in the records; clips also by the id of their move."""
    songs: dict[str, str] = field(default_factory=dict[str, str])
    """Ids of songs by their keys in the earlier system."""
    digests: dict[str, str] = field(default_factory=dict[str, str])
    """SHA-256 of the original file for each storage path."""
    entries: dict[str, Listed] = field(default_factory=dict[str, Listed])
    """Values of the records of migrated moves, by their current ids."""

    _ends: dict[str, Lies | None] = field(default_factory=dict[str, Lies | None])

    def find(self, path: str) -> Lies | None:
        """Return the current place of a file in a record, by its whole path or by the path's end.

        Call this only after the migration of all songs and moves.
        """
        if path in self.lies:
            return self.lies[path]
        if path not in self._ends:
            self._ends[path] = self._by_its_end(path)
        return self._ends[path]

    def _by_its_end(self, path: str) -> Lies | None:
        at_home: str | None = None
        if key_of(path) is not None:
            try:
                at_home = path_of(path, self.home or Home())
            except UnsafePath:
                if self.home is not None:
                    return None
        if (same := same_file(path, list(self.lies))) is not None:
            return self.lies[same]
        return None if at_home is None else Lies(path=at_home)


class SeedLibrary:
    """Migrates songs and moves, each completely or not at all; skips those without a file."""

    def __init__(
        self,
        songs: SongRepository,
        moves: MoveRepository,
        media_probe: MediaProbe,
        add_song: AddSong,
        import_library: ImportLibrary,
        at_once: int,
    ) -> None:
        """Take the ports, the use cases that add songs and moves, and the number
        of parallel moves.
        """
        self._songs = songs
        self._moves = moves
        self._media_probe = media_probe
        self._add_song = add_song
        self._import_library = import_library
        self._at_once = at_once

    async def songs(
        self,
        records: Sequence[tuple[str, SeedSong]],
        media: SeedMedia,
        places: Places,
        findings: Findings,
        on_progress: OnProgress,
        *,
        dry_run: bool,
    ) -> None:
        """Migrate songs with their old keys; equal file contents mean the same song."""
        by_contents = {
            contents: song
            for song in await read_all(
                lambda after, most: self._songs.page(SongFilter(), after, most)
            )
            if (contents := paths.contents_of(song.audio_path)) is not None
        }
        promised: set[str] = set()

        async def bring(key: str, record: SeedSong) -> None:
            async with media.file(record.audio_path) as file:
                if file is None:
                    lacking = media.why_not(record.audio_path)
                    await self._without(key, record, lacking, places, findings)
                else:
                    song = _Song(key, record, file, await fingerprint(file))
                    came = await self._song(song, by_contents, promised, dry_run=dry_run)
                    await self._note(song, came, by_contents[song.contents], places, findings)

        for key, record in records:
            if (
                failure := await attempt("bringing over the song", key, bring(key, record))
            ) is not None:
                findings.left_out(Model.SONG, key, failure.message)
            await on_progress(record.title)

    async def _without(
        self, key: str, record: SeedSong, lacking: str, places: Places, findings: Findings
    ) -> None:
        """Skip a song without a file, unless an earlier run has migrated it."""
        there = await self._namesake(record)
        if there is None:
            findings.left_out(Model.SONG, key, lacking)
            return
        places.songs[key] = there.id
        places.lies[record.audio_path] = Lies(path=there.audio_path)
        findings.came(Model.SONG, key, Came.THERE, there.id)

    async def _namesake(self, record: SeedSong) -> Song | None:
        """Return the song of this title and artist; earlier versions made its id differently."""
        for song_id in dict.fromkeys((id_of(record.title), slug(record.title))):
            there = await self._songs.find(song_id)
            if there is not None and (there.title, there.artist) == (record.title, record.artist):
                return there
        return None

    async def _song(
        self, song: "_Song", by_contents: dict[str, Song], promised: set[str], *, dry_run: bool
    ) -> Came:
        """Add one song, or report that a real run would; ``by_contents`` then contains it."""
        if song.contents in by_contents:
            return Came.THERE
        new = Song(
            id=await self._unused(id_of(song.record.title), promised),
            title=song.record.title,
            artist=song.record.artist,
            genre=song.record.genre,
            tempo=song.record.bpm or None,
            audio_path="songs/new",
            duration=1,
        )
        if dry_run:
            by_contents[song.contents] = await self._foretold(song, new)
            promised.add(new.id)
        else:
            by_contents[song.contents] = await self._add_song(song.file, new, ready=False)
        return Came.TAKEN

    async def _foretold(self, song: "_Song", new: Song) -> Song:
        media = await self._media_probe.measure(song.file)
        if media.sound is None:
            raise UnacceptedMedia("The file has no sound, so it cannot be a song.")
        path = paths.song(new.id, song.contents, once())
        return msgspec.structs.replace(new, audio_path=path, duration=float(media.seconds))

    async def _unused(self, plain: str, promised: set[str]) -> str:
        async def is_used(song_id: str) -> bool:
            return song_id in promised or await self._songs.find(song_id) is not None

        return await unused(plain, is_used)

    async def _note(
        self, song: "_Song", came: Came, item: Song, places: Places, findings: Findings
    ) -> None:
        places.songs[song.key] = item.id
        places.lies[song.record.audio_path] = Lies(path=item.audio_path)
        places.digests[item.audio_path] = await digest_of(song.file)
        notes: list[str] = []
        if song.record.duration is not None and abs(song.record.duration - item.duration) > 1:
            notes.append(
                f"The record states {song.record.duration:g} s; the file lasts "
                f"{item.duration:.1f} s."
            )
        if came is Came.THERE and item.title != song.record.title:
            notes.append(f"The library has the same file as {item.title!r}.")
        findings.came(Model.SONG, song.key, came, item.id, notes)

    async def moves(
        self,
        entries: Sequence[Listed],
        media: SeedMedia,
        places: Places,
        findings: Findings,
        on_progress: OnProgress,
        *,
        dry_run: bool,
    ) -> None:
        """Migrate moves; records of several sources for the same clip become one move."""
        gate = asyncio.Semaphore(self._at_once)
        candidates = move_records(await media.clips(), entries, places.home, id_of)
        records = [each for each in candidates if each.entry.source != FOLDER]
        came: dict[str, tuple[Came, list[str]]] = {}
        ids: dict[str, str] = {}

        async def bring(move: MoveRecord) -> None:
            came[move.id], ids[move.id] = await self._move(move, media, places, dry_run=dry_run)

        async def work(move: MoveRecord) -> None:
            async with gate:
                failure = await attempt("bringing over the move", move.id, bring(move))
                if failure is not None:
                    came[move.id] = (Came.LEFT_OUT, [failure.message])
            await on_progress(move.name)

        await run_all(work(move) for move in records)
        for move in records:
            outcome, notes = came[move.id]
            item = None if outcome is Came.LEFT_OUT else ids[move.id]
            findings.came(Model.MOVE, move.entry.id or move.id, outcome, item, notes)

    async def _move(
        self, move: MoveRecord, media: SeedMedia, places: Places, *, dry_run: bool
    ) -> tuple[tuple[Came, list[str]], str]:
        """Return the outcome for a move, and its id."""
        paths = [each for each in (move.clip, move.entry.clip) if each]
        async with media.file(*paths) as clip:
            move = await self._import_library.under_its_id(clip, move)
            imported = await self._import_library.one(clip, move, dry_run=dry_run)
            came = _CAME[imported.outcome]
            if imported.outcome is Outcome.MISSING and await self._moves.find(move.id):
                came = Came.THERE
            if came is Came.LEFT_OUT:
                about = [each for each in imported.notes if each.field in ("clip", "id")]
                return (came, [each.message for each in about[-1:]]), move.id
            await self._place(move, clip, places, foretold=dry_run and came is Came.TAKEN)
        if came is Came.TAKEN:
            places.entries[move.id] = move.entry
        doubtful = [each for each in imported.notes if each.kind is Kind.INCONSISTENT]
        return (came, [f"{each.field}: {each.message}" for each in doubtful]), move.id

    async def _place(
        self, move: MoveRecord, clip: Path | None, places: Places, *, foretold: bool
    ) -> None:
        """Record the place of a move's clip, or its future place in a dry run."""
        if foretold and clip is not None:
            path = paths.clip(move.id, await fingerprint(clip), once())
            seconds = float((await self._media_probe.measure(clip)).seconds)
        else:
            current = await self._moves.get(move.id)
            path, seconds = current.video_path, current.duration
        lies = Lies(path=path, move_id=move.id, seconds=seconds)
        for name in (move.entry.clip, move.entry.id, move.id):
            if name:
                places.lies.setdefault(name, lies)
        if clip is not None:
            places.digests[path] = await digest_of(clip)


@dataclass(frozen=True)
class _Song:
    """A song and its file."""

    key: str
    record: SeedSong
    file: Path
    contents: str
