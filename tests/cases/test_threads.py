"""Calls in threads that nobody waits for any more are asked to end."""

import asyncio
import threading

import pytest

from application.concurrency.threads import Threads
from domain.shared.errors import WaitedTooLong

pytestmark = pytest.mark.anyio

PATIENCE = 30


class Call:
    """A call that goes on until it is asked to stop."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.stopped = threading.Event()
        self.ended = threading.Event()

    def __call__(self) -> None:
        self.begun.set()
        self.stopped.wait(PATIENCE)
        self.ended.set()


async def until(event: threading.Event) -> None:
    assert await asyncio.get_running_loop().run_in_executor(None, event.wait, PATIENCE)


async def test_a_cancelled_call_is_asked_to_stop_and_has_ended_when_its_caller_goes_on() -> None:
    call = Call()
    running = asyncio.ensure_future(Threads("calling", 1).run(call, stop=call.stopped.set))
    await until(call.begun)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert call.ended.is_set()


async def test_a_call_that_takes_too_long_is_asked_to_stop() -> None:
    call = Call()
    with pytest.raises(WaitedTooLong):
        await Threads("calling", 1, limit=0.01).run(call, stop=call.stopped.set)
    await until(call.ended)


async def test_a_call_that_ends_is_not_asked_to_stop() -> None:
    stopped = threading.Event()
    assert await Threads("calling", 1).run(lambda: 7, stop=stopped.set) == 7
    assert not stopped.is_set()
