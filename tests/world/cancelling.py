"""Cancellation of some work at a chosen one of the moments at which it gives control."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from contextvars import Context
from itertools import count
from typing import Any, Final
from unittest.mock import patch
from uuid import UUID

from adapters.memory.tasks import MemoryTaskRepository
from application.concurrency.threads import Threads
from domain.rendering.assembly import FINAL, State

_LONGER: Final = 0.05
"""Seconds."""


class Steps:
    """Counts the moments at which any task gives control; cancels the work at one of them."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.count = 0
        self.struck = False
        self.victim: asyncio.Task[Any] | None = None

    def given(self) -> None:
        """Count one, and cancel the work if it is the one."""
        if self.victim is None or self.victim.done():
            return
        if self.count == self.at:
            self.struck = self.victim.cancel()
        self.count += 1


class _Counted(Coroutine[Any, Any, Any]):
    """A coroutine whose suspensions are counted."""

    def __init__(self, work: Coroutine[Any, Any, Any], steps: Steps) -> None:
        self._work = work
        self._steps = steps

    def send(self, value: Any) -> Any:
        result = self._work.send(value)
        self._steps.given()
        return result

    def throw(self, *error: Any) -> Any:
        result = self._work.throw(*error)
        self._steps.given()
        return result

    def close(self) -> None:
        self._work.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._work.__await__()


class Ending:
    """The outcome of some work that was cancelled, or that ended before its moment came."""

    def __init__(self, outcome: object, *, struck: bool, tasks: int, calls: list[str]) -> None:
        self.outcome = outcome
        self.struck = struck
        self.tasks = tasks
        """Other tasks that were unfinished when it had ended."""
        self.calls = calls
        """Calls in threads that had not returned by then."""


async def nothing() -> None:
    """End at once."""


Work = Callable[[], Coroutine[Any, Any, object]]


def cancelled_at(at: int, work: Work, close: Work = nothing) -> Ending:
    """Run ``work``, cancelled when control is given for the ``at``-th time, counted from 0.

    ``close`` ends what goes on in the background on purpose.
    """
    steps = Steps(at)

    async def watch() -> Ending:
        loop = asyncio.get_running_loop()

        def make(
            loop: asyncio.AbstractEventLoop,
            coroutine: Any,
            context: Context | None = None,
        ) -> asyncio.Task[Any]:
            return asyncio.Task(_Counted(coroutine, steps), loop=loop, context=context)

        loop.set_task_factory(make)
        with _calls_in_threads(steps) as calls:
            steps.victim = loop.create_task(work())
            [outcome] = await asyncio.gather(steps.victim, return_exceptions=True)
            await close()
            working = [*calls]
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for each in others:
                each.cancel()
            await asyncio.gather(*others, return_exceptions=True)
        return Ending(outcome, struck=steps.struck, tasks=len(others), calls=working)

    return asyncio.run(watch())


def each_moment(
    work: Callable[[int], Work],
    look: Callable[[int, Ending], None],
    close: Callable[[int], Work] = lambda at: nothing,
) -> int:
    """Cancel ``work`` at every moment, look at what is left; return how many moments there are."""
    for at in count():
        ending = cancelled_at(at, work(at), close(at))
        where = (at, ending.outcome)
        assert ending.calls == [], where
        assert ending.tasks == 0, where
        if ending.struck:
            assert isinstance(ending.outcome, asyncio.CancelledError), where
        elif isinstance(ending.outcome, BaseException):
            raise ending.outcome
        look(at, ending)
        if not ending.struck:
            return at
    raise AssertionError


def ends(tasks: MemoryTaskRepository, task_id: UUID) -> list[State]:
    """The final states that a task has had, and each only once."""
    values = tasks.history.get(task_id, [])
    changes = [value for index, value in enumerate(values) if value not in values[:index]]
    states = [value.state for value in changes if value.state in FINAL]
    assert not values or states
    return states


@contextmanager
def _calls_in_threads(steps: Steps) -> Generator[list[str]]:
    """The names of calls that are at work in threads.

    A call that is at work when the work is cancelled takes a little longer, so that it is noticed
    where nobody waits for it.
    """
    working: list[str] = []
    lock = threading.Lock()
    start = Threads.start

    def noted(threads: Threads, call: Callable[[], Any]) -> Any:
        def body() -> Any:
            before = steps.struck
            with lock:
                working.append(threads.name)
            try:
                return call()
            finally:
                if steps.struck and not before:
                    threading.Event().wait(_LONGER)
                with lock:
                    working.remove(threads.name)

        return start(threads, body)

    with patch.object(Threads, "start", noted):
        yield working
