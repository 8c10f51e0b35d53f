"""Work that is carried to its end."""

import asyncio

import pytest

from application.uncancelled import to_the_end

pytestmark = pytest.mark.anyio


async def test_work_is_done_although_its_caller_was_cancelled_twice() -> None:
    may_end, done = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        await may_end.wait()
        done.set()

    caller = asyncio.ensure_future(to_the_end(work()))
    for _ in range(2):
        await asyncio.sleep(0)
        caller.cancel()
    await asyncio.sleep(0)
    assert not caller.done()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert done.is_set()


async def test_the_error_of_the_work_is_raised() -> None:
    async def work() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await to_the_end(work())


async def test_work_that_hangs_is_given_up_after_the_patience() -> None:
    caller = asyncio.ensure_future(to_the_end(asyncio.Event().wait(), patience=0.01))
    await asyncio.sleep(0)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
