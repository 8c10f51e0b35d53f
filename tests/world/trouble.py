"""Trouble at a chosen call of a port: a failure, a cancellation, or a call that never returns."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from enum import StrEnum
from inspect import isasyncgenfunction, iscoroutinefunction
from typing import Any, TypeVar, cast

from domain.shared.errors import WaitedTooLong

P = TypeVar("P")


WAITED_FOR = ("tasks.", "storage.put", "storage.delete")
"""Steps that write the record or publish, which have limits of their own."""


DATABASE = ("archive", "embeddings", "library_files", "moves", "songs", "tasks")
"""Ports that are away together."""


class Kind(StrEnum):
    """The kind of trouble."""

    FAILURE = "failure"
    LATE_FAILURE = "late failure"
    CANCELLATION = "cancellation"
    HANG = "hang"
    STUBBORN = "stubborn hang"
    """It does not end when it is cancelled either, and whatever the call is."""
    LANDING = "landing late"
    """The caller has waited too long, and is told so; the call is carried out after that."""
    AWAY = "away from now on"
    """With this call the port is away, until it is `back`."""
    LOST = "committed, then lost"
    """This call is carried out, and from its answer on the port is away."""


PASSING = [Kind.FAILURE, Kind.LATE_FAILURE, Kind.CANCELLATION, Kind.HANG]
"""Troubles in spite of which a film ends, and leaves nothing behind."""
LASTING = [Kind.FAILURE, Kind.LATE_FAILURE, Kind.CANCELLATION, Kind.LANDING, Kind.AWAY, Kind.LOST]
"""Troubles whose traces recovery removes once all is well again."""


class Injected(Exception):
    """The failure that was asked for."""


class Trouble:
    """Counts the calls of every port it surrounds; makes trouble at one of them, or at none."""

    def __init__(
        self, at: int | None = None, kind: Kind = Kind.FAILURE, cancelled_at: int | None = None
    ) -> None:
        self.at = at
        self.kind = kind
        self.cancelled_at = cancelled_at
        """Another call, in which the work is cancelled."""
        self.calls: list[str] = []
        self.struck = False
        self.over = asyncio.Event()
        """Ends a stubborn hang."""
        self.victim: asyncio.Task[Any] | None = None
        """The task that a cancellation is aimed at."""
        self._away: set[str] = set()
        self._landing: list[Callable[[], Any]] = []

    def around(self, port: P, name: str) -> P:
        """The same port, with trouble."""
        return cast(P, _Surrounded(port, name, self))

    async def strike(self, name: str, work: Callable[[], Any]) -> Any:
        """Do the work of one call, or make the trouble that is due."""
        self.calls.append(name)
        if name.partition(".")[0] in self._away:
            raise Injected(f"{name}: away")
        due = self.at == len(self.calls) - 1
        if self.cancelled_at == len(self.calls) - 1:
            await self._cancel()
        if due:
            self.struck = True
            await self._before(name, work)
        result = await work()
        if due and self.kind is Kind.LOST:
            self._leave(name)
        if due and self.kind in (Kind.LATE_FAILURE, Kind.LOST):
            raise Injected(name)
        return result

    async def land(self) -> None:
        """Carry out the calls that nobody waits for any more."""
        landing, self._landing = self._landing, []
        for work in landing:
            # Nobody hears of it.
            with suppress(Exception):
                await work()

    def back(self) -> None:
        """Make no more trouble: every port is there again."""
        self.at = None
        self._away.clear()

    def _leave(self, name: str) -> None:
        port = name.partition(".")[0]
        self._away |= {*DATABASE} if port in DATABASE else {port}

    async def _before(self, name: str, work: Callable[[], Any]) -> None:
        if self.kind is Kind.AWAY:
            self._leave(name)
        if self.kind is Kind.LANDING:
            self._landing.append(work)
            raise WaitedTooLong(name, 1)
        if self.kind in (Kind.FAILURE, Kind.AWAY):
            raise Injected(name)
        if self.kind is Kind.HANG and not name.startswith(WAITED_FOR):
            await asyncio.Event().wait()
        if self.kind is Kind.CANCELLATION:
            await self._cancel()
        while self.kind is Kind.STUBBORN and not self.over.is_set():
            with suppress(asyncio.CancelledError):
                await self.over.wait()

    async def _cancel(self) -> None:
        if self.victim is not None:
            self.victim.cancel()
            await asyncio.sleep(0)


class _Surrounded:
    def __init__(self, port: object, name: str, trouble: Trouble) -> None:
        self._port = port
        self._name = name
        self._trouble = trouble

    def __getattr__(self, method: str) -> Any:
        real = getattr(self._port, method)
        name = f"{self._name}.{method}"
        if iscoroutinefunction(real):

            async def call(*args: Any, **kwargs: Any) -> Any:
                return await self._trouble.strike(name, lambda: real(*args, **kwargs))

            return call
        if isasyncgenfunction(real):

            async def every(*args: Any) -> AsyncGenerator[Any]:
                await self._trouble.strike(name, _nothing)
                async for each in real(*args):
                    yield each

            return every
        if method == "take":

            def take(*args: Any) -> AbstractAsyncContextManager[Any]:
                return self._take(name, real(*args))

            return take
        return real

    @asynccontextmanager
    async def _take(self, name: str, real: AbstractAsyncContextManager[Any]) -> AsyncGenerator[Any]:
        async with real as folder:
            await self._trouble.strike(name, _nothing)
            yield folder


async def _nothing() -> None:
    return None
