"""A clip of which no film can be made is marked, and stops nothing else."""

import asyncio
import errno
import os
from pathlib import Path

import msgspec
import pytest

from adapters.memory import encoder
from adapters.memory.artifact_cache import MemoryArtifactCache
from adapters.memory.audio_analyzer import MemoryAudioAnalyzer
from adapters.memory.embedder import MemoryEmbedder
from adapters.memory.library import MemoryLibrary
from adapters.memory.media_probe import MemoryMediaProbe
from adapters.memory.storage import MemoryStorage
from adapters.memory.workspace import MemoryWorkspace
from application.library.backfill_audio_embeddings import BackfillAudioEmbeddings
from application.library.backfill_text_embeddings import BackfillTextEmbeddings
from application.library.check_library import CheckLibrary, Finding
from application.library.clip_analysis import Examination
from application.library.prepare_item import PrepareItem
from application.media.item_attempts import reason_of
from application.ports.footage import Footage
from application.ports.media_files import MediaFiles
from domain.blueprint.model import Difficulty, OutputConfig
from domain.blueprint.timeline import Cut
from domain.library.moves import Energy, Move, Style
from domain.library.songs import Song
from domain.shared.errors import (
    AssemblyTimedOut,
    Broken,
    ClipTooShort,
    DiskFull,
    FFmpegFailed,
    FFmpegMissing,
    InvalidRequest,
    MediaNotFound,
    NotReady,
    SpoiledFile,
    StorageFailed,
    UnacceptedMedia,
    UnreadableMedia,
)
from domain.shared.violations import Violation
from tests.world.faulty import FaultyEncoder
from tests.world.preparing import complete_all, prepare_all

pytestmark = pytest.mark.anyio

FULL = os.strerror(errno.ENOSPC)
OF_THE_CLIP = [
    UnreadableMedia("It is damaged."),
    UnacceptedMedia("It is a kind of film that is not taken."),
    ClipTooShort("It is too short."),
    FFmpegFailed(details="[h264] error while decoding\nConversion failed!"),
    Broken("The film's decoder configuration is not as it was made."),
    SpoiledFile(),
    ValueError("nobody thought of it"),
    ZeroDivisionError(),
]
NOT_OF_THE_CLIP = [
    MediaNotFound("clips/b.mp4"),
    StorageFailed("The media storage failed at 'clips/b.mp4': Permission denied."),
    NotReady("The database is away."),
    AssemblyTimedOut(),
    TimeoutError(),
    PermissionError(errno.EACCES, os.strerror(errno.EACCES)),
    MemoryError(),
]
OF_ALL = [
    StorageFailed(f"A work folder cannot be created: {FULL}."),
    FFmpegFailed(details=f"av_interleaved_write_frame(): {FULL}\nConversion failed!"),
    FFmpegFailed("No film", details=f"made.mp4: {os.strerror(errno.EROFS)}"),
    OSError(errno.ENOSPC, FULL),
]


class Place:
    """A library of three moves with its ports."""

    def __init__(self, root: Path) -> None:
        self.library = MemoryLibrary()
        self.storage = MemoryStorage()
        self.encoder = FaultyEncoder()
        self.workspace = MemoryWorkspace(root)
        self.embeddings = self.library.embeddings
        self.audio_analyzer = MemoryAudioAnalyzer()
        ports = (self.storage, MemoryArtifactCache(), MemoryMediaProbe())
        songs, moves = self.library.songs, self.library.moves
        self.prepare_item = PrepareItem(songs, moves, *ports, self.encoder, self.workspace)
        self.check = CheckLibrary(moves, self.embeddings, *ports, self.workspace, self.prepare_item)
        self.hears: dict[str, Exception] = {}
        examine = Examination(self.audio_analyzer.analyze, MemoryEmbedder())
        self.backfill = BackfillAudioEmbeddings(
            *ports, self.encoder, self.workspace, self.embeddings, examine, self.audio_analyzer
        )

    async def filled(self) -> "Place":
        for name in ("a", "b", "c"):
            path = f"clips/{name}.mp4"
            self.storage.objects[path] = encoder.clip(name, 300, 30)
            await self.library.moves.add(move(name))
        await BackfillTextEmbeddings(self.embeddings, MemoryEmbedder())()
        return self

    async def marks(self) -> dict[str, str | None]:
        return {each: (await self.library.moves.get(each)).unusable for each in ("a", "b", "c")}

    async def unready(self) -> list[str]:
        return [each.item for each in await prepare_all(self.prepare_item, self.library)]

    async def complete(self) -> int:
        return await complete_all(self.backfill, self.embeddings)

    async def checked(self) -> list[Finding]:
        return [each for each in await self.check(untold) if each.field == "unusable"]


def move(name: str) -> Move:
    return Move(
        id=name,
        name=name,
        label="basic",
        video_path=f"clips/{name}.mp4",
        difficulty=Difficulty.BEGINNER,
        energy_level=Energy.LOW,
        style=Style.ROMANTIC,
        duration=10,
        tempo=120,
    )


async def untold(name: str, done: int, of: int) -> None:
    """Nobody listens."""


@pytest.fixture
async def place(tmp_path: Path) -> Place:
    return await Place(tmp_path).filled()


def kind(error: Exception) -> str:
    return f"{type(error).__name__} {error}"[:60]


@pytest.mark.parametrize("error", OF_THE_CLIP, ids=kind)
async def test_a_clip_that_fails_is_marked_with_the_reason_and_the_others_are_made_ready(
    place: Place, error: Exception
) -> None:
    place.encoder.faults["clips/b"] = error
    assert await place.unready() == ["b"]
    assert await place.marks() == {"a": None, "b": reason_of(error, ""), "c": None}
    [finding] = await place.checked()
    assert finding.move_id == "b"
    assert reason_of(error, "") in finding.message
    assert place.workspace.open == set()


@pytest.mark.parametrize("by", ["warming", "checking"])
async def test_the_mark_goes_when_film_can_be_made_after_all(place: Place, by: str) -> None:
    place.encoder.faults["clips/b"] = FFmpegFailed()
    await place.unready()
    assert (await place.marks())["b"] is not None
    place.encoder.faults.clear()
    assert (await place.unready() if by == "warming" else await place.checked()) == []
    assert (await place.marks())["b"] is None


async def test_where_clips_are_not_made_ready_ahead_the_mark_stays_until_film_is_made(
    place: Place,
) -> None:
    place.encoder.prepares = False
    place.encoder.faults["clips/b"] = UnreadableMedia("It is damaged.")
    assert await place.unready() == []
    await place.prepare_item.doubt(
        {"b": "clips/b.mp4", "a": "clips/other.mp4", "nobody": "clips/x"}
    )
    assert await place.marks() == {"a": None, "b": "It is damaged.", "c": None}
    assert await place.unready() == ["b"]
    assert (await place.marks())["b"] == "It is damaged."


@pytest.mark.parametrize("error", NOT_OF_THE_CLIP, ids=kind)
async def test_what_says_nothing_of_the_clip_marks_it_not_and_stops_nothing(
    place: Place, error: Exception
) -> None:
    place.encoder.faults["clips/b"] = error
    assert await place.unready() == ["b"]
    assert await place.marks() == {"a": None, "b": None, "c": None}


@pytest.mark.parametrize("error", OF_ALL, ids=kind)
async def test_a_full_disk_ends_the_work_and_marks_nothing(place: Place, error: Exception) -> None:
    place.encoder.faults["clips/b"] = error
    error_type = DiskFull if isinstance(error, OSError) else type(error)
    with pytest.raises(error_type):
        await place.unready()
    assert await place.marks() == {"a": None, "b": None, "c": None}
    with pytest.raises(error_type):
        await place.prepare_item(move("b"))
    assert place.workspace.open == set()


@pytest.mark.parametrize("missing", [FFmpegMissing(), FFmpegFailed("It has no encoder 'libx264'.")])
async def test_without_an_ffmpeg_that_works_no_clip_is_to_blame(
    place: Place, missing: Exception
) -> None:
    place.encoder.faults["clips/"] = FFmpegFailed()
    place.encoder.broken = missing
    with pytest.raises(type(missing)) as raised:
        await place.unready()
    assert raised.value is missing
    assert await place.marks() == {"a": None, "b": None, "c": None}


async def test_without_a_storage_no_clip_is_to_blame(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost() -> str:
        raise StorageFailed("There is no media storage.")

    monkeypatch.setattr(place.storage, "ready", lost)
    place.encoder.faults["clips/b"] = FFmpegFailed()
    with pytest.raises(StorageFailed, match="no media storage"):
        await place.unready()
    assert await place.marks() == {"a": None, "b": None, "c": None}


async def test_a_refusal_is_the_clips_whatever_else_is_in_the_way(place: Place) -> None:
    place.encoder.faults["clips/b"] = UnreadableMedia("It is damaged.")
    place.encoder.broken = FFmpegMissing()
    assert await place.unready() == ["b"]
    assert (await place.marks())["b"] == "It is damaged."


async def test_a_move_that_is_removed_while_it_fails_does_not_come_back(place: Place) -> None:
    failing, removed = asyncio.Event(), asyncio.Event()

    class Waiting(FaultyEncoder):
        async def normalise(
            self, cut: Cut, files: MediaFiles, output: OutputConfig, into: Path
        ) -> Footage:
            failing.set()
            await removed.wait()
            raise UnreadableMedia("It is damaged.")

    ports = (place.storage, MemoryArtifactCache(), MemoryMediaProbe())
    songs, moves = place.library.songs, place.library.moves
    prepare_item = PrepareItem(songs, moves, *ports, Waiting(), place.workspace)
    trying = asyncio.ensure_future(prepare_item(move("b")))
    await failing.wait()
    await place.library.moves.remove("b")
    again = msgspec.structs.replace(move("b"), video_path="clips/new.mp4")
    await place.library.moves.add(again)
    removed.set()
    failure = await trying
    assert failure is not None
    assert failure.message == "It is damaged."
    assert await place.library.moves.get("b") == again


async def test_a_song_that_fails_stops_nothing_either(place: Place) -> None:
    place.storage.objects["songs/s"] = b"no song"
    await place.library.songs.add(
        Song(id="s", title="S", artist="A", audio_path="songs/s", duration=1)
    )
    assert await place.unready() == ["s"]


@pytest.mark.parametrize("error", [FFmpegFailed(), ValueError("odd"), MediaNotFound("clips/b")])
async def test_one_clip_that_cannot_be_listened_to_keeps_no_other_from_it(
    place: Place, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    ids: list[str] = []

    async def hear(self: Examination, own_move: Move, clip: Path, media: object) -> object:
        ids.append(own_move.id)
        if own_move.id == "b":
            raise error
        return await plain(self, own_move, clip, media)  # pyright: ignore[reportArgumentType]

    plain = Examination.embedding_of
    monkeypatch.setattr(Examination, "embedding_of", hear)
    assert await place.complete() == 2
    assert sorted(ids) == ["a", "b", "c"]
    place.encoder.broken = FFmpegMissing()
    if isinstance(error, FFmpegFailed):
        with pytest.raises(FFmpegMissing):
            await place.complete()


async def test_checking_goes_on_whatever_happens_to_one_move(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def find(move_id: str) -> object:
        if move_id == "a":
            raise ValueError("what is kept of it is nonsense")
        return await plain(move_id)

    plain = place.embeddings.find
    monkeypatch.setattr(place.embeddings, "find", find)
    findings = await place.check(untold)
    assert [(each.move_id, each.field) for each in findings] == [("a", "move")]
    assert "ValueError" in findings[0].message


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (FFmpegFailed("No.", details="one\ntwo\n\nthree\n"), "No. two three"),
        (UnreadableMedia("No.", details="one\ntwo"), "No."),
        (InvalidRequest((Violation(path="$.name", message="Too long."),)), "$.name: Too long."),
        (UnreadableMedia("a\0b\udcffc"), "a?b?c"),
        (UnreadableMedia("x" * 600), "x" * 499 + "…"),
        (OSError(), "OSError"),
        (KeyError("inside"), "The service failed at this item (KeyError); see its log."),
    ],
)
def test_a_reason_is_a_text_that_can_be_stored_and_read(error: Exception, text: str) -> None:
    assert reason_of(error, "work") == text
