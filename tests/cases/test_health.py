"""Every part is asked whether it is ready: side by side, in limited time, and not too often."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from errno import ENOSPC
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.operations.check_health import CACHE_SECONDS, CheckHealth, Part
from domain.shared.errors import NotReady, StorageFailed

pytestmark = pytest.mark.anyio

PATIENCE = 10.0
"""Seconds after which a test that should have ended long ago is broken."""


class Clock:
    """Goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Counted:
    """A part that counts how often it is asked, and answers when it may."""

    def __init__(self, *, blocked: bool = False) -> None:
        self.times = 0
        self.begun = asyncio.Event()
        self.may_answer = asyncio.Event()
        if not blocked:
            self.may_answer.set()

    async def __call__(self) -> str:
        self.times += 1
        self.begun.set()
        await self.may_answer.wait()
        return f"answer {self.times}"


def part(ask: Callable[[], Awaitable[str]], *, writes: bool = False) -> Part:
    return Part(ask=ask, waits_for="a thing that does not come", writes=writes)


def health(
    parts: Mapping[str, Part], limit: float = PATIENCE, clock: Clock | None = None
) -> CheckHealth:
    return CheckHealth(parts, limit, clock=clock or Clock())


async def test_parts_are_asked_side_by_side() -> None:
    first, second = Counted(blocked=True), Counted(blocked=True)
    check = health({"first": part(first), "second": part(second)})

    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        asking = group.create_task(check())
        await first.begun.wait()
        await second.begun.wait()
        first.may_answer.set()
        second.may_answer.set()
        assert (await asking).ready


async def test_a_part_that_hangs_says_what_it_waits_for_and_the_others_answer() -> None:
    hanging, well, clock = Counted(blocked=True), Counted(), Clock()
    check = health({"hanging": part(hanging), "well": part(well)}, 0.01, clock=clock)

    state = await check()
    assert not state.ready
    assert state.parts["well"].detail == "answer 1"
    assert "it waits for a thing that does not come" in state.parts["hanging"].detail

    clock.now += 65
    assert "No answer after 65 s" in (await check()).parts["hanging"].detail
    assert hanging.times == 1, "a part that hangs is not asked again"
    hanging.may_answer.set()
    async with asyncio.timeout(PATIENCE):
        while not (await check()).ready:
            pass


async def test_of_many_who_ask_at_once_one_asks() -> None:
    counted = Counted(blocked=True)
    check = health({"part": part(counted)})

    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        asking = [group.create_task(check()) for _ in range(50)]
        await counted.begun.wait()
        counted.may_answer.set()
    assert {each.result().parts["part"].detail for each in asking} == {"answer 1"}


async def test_who_leaves_while_waiting_takes_no_answer_from_the_others() -> None:
    counted = Counted(blocked=True)
    check = health({"part": part(counted)})
    leaving = asyncio.create_task(check())
    staying = asyncio.create_task(check())
    await counted.begun.wait()
    leaving.cancel()
    await asyncio.wait({leaving})
    counted.may_answer.set()
    async with asyncio.timeout(PATIENCE):
        assert (await staying).ready


@given(st.lists(st.floats(0, 40), max_size=30))
def test_a_part_that_writes_is_asked_once_in_thirty_seconds(waits: list[float]) -> None:
    async def ask() -> None:
        writing, reading, clock = Counted(), Counted(), Clock()
        check = health(
            {"writing": part(writing, writes=True), "reading": part(reading)}, clock=clock
        )
        asked_at: list[float] = []
        for wait in waits:
            clock.now += wait
            before = writing.times
            await check()
            if writing.times > before:
                asked_at.append(clock.now)
        assert reading.times == len(waits)
        assert all(b - a >= CACHE_SECONDS for a, b in pairwise(asked_at))
        assert len(asked_at) >= (sum(waits[1:]) // (CACHE_SECONDS + 40)) + bool(waits)

    asyncio.run(ask())


async def test_a_failure_of_a_part_that_writes_is_kept_as_well() -> None:
    clock, times = Clock(), 0

    async def fail() -> str:
        nonlocal times
        times += 1
        raise StorageFailed("It cannot be written.")

    check = health({"part": part(fail, writes=True)}, clock=clock)
    for _ in range(5):
        assert (await check()).parts["part"].detail == "It cannot be written."
    clock.now += CACHE_SECONDS
    await check()
    assert times == 2


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (NotReady("Away.", details="InterfaceError"), "Away. InterfaceError"),
        (OSError(ENOSPC, "No space left on device", "/a/path"), "The disk is full"),
        (RuntimeError("/a/path"), "see the log"),
    ],
)
async def test_a_part_that_fails_says_why_and_names_no_path(
    error: Exception, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail() -> str:
        raise error

    with caplog.at_level(logging.CRITICAL):
        state = (await health({"part": part(fail)})()).parts["part"]
    assert not state.ready
    assert reason in state.detail
    assert "/a/path" not in state.detail
