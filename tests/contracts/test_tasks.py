"""The contract of every TaskRepository: memory and each real database."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID, uuid4

import msgspec
import pytest

from adapters.database.engine import open_database
from adapters.database.tasks import SqlTaskRepository
from adapters.memory.tasks import MemoryTaskRepository
from application.ports.tasks import TaskRepository
from domain.rendering.assembly import Assembly, Failure, State, Step
from domain.shared.errors import IllegalStep, TaskNotFound, TaskTaken
from domain.shared.result_warnings import ResultWarning, WarningCode

pytestmark = pytest.mark.anyio

NOW = datetime(2024, 2, 29, 23, 59, 59, 999_999, tzinfo=UTC)
AWKWARD = "nul \0, quote ', percent %, \U0001f483, \\, e\u0301"


@pytest.fixture
async def tasks(database_url: str | None) -> AsyncGenerator[TaskRepository]:
    if database_url is None:
        yield MemoryTaskRepository()
        return
    async with open_database(database_url) as database:
        yield SqlTaskRepository(database)


def assembly(task_id: UUID | None = None) -> Assembly:
    return Assembly(task_id=task_id or uuid4(), owner="local", created_at=NOW, updated_at=NOW)


def one_more(before: Assembly) -> Assembly:
    return msgspec.structs.replace(before, progress=before.progress + 1)


def taking(step: Step) -> Callable[[Assembly], Assembly]:
    return lambda before: before.take(step, NOW)


async def test_what_was_added_is_read(tasks: TaskRepository) -> None:
    await tasks.add(added := assembly())
    assert await tasks.get(added.task_id) == added


async def test_every_field_comes_back_equal(tasks: TaskRepository) -> None:
    full = Assembly(
        task_id=uuid4(),
        owner=AWKWARD.replace("\0", ""),
        created_at=NOW.astimezone(timezone(timedelta(hours=-3, minutes=-30))),
        updated_at=NOW,
        state=State.FAILED,
        progress=42,
        song_id=AWKWARD,
        output_path="output/user_local/é.mp4",
        seconds=0.1 + 0.2,
        failure=Failure(code="x", message=AWKWARD, stage=State.FETCHING, details=AWKWARD * 5000),
        warnings=(
            ResultWarning(WarningCode.UNCODED, AWKWARD),
            ResultWarning(WarningCode.FILTER_DROPPED, ""),
        ),
    )
    await tasks.add(full)
    assert await tasks.get(full.task_id) == full


async def test_an_id_is_taken_once(tasks: TaskRepository) -> None:
    await tasks.add(first := assembly())
    with pytest.raises(TaskTaken):
        await tasks.add(msgspec.structs.replace(first, owner="other"))
    assert await tasks.get(first.task_id) == first


async def test_of_many_who_add_at_once_one_wins(tasks: TaskRepository) -> None:
    rivals = [msgspec.structs.replace(assembly(UUID(int=7)), progress=n) for n in range(12)]
    results = await asyncio.gather(*(tasks.add(r) for r in rivals), return_exceptions=True)
    assert sum(isinstance(result, TaskTaken) for result in results) == 11
    assert await tasks.get(UUID(int=7)) == rivals[results.index(None)]


async def test_a_change_is_read_back(tasks: TaskRepository) -> None:
    await tasks.add(added := assembly())
    moved = await tasks.update(added.task_id, taking(Step.FETCH))
    assert moved.state is State.FETCHING
    assert await tasks.get(added.task_id) == moved


async def test_a_change_touches_no_other_task(tasks: TaskRepository) -> None:
    await tasks.add(one := assembly())
    await tasks.add(other := assembly())
    await tasks.update(one.task_id, one_more)
    assert await tasks.get(other.task_id) == other


async def test_a_refused_change_leaves_no_trace(tasks: TaskRepository) -> None:
    await tasks.add(before := assembly())
    with pytest.raises(IllegalStep):
        await tasks.update(before.task_id, taking(Step.COMPLETE))
    assert await tasks.get(before.task_id) == before


async def test_of_many_changes_at_once_each_is_applied_exactly_once(tasks: TaskRepository) -> None:
    await tasks.add(added := assembly())
    results = await asyncio.gather(*(tasks.update(added.task_id, one_more) for _ in range(24)))
    assert sorted(result.progress for result in results) == list(range(1, 25))
    assert (await tasks.get(added.task_id)).progress == 24


async def test_of_many_who_take_one_step_one_wins(tasks: TaskRepository) -> None:
    await tasks.add(added := assembly())
    race = [tasks.update(added.task_id, taking(Step.FETCH)) for _ in range(8)]
    results = await asyncio.gather(*race, return_exceptions=True)
    assert sum(isinstance(result, Assembly) for result in results) == 1
    assert sum(isinstance(result, IllegalStep) for result in results) == 7


async def test_many_tasks_change_at_once(tasks: TaskRepository) -> None:
    added = [assembly() for _ in range(20)]
    await asyncio.gather(*(tasks.add(each) for each in added))
    await asyncio.gather(*(tasks.update(each.task_id, one_more) for each in added * 2))
    read = await asyncio.gather(*(tasks.get(each.task_id) for each in added))
    assert {each.progress for each in read} == {2}


async def test_after_a_cancelled_change_the_repository_goes_on(tasks: TaskRepository) -> None:
    await tasks.add(added := assembly())
    changes = [asyncio.create_task(tasks.update(added.task_id, one_more)) for _ in range(24)]
    for index, change in enumerate(changes):
        await asyncio.sleep(0)
        if index % 2:
            change.cancel()
    results = await asyncio.gather(*changes, return_exceptions=True)
    percents = [result.progress for result in results if isinstance(result, Assembly)]
    reached = (await tasks.get(added.task_id)).progress
    assert len(percents) == len(set(percents)) >= 12
    assert len(percents) <= reached <= 24


@pytest.mark.parametrize("call", ["get", "update"])
async def test_an_unknown_id_is_not_found(tasks: TaskRepository, call: str) -> None:
    unknown = uuid4()
    with pytest.raises(TaskNotFound):
        await (tasks.get(unknown) if call == "get" else tasks.update(unknown, one_more))


async def test_it_says_where_the_tasks_are(tasks: TaskRepository) -> None:
    text = await tasks.ready()
    assert text
    assert "/" not in text


async def test_memory_remembers_every_value() -> None:
    tasks = MemoryTaskRepository()
    await tasks.add(added := assembly())
    moved = await tasks.update(added.task_id, one_more)
    assert tasks.history == {added.task_id: [added, moved]}


async def test_those_that_have_not_ended_are_named_when_they_are_old_enough(
    tasks: TaskRepository,
) -> None:
    """Whatever the clocks of the machines say that wrote them."""
    slow, fast, ended = assembly(), assembly(), assembly()
    fast = msgspec.structs.replace(fast, created_at=NOW + timedelta(days=9999))
    for each in (slow, fast, ended):
        await tasks.add(each)
    await tasks.update(slow.task_id, taking(Step.PLAN))
    await tasks.update(ended.task_id, taking(Step.CANCEL))
    assert await tasks.unfinished(timedelta(seconds=30)) == ()
    # Of a moment ago, whatever it says of itself; one hour ahead is the same as "already".
    assert set(await tasks.unfinished(timedelta(hours=-1))) == {slow.task_id, fast.task_id}


async def test_one_that_was_written_since_is_not_silent(tasks: TaskRepository) -> None:
    silent, alive = assembly(), assembly()
    for each in (silent, alive):
        await tasks.add(each)
    begun = asyncio.get_running_loop().time()
    # On a busy machine the other may have been silent for as long now and then.
    while await tasks.unfinished(timedelta(seconds=0.05)) != (silent.task_id,):
        await tasks.update(alive.task_id, one_more)
        assert asyncio.get_running_loop().time() - begun < 30


async def test_tasks_of_many_ids_are_found(tasks: TaskRepository) -> None:
    added = sorted((assembly() for _ in range(5)), key=lambda each: each.task_id)
    for each in added:
        await tasks.add(each)
    ids = [each.task_id for each in added]
    assert await tasks.find_many([uuid4(), *reversed(ids), ids[0]]) == tuple(added)
    assert await tasks.find_many([]) == ()
    assert await tasks.find_many([*(uuid4() for _ in range(1200)), ids[2]]) == (added[2],)


async def test_every_unfinished_task_is_known_at_once(tasks: TaskRepository) -> None:
    await tasks.add(working := assembly())
    await tasks.add(ended := assembly())
    assert set(await tasks.unfinished()) == {working.task_id, ended.task_id}
    await tasks.update(ended.task_id, taking(Step.CANCEL))
    assert await tasks.unfinished() == (working.task_id,)
