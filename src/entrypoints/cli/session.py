"""A command's time with the service: ports open, use cases wired, old leftovers swept."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from application.ports.progress import Progress
from application.ports.storage import Storage
from entrypoints import logs
from entrypoints.bootstrap import UseCases, open_ports, wire
from entrypoints.settings import Settings, from_environment


@dataclass(frozen=True, slots=True)
class Session:
    """What a command works with."""

    settings: Settings
    use_cases: UseCases
    storage: Storage


@asynccontextmanager
async def session(*listeners: Progress) -> AsyncGenerator[Session]:
    """Open everything for one command and close it again; progress goes to ``listeners``."""
    settings = from_environment()
    logs.configure(settings.log_level, quiet=True)
    async with open_ports(settings, *listeners) as ports:
        use_cases = wire(ports, settings)
        await use_cases.sweep()
        yield Session(settings, use_cases, ports.storage)


def run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a command's work; Ctrl-C cancels it, and it cleans up before the command ends."""
    asyncio.run(work())
