"""Moves, what finds them and their clips, kept together by every database."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from adapters.database.blueprints import SqlBlueprintArchive
from adapters.database.embeddings import SqlMoveEmbeddings
from adapters.database.engine import open_database
from adapters.database.tasks import SqlTaskRepository
from adapters.memory import encoder
from adapters.memory.blueprints import MemoryBlueprintArchive
from adapters.memory.embedder import MemoryEmbedder
from adapters.memory.encoder import MemoryEncoder
from adapters.memory.media_probe import MemoryMediaProbe
from adapters.memory.motion_analyzer import MemoryMotionAnalyzer
from adapters.memory.tasks import MemoryTaskRepository
from adapters.memory.workspace import MemoryWorkspace
from adapters.storage.local import LocalStorage
from application.library.add_move import AddMove
from application.library.clip_analysis import Examination
from application.library.import_library import ImportLibrary, Outcome
from application.library.remove import RemoveMove
from application.operations.recover_storage import RecoverStorage
from application.ports.blueprints import BlueprintArchive
from application.ports.move_embeddings import MoveEmbeddings
from application.ports.moves import MoveFilter
from application.ports.tasks import TaskRepository
from domain.blueprint.model import Difficulty
from domain.library.embeddings import MoveEmbedding
from domain.library.moves import Energy, Move, Style
from domain.rendering.assembly import Assembly, State, Step
from domain.shared.errors import InvalidRequest, MoveNotFound, MoveTaken
from tests.world.importing import analyze_audio
from tests.world.libraries import Library, memory_library, sql_library
from tests.world.studio import CLIPS, blueprint

pytestmark = pytest.mark.anyio

TASKS = [UUID(int=number, version=4) for number in (5, 3, 9, 7)]
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
MOVE = Move(
    id="a",
    name="Basic",
    label="basic",
    video_path="clips/1",
    difficulty=Difficulty.BEGINNER,
    energy_level=Energy.LOW,
    style=Style.ROMANTIC,
    duration=8,
    tempo=120,
)


@dataclass
class Kept:
    """The ports of one database."""

    library: Library
    embeddings: MoveEmbeddings
    tasks: TaskRepository
    archive: BlueprintArchive

    async def found(self) -> tuple[list[str], list[str]]:
        """Ids of the moves, and of those that are found."""
        moves = (await self.library.moves.page(MoveFilter(), None, 100)).items
        entries = (await self.embeddings.page(None, 100)).items
        return [each.id for each in moves], [each.move.id for each in entries]


@pytest.fixture
async def tables(database_url: str | None) -> AsyncGenerator[Kept]:
    if database_url is None:
        library = memory_library()
        tasks, archive = MemoryTaskRepository(), MemoryBlueprintArchive()
        yield Kept(library, library.embeddings, tasks, archive)
        return
    async with open_database(database_url) as opened:
        yield Kept(
            sql_library(opened),
            SqlMoveEmbeddings(opened),
            SqlTaskRepository(opened),
            SqlBlueprintArchive(opened),
        )


def entry(**changed: object) -> MoveEmbedding:
    return msgspec.structs.replace(MoveEmbedding(move_id=MOVE.id), **changed)


async def test_a_move_comes_and_goes_with_what_finds_it(tables: Kept) -> None:
    await tables.library.moves.add(MOVE, entry())
    assert await tables.embeddings.find("a") == entry()
    assert await tables.found() == (["a"], ["a"])
    await tables.library.moves.remove("a")
    assert await tables.found() == ([], [])


async def test_a_move_that_is_refused_leaves_nothing_that_finds_it(tables: Kept) -> None:
    with pytest.raises(InvalidRequest):
        await tables.library.moves.add(MOVE, entry(text_by="\0"))
    assert await tables.found() == ([], [])
    await tables.library.moves.add(MOVE, entry())
    other = msgspec.structs.replace(MOVE, video_path="clips/2")
    with pytest.raises(MoveTaken):
        await tables.library.moves.add(other, entry(text_by="other"))
    assert await tables.embeddings.find("a") == entry()


async def test_tasks_are_listed_by_state_and_page(tables: Kept) -> None:
    ids = sorted(TASKS)
    now = MOMENT
    for task_id in reversed(ids):
        await tables.tasks.add(Assembly(task_id=task_id, owner="x", created_at=now, updated_at=now))
    await tables.tasks.update(ids[1], lambda assembly: assembly.take(Step.CANCEL, now))
    first = await tables.tasks.of_state(State.PENDING, None, 2)
    rest = await tables.tasks.of_state(State.PENDING, first[-1].task_id, 2)
    assert [each.task_id for each in (*first, *rest)] == [ids[0], *ids[2:]]
    assert [each.task_id for each in await tables.tasks.of_state(State.CANCELLED, None, 2)] == [
        ids[1]
    ]
    assert await tables.tasks.of_state(State.FAILED, None, 2) == ()


async def test_the_tasks_of_a_film_are_known_by_its_path(tables: Kept) -> None:
    one, other = TASKS[:2]
    for task_id in (one, other):
        document = blueprint(task_id, [CLIPS[0]])
        output = msgspec.structs.replace(document.output_config, output_path="output/user_x/é.mp4")
        await tables.archive.keep(msgspec.structs.replace(document, output_config=output))
    await tables.archive.keep(third := blueprint(TASKS[2], [CLIPS[0]]))
    assert await tables.archive.tasks_of("output/user_x/é.mp4") == tuple(sorted((one, other)))
    assert await tables.archive.tasks_of(third.output_config.output_path) == (TASKS[2],)
    assert await tables.archive.tasks_of("output/user_x/") == ()


class Place:
    """A library of two clips over a real disk, that is imported, removed and recovered."""

    def __init__(self, tables: Kept, root: Path) -> None:
        self.kept = tables
        self.clips = root / "clips"
        self.clips.mkdir()
        (self.clips / "a.mp4").write_bytes(encoder.clip("a", 240, 30))
        self.storage = LocalStorage(root / "media")
        embedder = MemoryEmbedder()
        library = tables.library
        ports = (self.storage, MemoryMediaProbe(), MemoryEncoder())
        self._import = ImportLibrary(
            tables.library.moves,
            tables.library.files,
            self.storage,
            tables.embeddings,
            MemoryMediaProbe(),
            AddMove(library.moves, library.files, *ports, MemoryWorkspace(root / "work"), embedder),
            Examination(analyze_audio, embedder, MemoryMotionAnalyzer()),
        )
        self.remove = RemoveMove(tables.library.moves, tables.library.files, self.storage)
        self.recover = RecoverStorage(
            tables.library.songs,
            tables.library.moves,
            tables.library.files,
            tables.tasks,
            tables.archive,
            self.storage,
        )

    async def bring(self) -> Outcome:
        async def on_progress(*_: object) -> None:
            pass

        return (await self._import(self.clips, on_progress)).moves[0].outcome

    async def files(self) -> list[str]:
        return sorted([each.path async for each in self.storage.files("clips")])

    async def rows(self) -> list[str]:
        moves = (await self.kept.library.moves.page(MoveFilter(), None, 100)).items
        return sorted(move.video_path for move in moves)


async def test_removing_a_move_while_its_clip_is_imported_loses_no_file(
    tables: Kept, tmp_path: Path
) -> None:
    place = Place(tables, tmp_path)
    for _ in range(10):
        await place.bring()
        await asyncio.gather(
            place.remove("a"),
            place.bring(),
            place.remove("a"),
            place.bring(),
            place.recover(),
            return_exceptions=True,
        )
        assert await place.rows() == await place.files()
    assert await place.bring() in (Outcome.ADDED, Outcome.UNCHANGED)
    assert len(await place.files()) == 1


async def test_two_processes_remove_and_import_the_same_clip(tables: Kept, tmp_path: Path) -> None:
    """Nothing they do to keep out of each other's way is in one process."""
    here = Place(tables, tmp_path)
    (tmp_path / "there").mkdir()
    there = Place(tables, tmp_path / "there")
    there.storage = here.storage
    for _ in range(10):
        await here.bring()
        removal = RemoveMove(tables.library.moves, tables.library.files, here.storage)
        answers = await asyncio.gather(
            here.remove("a"), removal("a"), here.bring(), return_exceptions=True
        )
        assert all(each is None or isinstance(each, MoveNotFound) for each in answers[:2])
        assert await here.rows() == await here.files()
        assert await tables.library.files.removed() == ()
