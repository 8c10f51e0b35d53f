"""Of many items those that fail stop none of the others, whatever they raise."""

import asyncio
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.memory import encoder
from adapters.memory.artifact_cache import MemoryArtifactCache
from adapters.memory.audio_analyzer import MemoryAudioAnalyzer
from adapters.memory.blueprints import MemoryBlueprintArchive
from adapters.memory.clock import MemoryClock
from adapters.memory.demo import MemoryDemoStudio
from adapters.memory.embedder import MemoryEmbedder
from adapters.memory.encoder import MemoryEncoder
from adapters.memory.jobs import MemoryJobRepository
from adapters.memory.library import MemoryLibrary
from adapters.memory.media_probe import MemoryMediaProbe
from adapters.memory.motion_analyzer import MemoryMotionAnalyzer
from adapters.memory.move_index import MemoryMoveIndex
from adapters.memory.storage import MemoryStorage
from adapters.memory.tasks import MemoryTaskRepository
from adapters.memory.workspace import MemoryWorkspace
from adapters.progress.several import SeveralProgress
from application.concurrency.task_groups import run_all
from application.library.add_move import AddMove
from application.library.add_song import AddSong
from application.library.backfill_audio_embeddings import BackfillAudioEmbeddings
from application.library.backfill_text_embeddings import BackfillTextEmbeddings
from application.library.check_library import CheckLibrary
from application.library.clip_analysis import Examination
from application.library.import_library import ImportLibrary
from application.library.prepare_item import PrepareItem
from application.media.item_attempts import ItemAttempts, ItemFailure, code_of
from application.operations.make_demo import MakeDemoLibrary
from application.operations.recover_storage import RecoverStorage
from application.ports.moves import MoveFilter
from application.ports.progress import Report
from application.rendering.recover_interrupted import RecoverInterrupted
from application.search.move_search import FindMoves, Likeness
from domain.blueprint.model import Difficulty
from domain.library.moves import Energy, Move, Style
from domain.rendering.assembly import Assembly, State
from domain.shared import paths
from domain.shared.errors import (
    DiskFull,
    FFmpegFailed,
    FFmpegMissing,
    NotReady,
    StorageFailed,
    UnreadableMedia,
    WaitedTooLong,
)
from domain.storage.cleanup import FRESH
from tests.world.failing import failing
from tests.world.importing import ANALYSIS, analyze_audio
from tests.world.preparing import complete_all, prepare_all

Error = Callable[[], BaseException]

MANY: Final = 7
OF_ONE: Final[dict[str, Error]] = {
    "unreadable": lambda: UnreadableMedia("It is damaged."),
    "ffmpeg": FFmpegFailed,
    "storage": lambda: StorageFailed("This file alone."),
    "waited": lambda: WaitedTooLong("a file", 1),
    "unexpected": lambda: KeyError("x"),
    "division": ZeroDivisionError,
    "recursion": RecursionError,
    "system": lambda: OSError(5, "Input/output error"),
    "cancelled inside": asyncio.CancelledError,
}
OF_ALL: Final[dict[str, tuple[Error, type[Exception]]]] = {
    "full disk": (DiskFull, DiskFull),
    "full disk by number": (lambda: OSError(28, "No space left on device"), DiskFull),
    "lost database": (lambda: NotReady("It is away."), NotReady),
    "no FFmpeg": (FFmpegMissing, FFmpegMissing),
}
SOME = st.sets(st.integers(0, MANY - 1), min_size=1, max_size=MANY - 1)
ANY_ERROR = st.sampled_from(sorted(OF_ONE)).map(OF_ONE.__getitem__)


def name(number: int) -> str:
    return f"item-{number:02}"


def names(numbers: set[int]) -> set[str]:
    return {name(number) for number in numbers}


ALL: Final = names(set(range(MANY)))


def move(number: int) -> Move:
    return Move(
        id=name(number),
        name=name(number),
        label="basic",
        video_path=paths.clip(name(number), "0" * 16, f"{number:012x}"),
        difficulty=Difficulty.BEGINNER,
        energy_level=Energy.LOW,
        style=Style.ROMANTIC,
        duration=8,
        tempo=120,
    )


async def untold(name: str, done: int, of: int) -> None:
    """Nobody listens."""


class Place:
    """A library of `MANY` moves over ports in memory."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.clock = MemoryClock()
        self.library = MemoryLibrary()
        self.embeddings = self.library.embeddings
        self.storage = MemoryStorage(now=self.clock.now)
        self.encoder = MemoryEncoder()
        self.workspace = MemoryWorkspace(root / "work")
        self.tasks = MemoryTaskRepository()
        self.archive = MemoryBlueprintArchive()
        self.embedder = MemoryEmbedder()

    async def fill(self) -> None:
        for number in range(MANY):
            self.storage.objects[move(number).video_path] = encoder.clip(name(number), 240, 30)
            await self.library.moves.add(move(number))

    async def embed(self) -> None:
        await BackfillTextEmbeddings(self.embeddings, self.embedder)()

    def preparing(self, **ports: Any) -> PrepareItem:
        return PrepareItem(
            self.library.songs,
            ports.get("moves", self.library.moves),
            self.storage,
            MemoryArtifactCache(),
            MemoryMediaProbe(),
            ports.get("encoder", self.encoder),
            self.workspace,
        )

    def adding(self, storage: MemoryStorage | None = None) -> AddMove:
        return AddMove(
            self.library.moves,
            self.library.files,
            storage or self.storage,
            MemoryMediaProbe(),
            self.encoder,
            self.workspace,
            self.embedder,
        )

    def importing(self, storage: MemoryStorage, at_once: int = 2) -> ImportLibrary:
        return ImportLibrary(
            self.library.moves,
            self.library.files,
            storage,
            self.embeddings,
            MemoryMediaProbe(),
            self.adding(storage),
            Examination(analyze_audio, self.embedder, MemoryMotionAnalyzer()),
            at_once,
        )

    def recovery(self, **ports: Any) -> RecoverStorage:
        return RecoverStorage(
            self.library.songs,
            ports.get("moves", self.library.moves),
            ports.get("files", self.library.files),
            self.tasks,
            self.archive,
            ports.get("storage", self.storage),
        )

    async def moves(self) -> tuple[Move, ...]:
        return (await self.library.moves.page(MoveFilter(), None, 100)).items


def in_place(work: Callable[[Place], Coroutine[Any, Any, None]]) -> None:
    """Do something in a place of its own, as Hypothesis tries many."""
    with tempfile.TemporaryDirectory() as root:
        asyncio.run(work(Place(Path(root))))


@given(SOME, ANY_ERROR, st.booleans())
def test_the_others_are_done_and_each_failure_has_its_code(
    bad: set[int], error: Error, at_once: bool
) -> None:
    async def work() -> None:
        done: set[str] = set()
        attempts = ItemAttempts("doing")

        async def one(number: int) -> None:
            await asyncio.sleep(0)
            if number in bad:
                raise error()
            done.add(name(number))

        async def attempt(number: int) -> None:
            assert await attempts(name(number), one(number)) is (number not in bad)

        if at_once:
            await run_all(attempt(number) for number in range(MANY))
        else:
            for number in range(MANY):
                await attempt(number)
        assert done == ALL - names(bad)
        assert {each.item for each in attempts.failures} == names(bad)
        raised = error()
        code = code_of(raised) if isinstance(raised, Exception) else "internal-error"
        assert all(each.code == code and each.message for each in attempts.failures)

    asyncio.run(work())


@given(st.integers(0, MANY - 1), st.sampled_from(sorted(OF_ALL)))
def test_what_every_item_would_meet_stops_them_all(bad: int, kind: str) -> None:
    error, raised = OF_ALL[kind]
    done: list[int] = []

    async def one(number: int) -> None:
        if number == bad:
            raise error()
        done.append(number)

    async def work() -> None:
        attempts = ItemAttempts("doing")
        with pytest.raises(raised):
            for number in range(MANY):
                await attempts(name(number), one(number))
        assert done == list(range(bad))
        assert attempts.failures == ()

    asyncio.run(work())


@given(st.integers(0, MANY - 1))
def test_whoever_is_cancelled_stops(at: int) -> None:
    done: list[int] = []

    async def work() -> None:
        reached = asyncio.Event()

        async def one(number: int) -> None:
            if number == at:
                reached.set()
                await asyncio.Event().wait()
            done.append(number)

        async def every() -> None:
            attempts = ItemAttempts("doing")
            for number in range(MANY):
                await attempts(name(number), one(number))

        task = asyncio.create_task(every())
        await reached.wait()
        task.cancel()
        await asyncio.wait({task})
        assert task.cancelled()
        assert done == list(range(at))

    asyncio.run(work())


@given(SOME, ANY_ERROR)
def test_the_rest_of_the_library_is_made_ready(bad: set[int], error: Error) -> None:
    async def work(place: Place) -> None:
        await place.fill()
        faulty = failing(place.encoder, "normalise", names(bad), error)
        unready = await prepare_all(place.preparing(encoder=faulty), place.library)
        assert {each.item for each in unready} == names(bad)

    in_place(work)


@given(SOME, ANY_ERROR)
def test_a_mark_that_cannot_be_written_keeps_no_other_move_from_being_tried(
    bad: set[int], error: Error
) -> None:
    async def work(place: Place) -> None:
        await place.fill()
        moves = failing(place.library.moves, "mark_unusable", names(bad), error)
        broken = failing(place.encoder, "normalise", ALL, lambda: UnreadableMedia("Damaged."))
        prepare_item = place.preparing(moves=moves, encoder=broken)
        await prepare_item.doubt(
            {move(number).id: move(number).video_path for number in range(MANY)}
        )
        marked = {each.id for each in await place.moves() if each.unusable}
        assert marked == ALL - names(bad)

    in_place(work)


@given(SOME, ANY_ERROR)
def test_the_other_clips_are_imported(bad: set[int], error: Error) -> None:
    async def work(place: Place) -> None:
        clips = place.root / "clips"
        clips.mkdir()
        for number in range(MANY):
            (clips / f"{name(number)}.mp4").write_bytes(encoder.clip(name(number), 240, 30))
        storage = failing(place.storage, "put", names(bad), error)
        report = await place.importing(storage)(clips, untold)
        assert {each.id for each in report.moves if each.code} == names(bad)
        assert {each.id for each in await place.moves()} == ALL - names(bad)

    in_place(work)


@given(st.integers(0, MANY - 1), st.sampled_from(sorted(OF_ALL)))
def test_an_import_stops_at_a_full_disk(bad: int, kind: str) -> None:
    error, raised = OF_ALL[kind]

    async def work(place: Place) -> None:
        clips = place.root / "clips"
        clips.mkdir()
        for number in range(MANY):
            (clips / f"{name(number)}.mp4").write_bytes(encoder.clip(name(number), 240, 30))
        storage = failing(place.storage, "put", {name(bad)}, error)
        with pytest.raises(raised):
            await place.importing(storage, at_once=1)(clips, untold)
        assert {each.id for each in await place.moves()} == names(set(range(bad)))

    in_place(work)


@given(SOME, ANY_ERROR)
def test_the_words_of_the_other_moves_are_embedded(bad: set[int], error: Error) -> None:
    async def work(place: Place) -> None:
        await place.fill()
        embeddings = failing(place.embeddings, "keep", names(bad), error)
        assert await BackfillTextEmbeddings(embeddings, place.embedder)() == MANY - len(bad)
        embedded = (await place.embeddings.page(None, MANY)).items
        assert {each.move.id for each in embedded} == ALL - names(bad)

    in_place(work)


@given(SOME, ANY_ERROR)
def test_the_other_clips_are_listened_to(bad: set[int], error: Error) -> None:
    async def work(place: Place) -> None:
        await place.fill()
        await place.embed()
        analyzer = MemoryAudioAnalyzer()
        analyzer.name = ANALYSIS.analyzed_by
        backfill = BackfillAudioEmbeddings(
            place.storage,
            MemoryArtifactCache(),
            MemoryMediaProbe(),
            place.encoder,
            place.workspace,
            failing(place.embeddings, "keep", names(bad), error),
            Examination(analyze_audio, place.embedder, MemoryMotionAnalyzer()),
            analyzer,
        )
        assert await complete_all(backfill, place.embeddings) == MANY - len(bad)

    in_place(work)


@given(SOME, ANY_ERROR)
def test_the_other_moves_are_checked(bad: set[int], error: Error) -> None:
    async def work(place: Place) -> None:
        await place.fill()
        await place.embed()
        check = CheckLibrary(
            place.library.moves,
            failing(place.embeddings, "find", names(bad), error),
            place.storage,
            MemoryArtifactCache(),
            MemoryMediaProbe(),
            place.workspace,
            place.preparing(),
        )
        findings = await check(untold)
        assert {each.move_id for each in findings if each.field == "move"} == names(bad)
        assert all(each.code for each in findings if each.field == "move")

    in_place(work)


@given(SOME, ANY_ERROR, st.sampled_from(["give_up", "delete", "forget"]))
def test_the_other_files_are_recovered(bad: set[int], error: Error, call: str) -> None:
    async def work(place: Place) -> None:
        for number in range(MANY):
            place.storage.objects[move(number).video_path] = b"12345"
            if call == "forget":
                await place.library.moves.add(move(number))
                await place.library.moves.remove(name(number))
        place.clock.advance(FRESH)
        if call == "delete":
            recover = place.recovery(storage=failing(place.storage, call, names(bad), error))
        else:
            recover = place.recovery(files=failing(place.library.files, call, names(bad), error))
        recovery = await recover(force=True)
        assert _items(recovery.failed) == {move(number).video_path for number in bad}
        again = await place.recovery()(force=True)
        assert again.failed == ()
        assert place.storage.objects == {}
        assert await place.library.files.removed() == ()

    in_place(work)


@given(SOME, ANY_ERROR)
def test_the_other_moves_are_marked(bad: set[int], error: Error) -> None:
    async def work(place: Place) -> None:
        for number in range(MANY):
            await place.library.moves.add(move(number))
        faulty = failing(place.library.moves, "mark_unusable", names(bad), error)
        recovery = await place.recovery(moves=faulty)()
        assert _items(recovery.failed) == names(bad)
        assert {each.id for each in recovery.unfound} == ALL - names(bad)

    in_place(work)


@given(SOME, ANY_ERROR)
def test_the_other_interrupted_tasks_are_ended(bad: set[int], error: Error) -> None:
    async def work(place: Place) -> None:
        ids = [UUID(int=0xABCD0000 + number, version=4) for number in range(MANY)]
        for each in ids:
            now = place.clock.now()
            await place.tasks.add(
                Assembly(task_id=each, owner="local", created_at=now, updated_at=now)
            )
            place.workspace.abandoned.append(each)
        tasks = failing(place.tasks, "update", {str(ids[number]) for number in bad}, error)
        recover = RecoverInterrupted(
            tasks,
            MemoryJobRepository(place.tasks),
            place.archive,
            place.storage,
            place.workspace,
            place.clock,
            600,
        )
        assert await recover() == MANY - len(bad)
        ended = [(await place.tasks.get(each)).state is State.FAILED for each in ids]
        assert ended == [number not in bad for number in range(MANY)]

    in_place(work)


@given(st.sets(st.integers(0, 6), min_size=1, max_size=6), ANY_ERROR)
def test_the_rest_of_the_demo_library_is_made(bad: set[int], error: Error) -> None:
    async def work(place: Place) -> None:
        ids = {f"move-{number}" for number in bad}
        studio = failing(MemoryDemoStudio(), "film", ids, error)
        library = place.library
        add_song = AddSong(
            library.songs,
            library.files,
            place.storage,
            MemoryMediaProbe(),
            place.encoder,
            place.workspace,
        )
        make = MakeDemoLibrary(
            studio,
            library.songs,
            library.moves,
            place.workspace,
            place.adding(),
            add_song,
            2,
        )
        failures = await make(untold)
        assert {each.item for each in failures} == {f"Move {number}" for number in bad}
        assert {each.id for each in await place.moves()} == {f"move-{n}" for n in range(7)} - ids

    in_place(work)


@given(SOME, ANY_ERROR)
def test_the_other_moves_are_indexed(bad: set[int], error: Error) -> None:
    async def work(place: Place) -> None:
        await place.fill()
        await place.embed()
        for entry in (await place.embeddings.page(None, MANY)).items:
            # Words that another embedder has read are read anew.
            another = msgspec.structs.replace(entry.embedding, text_by="another")
            await place.embeddings.keep(another)
        embedder = failing(place.embedder, "read", names(bad), error)
        find = FindMoves(place.embeddings, MemoryMoveIndex(), embedder, place.clock)
        embedding = await place.embeddings.find(name(0))
        assert embedding is not None
        text = embedding.rows.text
        result = await find(Likeness(text=text), most=MANY)
        assert {each.move_id for each in result.moves} == ALL - names(bad)
        await find.close()

    in_place(work)


@given(SOME)
def test_every_other_listener_hears_of_the_progress(bad: set[int]) -> None:
    class Listener:
        def __init__(self, number: int) -> None:
            self.number = number

        async def tell(self, report: Report) -> None:
            if self.number in bad:
                raise KeyError(self.number)
            numbers.add(self.number)

    numbers: set[int] = set()
    report = Report(task_id=UUID(int=1), stage=State.PLANNING, progress=1, message="x")
    asyncio.run(SeveralProgress(*map(Listener, range(MANY))).tell(report))
    assert numbers == set(range(MANY)) - bad


def _items(failures: tuple[ItemFailure, ...]) -> set[str]:
    return {each.item for each in failures}
