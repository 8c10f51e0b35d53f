"""Trouble at a chosen call of a port: a failure, a cancellation, or a call that never returns."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from enum import StrEnum
from inspect import iscoroutinefunction
from typing import Any, TypeVar, cast

P = TypeVar("P")


WAITED_FOR = ("tasks.", "storage.put", "storage.delete")
"""What writes to the record or publishes is waited for: it has limits of its own."""


PUBLISHING = "storage.put"
"""A put that raises has stored nothing: the storage's own contract sees to that."""


class Kind(StrEnum):
    """What happens."""

    FAILURE = "failure"
    LATE_FAILURE = "late failure"
    CANCELLATION = "cancellation"
    HANG = "hang"
    STUBBORN = "stubborn hang"
    """It does not end when it is cancelled either, and whatever the call is."""


PASSING = [kind for kind in Kind if kind is not Kind.STUBBORN]
"""What a film comes to an end in spite of; a request is answered in spite of the other, too."""


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

    def around(self, port: P, name: str) -> P:
        """The same port, with trouble."""
        return cast(P, _Surrounded(port, name, self))

    async def strike(self, name: str, work: Callable[[], Any]) -> Any:
        """Do the work of one call, or make the trouble that is due."""
        self.calls.append(name)
        due = self.at == len(self.calls) - 1
        if self.cancelled_at == len(self.calls) - 1:
            await self._cancel()
        if due:
            self.struck = True
            await self._before(name)
        result = await work()
        if due and self.kind is Kind.LATE_FAILURE and name != PUBLISHING:
            raise Injected(name)
        return result

    async def _before(self, name: str) -> None:
        if self.kind is Kind.FAILURE:
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
