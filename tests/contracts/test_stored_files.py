"""The contract of every StoredFiles: memory and each real database."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.database.engine import open_database
from adapters.database.stored_files import SqlStoredFiles
from adapters.memory.stored_files import MemoryStoredFiles
from application.ports.stored_files import StoredFiles
from domain.storage.quota import Quota, QuotaExceeded, Usage

pytestmark = pytest.mark.anyio

MB = 1_000_000
FREE = Quota()


@pytest.fixture
async def stored_files(database_url: str | None) -> AsyncGenerator[StoredFiles]:
    if database_url is None:
        yield MemoryStoredFiles()
        return
    async with open_database(database_url) as database:
        yield SqlStoredFiles(database)


async def admitted(*calls: Awaitable[object]) -> int:
    """Await all calls at once; return how many were not refused."""
    ends = await asyncio.gather(*calls, return_exceptions=True)
    for end in ends:
        if end is not None and not isinstance(end, QuotaExceeded):
            raise AssertionError(end)
    return sum(end is None for end in ends)


async def test_a_place_is_reserved_settled_and_released(stored_files: StoredFiles) -> None:
    await stored_files.reserve("output/user_ana/a.mp4", "ana", 100, FREE)
    assert await stored_files.usage("ana") == Usage(size=100, files=1, reserved=100)
    await stored_files.settle("output/user_ana/a.mp4", "ana", 80)
    await stored_files.settle("songs/b", None, 7)
    assert await stored_files.usage("ana") == Usage(size=80, files=1)
    assert await stored_files.usage(None) == Usage(size=87, files=2)
    assert await stored_files.usage("bruno") == Usage()
    await stored_files.release("output/user_ana/a.mp4")
    await stored_files.release("output/user_ana/a.mp4")
    assert await stored_files.usage(None) == Usage(size=7, files=1)


async def test_a_path_counts_once_however_often_it_is_reserved(stored_files: StoredFiles) -> None:
    quota = Quota(megabytes=2, files=1)
    for size in (MB, MB // 2, MB, 2 * MB):
        await stored_files.reserve("a", "ana", size, quota)
    assert await stored_files.usage("ana") == Usage(size=2 * MB, files=1, reserved=2 * MB)
    await stored_files.reserve("a", "ana", 9 * MB, quota, grow=False)
    with pytest.raises(QuotaExceeded):
        await stored_files.reserve("a", "ana", 2 * MB + 1, quota)
    assert await stored_files.usage("ana") == Usage(size=2 * MB, files=1, reserved=2 * MB)
    await stored_files.settle("a", "ana", 3 * MB)
    await stored_files.reserve("a", "ana", 9 * MB, quota)
    assert await stored_files.usage("ana") == Usage(size=3 * MB, files=1)


async def test_only_a_place_that_is_not_settled_is_given_back(stored_files: StoredFiles) -> None:
    await stored_files.settle("a", "ana", 1)
    await stored_files.reserve("b", "ana", 2, FREE)
    for path in ("a", "b", "c"):
        await stored_files.release(path, reserved=True)
    assert await stored_files.usage("ana") == Usage(size=1, files=1)


async def test_concurrent_reservations_get_no_more_than_there_is(stored_files: StoredFiles) -> None:
    quota = Quota(megabytes=5)
    calls = [stored_files.reserve(f"{n}", "ana", MB, quota) for n in range(12)]
    others = [stored_files.reserve(f"x{n}", "bruno", MB, quota) for n in range(3)]
    assert await admitted(*calls, *others) == 8
    assert (await stored_files.usage("ana")).size == 5 * MB


async def test_concurrent_reservations_get_no_more_than_the_total(
    stored_files: StoredFiles,
) -> None:
    quota = Quota(total_megabytes=5)
    await stored_files.settle("songs/a", None, MB)
    calls = [stored_files.reserve(f"{n}", f"user-{n}", MB, quota) for n in range(9)]
    assert await admitted(*calls) == 4
    assert await stored_files.usage(None) == Usage(size=5 * MB, files=5, reserved=4 * MB)


async def test_one_path_reserved_at_once_is_one_file(stored_files: StoredFiles) -> None:
    quota = Quota(files=1)
    assert await admitted(*(stored_files.reserve("a", "ana", 5, quota) for _ in range(6))) == 6
    assert await admitted(*(stored_files.settle("a", "ana", 6) for _ in range(6))) == 6
    assert await stored_files.usage("ana") == Usage(size=6, files=1)


async def test_a_cancelled_reservation_is_whole_or_none(stored_files: StoredFiles) -> None:
    for number in range(8):
        task = asyncio.create_task(stored_files.reserve(f"{number}", "ana", 10, FREE))
        for _ in range(number):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task})
    usage = await stored_files.usage("ana")
    assert usage == Usage(size=10 * usage.files, files=usage.files, reserved=10 * usage.files)
    assert usage.files == len(await stored_files.page(None, 100))


async def test_pages_have_every_entry_once_in_the_order_of_paths(stored_files: StoredFiles) -> None:
    names = ["B", "a", "é", "a/b", "a-b", "Z/1"]
    for size, name in enumerate(names):
        await stored_files.settle(name, "ana" if size % 2 else None, size)
    listed: list[str] = []
    after: str | None = None
    while page := await stored_files.page(after, 4):
        listed += [each.path for each in page]
        after = page[-1].path
        assert all(each.size == names.index(each.path) for each in page)
        assert all(each.settled and each.age.total_seconds() < 600 for each in page)
    assert listed == sorted(names)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["reserve", "keep", "settle", "release", "give back"]),
        st.sampled_from(["a", "b", "c", "d"]),
        st.integers(0, 3 * MB),
    ),
    max_size=12,
)
QUOTAS = st.builds(
    Quota, megabytes=st.integers(0, 4), files=st.integers(0, 3), total_megabytes=st.integers(0, 5)
)
OWNER = {"a": "ana", "b": "ana", "c": "bruno", "d": None}

Opening = Callable[[], AbstractAsyncContextManager[StoredFiles]]


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """One event loop for all examples."""
    return "asyncio"


@pytest.fixture(params=["sqlite", "postgres"])
def opening(request: pytest.FixtureRequest) -> Opening:
    url = request.getfixturevalue(f"{request.param}_url")

    @asynccontextmanager
    async def opened() -> AsyncGenerator[StoredFiles]:
        async with open_database(url) as database:
            yield SqlStoredFiles(database)

    return opened


def test_a_database_counts_as_memory_does(opening: Opening) -> None:
    with asyncio.Runner() as runner:
        context = opening()
        stored_files = runner.run(context.__aenter__())

        @settings(
            max_examples=100,
            suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
        )
        @given(STEPS, QUOTAS)
        def same(steps: list[tuple[str, str, int]], quota: Quota) -> None:
            runner.run(expect_same(stored_files, steps, quota))

        same()
        runner.run(context.__aexit__(None, None, None))


async def expect_same(
    stored_files: StoredFiles, steps: list[tuple[str, str, int]], quota: Quota
) -> None:
    memory = MemoryStoredFiles()
    for path in OWNER:
        await stored_files.release(path)
    for step, path, size in steps:
        ends = [
            await ended(partial(do, each, step, path, size, quota))
            for each in (memory, stored_files)
        ]
        assert ends[0] == ends[1]
        for owner in ("ana", "bruno", None):
            assert await stored_files.usage(owner) == await memory.usage(owner)


async def ended(call: Callable[[], Awaitable[None]]) -> str:
    try:
        await call()
    except QuotaExceeded as error:
        return str(error)
    return ""


async def do(files: StoredFiles, step: str, path: str, size: int, quota: Quota) -> None:
    match step:
        case "reserve":
            await files.reserve(path, OWNER[path], size, quota)
        case "keep":
            await files.reserve(path, OWNER[path], size, quota, grow=False)
        case "settle":
            await files.settle(path, OWNER[path], size)
        case "release":
            await files.release(path)
        case _:
            await files.release(path, reserved=True)
