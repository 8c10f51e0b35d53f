"""Work that hangs: politely, until it is cancelled, or stubbornly, whatever is done to it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager


class Stubborn:
    """Waits that nothing ends, until the test lets go of them."""

    def __init__(self) -> None:
        self._over = asyncio.Event()
        self.begun = asyncio.Event()

    async def hang(self) -> None:
        """Wait though cancelled."""
        self.begun.set()
        while not self._over.is_set():
            try:
                await self._over.wait()
            except asyncio.CancelledError:
                continue

    def let_go(self) -> None:
        """End all waits."""
        self._over.set()


@asynccontextmanager
async def stubborn() -> AsyncGenerator[Stubborn]:
    """One that is let go at the end, with what came of its work heard."""
    waits = Stubborn()
    try:
        yield waits
    finally:
        waits.let_go()
        # Whatever was abandoned ends now, while its loop is there.
        for _ in range(20):
            await asyncio.sleep(0)
