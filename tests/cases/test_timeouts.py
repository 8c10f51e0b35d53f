"""A wait ends within its limit, whatever is waited for."""

import asyncio
from contextlib import suppress
from threading import Event

import pytest

from application.concurrency.keyed_lock import KeyedLock
from application.concurrency.shielding import finish_even_if_cancelled
from application.concurrency.threads import Threads
from application.concurrency.timeouts import ended, limited, place_in, reminded, within
from domain.shared.errors import NotReady, WaitedTooLong
from tests.world.stubborn import stubborn

pytestmark = pytest.mark.anyio

SHORT = 0.01


async def forever() -> None:
    await asyncio.Event().wait()


async def test_what_was_waited_for_is_said() -> None:
    with pytest.raises(WaitedTooLong, match=r"waited 0\.01 s for the database without success"):
        async with limited("the database", SHORT):
            await forever()


async def test_a_time_limit_of_the_work_itself_is_raised_as_it_is() -> None:
    with pytest.raises(TimeoutError):
        async with limited("the database", 60):
            async with asyncio.timeout(SHORT):
                await forever()


async def test_who_waits_too_long_for_a_place_is_refused_and_leaves_the_others_alone() -> None:
    gate = asyncio.Semaphore(1)
    async with place_in(gate, "a place", 60):
        with pytest.raises(NotReady, match="for a place"):
            async with place_in(gate, "a place", SHORT):
                raise AssertionError
    async with place_in(gate, "a place", 60):
        assert gate.locked()
    assert not gate.locked()


async def test_who_waits_too_long_for_a_key_is_refused_and_the_next_gets_it() -> None:
    locks = KeyedLock(limit=SHORT)
    async with locks.of("a"):
        with pytest.raises(WaitedTooLong, match="'a'"):
            async with locks.of("a"):
                raise AssertionError
        async with locks.of("b"):
            pass
    async with locks.of("a"):
        pass


async def test_work_over_its_time_is_cancelled_and_has_ended() -> None:
    over = asyncio.Event()

    async def work() -> None:
        try:
            await forever()
        finally:
            over.set()

    with pytest.raises(WaitedTooLong):
        await within("the work", SHORT, work())
    assert over.is_set()


async def test_work_that_does_not_end_is_abandoned_and_the_log_says_where_it_stands(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with stubborn() as waits:
        with pytest.raises(WaitedTooLong):
            await within("the work", SHORT, waits.hang(), leaving=SHORT)
        waits.begun.clear()
        caller = asyncio.ensure_future(within("the work", 60, waits.hang(), leaving=SHORT))
        await waits.begun.wait()
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
    records = [each for each in caplog.records if "abandoned: the work" in each.getMessage()]
    assert len(records) == 2
    assert any("stubborn.py" in place for place in vars(records[0])["stack"])


async def test_the_result_of_work_that_ends_when_it_is_cancelled_is_not_lost() -> None:
    async def work() -> int:
        try:
            await forever()
        except asyncio.CancelledError:
            return 7
        raise AssertionError

    assert await within("the work", SHORT, work()) == 7


async def test_the_end_is_waited_for_however_often_the_wait_is_cancelled() -> None:
    may_end = asyncio.Event()
    work = asyncio.ensure_future(may_end.wait())
    waiting = asyncio.ensure_future(ended(work, "the work", 60))
    for _ in range(3):
        await asyncio.sleep(0)
        waiting.cancel()
    await asyncio.sleep(0)
    assert not waiting.done()
    may_end.set()
    assert await waiting


async def test_a_caller_that_is_cancelled_as_its_late_work_ends_hears_of_it() -> None:
    async with stubborn() as waits:

        async def again_and_again() -> None:
            while True:
                with suppress(WaitedTooLong):
                    await within("the work", SHORT, late(), leaving=60)

        ending = asyncio.Event()

        async def late() -> None:
            try:
                await forever()
            finally:
                ending.set()
                await waits.hang()

        looping = asyncio.ensure_future(again_and_again())
        await ending.wait()
        looping.cancel()
        await asyncio.sleep(0)
        waits.let_go()
        await asyncio.wait({looping}, timeout=20)
        heard = looping.done()
        looping.cancel()
    assert heard


async def test_work_carried_to_its_end_is_given_up_when_it_has_none() -> None:
    async with stubborn() as waits:
        with pytest.raises(WaitedTooLong, match=r"Stubborn\.hang"):
            await finish_even_if_cancelled(waits.hang(), limit=SHORT, leaving=SHORT)
        caller = asyncio.ensure_future(
            finish_even_if_cancelled(waits.hang(), patience=SHORT, leaving=SHORT)
        )
        await asyncio.sleep(0)
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
    with pytest.raises(WaitedTooLong):
        await finish_even_if_cancelled(forever(), limit=SHORT)


async def test_a_wait_that_must_not_be_given_up_is_told_again_and_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    may_end = asyncio.Event()
    work = asyncio.ensure_future(may_end.wait())
    waiting = asyncio.ensure_future(reminded(work, "the tables", every=SHORT))
    while len(caplog.records) < 3:
        await asyncio.wait({waiting}, timeout=SHORT)
        assert not waiting.done()
    may_end.set()
    await waiting
    assert {each.getMessage() for each in caplog.records} == {"still waiting for the tables"}


async def test_threads_that_are_stuck_refuse_their_own_kind_only() -> None:
    may_end = Event()
    stuck = Threads("stuck", 1, limit=SHORT, queue_wait=SHORT)
    other = Threads("other", 1)
    with pytest.raises(WaitedTooLong, match="for stuck"):
        await stuck.run(may_end.wait)
    with pytest.raises(WaitedTooLong, match="a free thread for stuck"):
        await stuck.run(may_end.wait)
    assert await other.run(lambda: 1) == 1
    may_end.set()
    patient = Threads("stuck", 1)
    assert await patient.run(lambda: 2) == 2
    while True:
        try:
            assert await stuck.run(lambda: 3) == 3
        except WaitedTooLong:
            continue
        break


async def test_what_a_call_raises_is_raised() -> None:
    def call() -> None:
        raise StopIteration

    with pytest.raises(RuntimeError):
        await Threads("calls", 1).run(call)
    with pytest.raises(LookupError):
        await Threads("calls", 1).run(lambda: dict[int, int]()[1])


async def test_a_caller_that_is_cancelled_waits_for_its_call_but_not_for_long() -> None:
    begun, may_end, returned = asyncio.Event(), Event(), Event()
    loop = asyncio.get_running_loop()

    def call() -> None:
        loop.call_soon_threadsafe(begun.set)
        may_end.wait()
        returned.set()

    caller = asyncio.ensure_future(Threads("calls", 1).run(call))
    await begun.wait()
    caller.cancel()
    await asyncio.sleep(0)
    assert not caller.done()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert returned.is_set()

    stuck = Event()
    left = asyncio.ensure_future(Threads("calls", 1, leaving=SHORT).run(stuck.wait))
    await asyncio.sleep(0)
    left.cancel()
    with pytest.raises(asyncio.CancelledError):
        await left
    stuck.set()
