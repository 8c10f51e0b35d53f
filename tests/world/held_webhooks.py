"""`bachata-buddy serve`, which stands still before it delivers a webhook.

    python -m tests.world.held_webhooks FILE --port PORT

FILE exists once the first delivery is due; it is never begun.
"""

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from entrypoints.bootstrap import open_ports
from entrypoints.ports import Ports
from entrypoints.settings import Settings
from tests.world.held_server import serve_with


class HeldDeliveries:
    """Deliveries that nobody begins, once there is one."""

    def __init__(self, deliveries: object, webhooks: object, held: Path) -> None:
        self._deliveries: Any = deliveries
        self._webhooks: Any = webhooks
        self._held = held

    def __getattr__(self, name: str) -> Any:
        return getattr(self._deliveries, name)

    async def claim(self, lease: timedelta) -> None:
        """Note that one is due, and never return."""
        for webhook in await self._webhooks.of_owner("local"):
            page = await self._deliveries.page(webhook.id, "local", None, 1)
            if page.items:
                self._held.touch()
                await asyncio.Event().wait()


@asynccontextmanager
async def ports(settings: Settings, *, held: Path) -> AsyncGenerator[Ports]:
    """The real ports, which deliver nothing."""
    async with open_ports(settings) as opened:
        deliveries: Any = HeldDeliveries(opened.deliveries, opened.webhooks, held)
        yield replace(opened, deliveries=deliveries)


if __name__ == "__main__":
    serve_with(partial(ports, held=Path(sys.argv[1])), *sys.argv[2:])
