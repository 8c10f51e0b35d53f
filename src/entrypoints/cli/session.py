"""A command's time with the service: ports open, use cases wired, old leftovers swept."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from application.ports.progress import Progress
from application.ports.storage import Storage
from entrypoints import logs
from entrypoints.bootstrap import open_ports
from entrypoints.settings import Settings, from_environment
from entrypoints.use_cases import UseCases
from entrypoints.wire import wire


@dataclass(frozen=True, slots=True)
class Session:
    """What a command works with."""

    settings: Settings
    use_cases: UseCases
    storage: Storage


@asynccontextmanager
async def session(*listeners: Progress, only_looking: bool = False) -> AsyncGenerator[Session]:
    """Open everything for one command and close it again; progress goes to ``listeners``.

    Whoever is ``only_looking`` leaves everything as it is: nothing is swept, and a data folder
    that is not there yet is not made.
    """
    settings = from_environment()
    logs.configure(settings.log_level, quiet=True)
    with ExitStack() as stack:
        if only_looking and not settings.folder.exists():
            elsewhere = stack.enter_context(TemporaryDirectory())
            settings = msgspec.structs.replace(settings, data_dir=elsewhere)
        async with open_ports(settings, *listeners) as ports:
            use_cases = wire(ports, settings)
            if not only_looking:
                await use_cases.sweep()
            yield Session(settings, use_cases, ports.storage)


def run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a command's work; Ctrl-C cancels it, and it cleans up before the command ends."""
    asyncio.run(work())
