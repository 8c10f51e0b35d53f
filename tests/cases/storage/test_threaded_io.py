"""A step of the disk that hangs is left alone, and undone if it ends after all."""

import asyncio
import threading

import pytest

from adapters.storage.threaded_io import ThreadedIo
from domain.shared.errors import WaitedTooLong

pytestmark = pytest.mark.anyio

SHORT = 0.01


async def test_a_step_that_does_not_end_is_given_up_and_undone_when_it_has() -> None:
    may_end, undone = threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def step(unwanted: threading.Event) -> str:
        may_end.wait()
        return "made" if unwanted.is_set() else "wanted"

    def undo(result: str) -> None:
        assert result == "made"
        loop.call_soon_threadsafe(undone.set)

    disk = ThreadedIo("the disk", limit=SHORT, parting=SHORT)
    with pytest.raises(WaitedTooLong, match="for the disk"):
        await disk.run(step, undo)
    assert not undone.is_set()
    may_end.set()
    await undone.wait()


async def test_a_caller_that_is_cancelled_does_not_wait_for_ever() -> None:
    begun, may_end = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def step(_: threading.Event) -> None:
        loop.call_soon_threadsafe(begun.set)
        may_end.wait()

    caller = asyncio.ensure_future(ThreadedIo("the disk", parting=SHORT).run(step))
    await begun.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    may_end.set()


async def test_steps_that_hang_hold_up_no_others() -> None:
    may_end = threading.Event()
    stuck = ThreadedIo("a disk that is gone", limit=SHORT, parting=SHORT, queue_wait=SHORT)
    hung = await asyncio.gather(
        *(stuck.run(lambda _: may_end.wait()) for _ in range(20)), return_exceptions=True
    )
    assert {type(each) for each in hung} == {WaitedTooLong}
    assert await ThreadedIo("another").run(lambda _: 1) == 1
    may_end.set()
