"""An event loop that goes on between two pieces of work, as a server's does."""

import asyncio
from collections.abc import Coroutine, Generator
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Thread
from typing import Any, TypeVar

T = TypeVar("T")


class Running:
    """A loop in a thread of its own, whose worker threads stay while it lasts."""

    def __init__(self) -> None:
        self._loop: Future[asyncio.AbstractEventLoop] = Future()
        self._over = asyncio.Event()
        self._thread = Thread(target=lambda: asyncio.run(self._stay()), daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Carry work to its end in the loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop.result()).result()

    def close(self) -> None:
        """End the loop."""
        self._loop.result().call_soon_threadsafe(self._over.set)
        self._thread.join()

    async def _stay(self) -> None:
        self._loop.set_result(asyncio.get_running_loop())
        await self._over.wait()


@contextmanager
def running() -> Generator[Running]:
    """A loop for as long as it is needed."""
    loop = Running()
    try:
        yield loop
    finally:
        loop.close()
