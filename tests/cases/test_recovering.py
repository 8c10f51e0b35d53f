"""Files that belong to nobody go, and what has lost its file is marked until it is back."""

import asyncio
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from adapters.memory.blueprints import MemoryBlueprintArchive
from adapters.memory.clock import MemoryClock
from adapters.memory.library import MemoryLibrary
from adapters.memory.storage import MemoryStorage
from adapters.memory.tasks import MemoryTaskRepository
from application.library.clip_failures import MISSING
from application.operations.recover_storage import FEW, RecoverStorage
from application.operations.recovery_report import Owner, Recovery
from application.ports.moves import MoveFilter
from application.ports.songs import SongFilter
from domain.blueprint.model import Difficulty
from domain.library.moves import Energy, Move, Style
from domain.library.songs import Song
from domain.rendering.assembly import Assembly, Step
from domain.shared import paths
from domain.shared.errors import StorageFailed
from domain.storage.cleanup import FRESH
from tests.world.studio import CLIPS, OWNER, blueprint

pytestmark = pytest.mark.anyio

CONTENTS = "0" * 16
WAY = (Step.FETCH, Step.CONCATENATE, Step.ADD_AUDIO, Step.UPLOAD, Step.CLEAN_UP)


def move(number: int) -> Move:
    return Move(
        id=f"move-{number}",
        name="Basic",
        label="basic",
        video_path=paths.clip(f"move-{number}", CONTENTS, f"{number:012x}"),
        difficulty=Difficulty.BEGINNER,
        energy_level=Energy.LOW,
        style=Style.ROMANTIC,
        duration=8,
        tempo=120,
    )


def song(number: int) -> Song:
    path = paths.song(f"song-{number}", CONTENTS, f"{number:012x}")
    return Song(id=f"song-{number}", title="Lejos", artist="Grupo", audio_path=path, duration=180)


class Place:
    """A library and films in memory, with a clock of the storage's own."""

    def __init__(self) -> None:
        self.clock = MemoryClock()
        self.library = MemoryLibrary()
        self.tasks = MemoryTaskRepository()
        self.archive = MemoryBlueprintArchive()
        self.storage = MemoryStorage(now=self.clock.now)
        self.recover = self.recovering(limit=1_000_000)

    def recovering(self, limit: int) -> RecoverStorage:
        library = (self.library.songs, self.library.moves, self.library.files)
        return RecoverStorage(*library, self.tasks, self.archive, self.storage, cache_limit=limit)

    def file(self, path: str, content: bytes = b"12345") -> str:
        self.storage.objects[path] = content
        return path

    async def later(self, *, force: bool = False) -> Recovery:
        self.clock.advance(FRESH)
        return await self.recover(force=force)

    async def task(self, number: int, *steps: Step, path: str | None = None) -> UUID:
        """A task with its Blueprint that has taken some steps."""
        task_id, now = UUID(int=number, version=4), self.clock.now()
        document = blueprint(task_id, [CLIPS[0]])
        path = path or document.output_config.output_path
        output = msgspec.structs.replace(document.output_config, output_path=path)
        await self.archive.keep(msgspec.structs.replace(document, output_config=output))
        await self.tasks.add(Assembly(task_id=task_id, owner=OWNER, created_at=now, updated_at=now))
        for step in (Step.PLAN, *steps):
            film = path if step is Step.COMPLETE else None
            await self.tasks.update(
                task_id,
                lambda assembly, step=step, film=film: assembly.take(step, now, output_path=film),
            )
        return task_id


@pytest.fixture
def place() -> Place:
    return Place()


async def test_files_of_the_library_without_an_owner_go_after_an_hour(place: Place) -> None:
    await place.library.moves.add(move(1))
    await place.library.songs.add(song(1))
    owned = {place.file(move(1).video_path), place.file(song(1).audio_path)}
    lost = {place.file(move(2).video_path), place.file(song(2).audio_path, b"1")}
    assert await place.recover() == Recovery()
    assert {*place.storage.objects} == owned | lost
    place.clock.advance(FRESH - timedelta(seconds=1))
    assert await place.recover() == Recovery()
    recovery = await place.later()
    assert {each.path for each in recovery.removed} == lost
    assert recovery.size == 6
    assert {*place.storage.objects} == owned
    assert await place.later() == Recovery()


async def test_a_file_that_the_service_has_not_named_stays(place: Place) -> None:
    strange = {
        place.file(path)
        for path in (
            "clips/mine.mp4",
            "clips/deep/a-0000000000000000-000000000000.mp4",
            "songs/a song.mp3",
            "media/video/a.mp4",
            "output/user_local/old.mp4",
            f"output/user_local/{UUID(int=5, version=4)}.mp4",
        )
    }
    assert (await place.later()).removed == ()
    assert {*place.storage.objects} == strange


async def test_of_films_those_go_whose_tasks_have_ended_without_one(place: Place) -> None:
    films: dict[UUID, str] = {}
    for number, last in enumerate((Step.FAIL, Step.CANCEL, Step.COMPLETE, Step.CLEAN_UP), 1):
        steps = WAY if last in (Step.CLEAN_UP,) else (*WAY, last)
        task_id = await place.task(number, *steps)
        films[task_id] = place.file(paths.film(OWNER, task_id))
    assert (await place.recover()).removed == ()
    recovery = await place.later()
    failed, cancelled, completed, working = films.values()
    assert {each.path for each in recovery.removed} == {failed, cancelled}
    assert {*place.storage.objects} == {completed, working}


@pytest.mark.parametrize("other", [Step.COMPLETE, Step.CLEAN_UP])
async def test_a_film_stays_while_one_of_its_tasks_has_or_makes_it(
    place: Place, other: Step
) -> None:
    path = place.file("output/user_local/mine.mp4")
    await place.task(1, *WAY, Step.FAIL, path=path)
    await place.task(2, *(WAY if other is Step.CLEAN_UP else (*WAY, other)), path=path)
    assert (await place.later()).removed == ()
    assert path in place.storage.objects


async def test_what_has_lost_its_file_is_marked_until_the_file_is_back(place: Place) -> None:
    await place.library.moves.add(move(1))
    await place.library.songs.add(song(1))
    task_id = await place.task(1, *WAY, Step.COMPLETE)
    film = paths.film(OWNER, task_id)
    recovery = await place.recover()
    assert [(each.owner, each.id, each.path) for each in recovery.unfound] == [
        (Owner.SONG, "song-1", song(1).audio_path),
        (Owner.MOVE, "move-1", move(1).video_path),
        (Owner.FILM, str(task_id), film),
    ]
    assert (await place.library.moves.get("move-1")).unusable == MISSING
    assert (await place.library.songs.get("song-1")).unusable == MISSING
    assert (await place.tasks.get(task_id)).unusable == MISSING
    assert (await place.library.songs.page(SongFilter(usable=True), None, 9)).items == ()
    assert (await place.library.moves.page(MoveFilter(usable=True), None, 9)).items == ()
    assert (await place.recover.mark()).unfound == recovery.unfound

    for path in (move(1).video_path, song(1).audio_path, film):
        place.file(path)
    assert await place.recover() == Recovery(found_again=3)
    assert (await place.library.moves.get("move-1")) == move(1)
    assert (await place.library.songs.get("song-1")) == song(1)
    assert (await place.tasks.get(task_id)).unusable is None
    assert await place.recover() == Recovery()


async def test_another_fault_of_a_clip_is_not_forgotten_when_its_file_comes_back(
    place: Place,
) -> None:
    await place.library.moves.add(move(1))
    await place.library.moves.mark_unusable(move(1), "It is damaged.")
    assert len((await place.recover()).unfound) == 1
    place.file(move(1).video_path)
    assert await place.recover() == Recovery()
    assert (await place.library.moves.get("move-1")).unusable == "It is damaged."


async def test_a_removal_that_stopped_half_way_is_ended_at_once(place: Place) -> None:
    await place.library.moves.add(move(1))
    place.file(move(1).video_path)
    await place.library.moves.remove("move-1")
    recovery = await place.recover()
    assert [each.path for each in recovery.removed] == [move(1).video_path]
    assert recovery.size == 5
    assert place.storage.objects == {}
    assert await place.library.files.removed() == ()


async def test_whoever_enters_a_file_that_is_nobodys_any_more_is_refused(place: Place) -> None:
    """As a process does that slept for an hour between the file and its entry."""
    place.file(move(1).video_path)
    await place.later()
    with pytest.raises(StorageFailed):
        await place.library.moves.add(move(1))
    assert (await place.library.moves.page(MoveFilter(), None, 9)).items == ()


async def test_with_the_wrong_database_nothing_goes_unless_it_is_forced(place: Place) -> None:
    files = {place.file(move(number).video_path) for number in range(FEW + 1)}
    recovery = await place.later()
    assert (recovery.removed, recovery.held_back) == ((), tuple(sorted(files)))
    assert {*place.storage.objects} == files
    assert len((await place.later(force=True)).removed) == FEW + 1
    assert place.storage.objects == {}


async def test_a_file_that_cannot_be_deleted_keeps_no_other_from_it(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck_file, gone = place.file(move(1).video_path), place.file(move(2).video_path)
    real = place.storage.delete

    async def delete(path: str) -> None:
        if path == stuck_file:
            raise StorageFailed("The disk says no.")
        await real(path)

    monkeypatch.setattr(place.storage, "delete", delete)
    recovery = await place.later()
    assert [(each.item, each.code) for each in recovery.failed] == [(stuck_file, "storage-failed")]
    assert [each.path for each in recovery.removed] == [gone]
    monkeypatch.undo()
    assert [each.path for each in (await place.recover()).removed] == [stuck_file]


async def test_a_storage_that_is_away_marks_nothing(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(path: str) -> None:
        raise StorageFailed("The bucket is not there.")

    async def unready() -> str:
        raise StorageFailed("The bucket is not there.")

    await place.library.moves.add(move(1))
    monkeypatch.setattr(place.storage, "describe", away)
    monkeypatch.setattr(place.storage, "ready", unready)
    with pytest.raises(StorageFailed):
        await place.recover()
    assert (await place.library.moves.get("move-1")).unusable is None


async def test_two_recoveries_at_once_do_what_one_does(place: Place) -> None:
    await place.library.moves.add(move(1))
    place.file(move(1).video_path)
    for number in range(2, 8):
        place.file(move(number).video_path)
    place.clock.advance(FRESH)
    both = await asyncio.gather(place.recover(), place.recover())
    assert {*place.storage.objects} == {move(1).video_path}
    assert all(each.failed == () and each.unfound == () for each in both)


@pytest.mark.parametrize(
    ("limit", "left"),
    [(0, []), (9, []), (10, ["3"]), (25, ["2", "3"]), (30, ["1", "2", "3"]), (99, ["1", "2", "3"])],
)
async def test_of_made_files_the_oldest_go_until_the_rest_is_within_the_limit(
    place: Place, tmp_path: Path, limit: int, left: list[str]
) -> None:
    recover = place.recovering(limit=limit)
    for name in ("1", "2", "3"):
        (tmp_path / name).write_bytes(b"x" * 10)
        await place.storage.put(tmp_path / name, f"cache/clip-{name}")
        place.clock.advance(timedelta(minutes=1))
    place.clock.advance(FRESH)
    recovery = await recover()
    assert {*place.storage.objects} == {f"cache/clip-{name}" for name in left}
    assert recovery.size == 10 * (3 - len(left))


async def test_a_made_file_that_is_young_stays_whatever_the_limit(place: Place) -> None:
    path = place.file("cache/clip-0")
    assert (await place.recovering(limit=0)()).removed == ()
    assert {*place.storage.objects} == {path}
