"""The Litestar application."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Final

from litestar import Litestar

from domain.errors import BachataError
from entrypoints.bootstrap import open_ports
from entrypoints.http import description, problems
from entrypoints.http.access_log import access_log
from entrypoints.http.bodies import DECODERS, LARGEST, UnreadSchema
from entrypoints.http.choreography import ChoreographyController
from entrypoints.http.health import HealthController
from entrypoints.http.moves import MoveController
from entrypoints.http.preview import PreviewController
from entrypoints.http.songs import SongController
from entrypoints.http.videos import VideoController
from entrypoints.http.wiring import dependencies
from entrypoints.ports import Ports
from entrypoints.settings import Settings
from entrypoints.use_cases import UseCases
from entrypoints.wire import wire

_log = logging.getLogger("bachata.http")

_SWEPT: Final = 60.0
"""Seconds from one sweep to the next."""
_NOT_WARM: Final = "the library was not made ready"

Work = Callable[[], Awaitable[object]]

OpenPorts = Callable[[Settings], AbstractAsyncContextManager[Ports]]


def create_app(
    settings: Settings, ports: OpenPorts = open_ports, *, warm: bool = False
) -> Litestar:
    """Build the application; other ``ports`` may stand behind it.

    With ``warm`` it makes the library ready for films and for searches while it serves.
    """

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncGenerator[None]:
        async with ports(settings) as opened:
            use_cases = wire(opened, settings)
            await opened.encoder.ready()
            await use_cases.sweep()
            app.state.use_cases = use_cases
            async with (
                _closing(use_cases),
                beside(partial(_swept, use_cases), "leftovers are not swept"),
                beside(opened.choreographer.ready, "the choreographer is not ready"),
                beside(use_cases.find_moves.warm if warm else None, "the moves are not indexed"),
                beside(partial(_readied, use_cases) if warm else None, _NOT_WARM),
            ):
                yield

    app = Litestar(
        route_handlers=[
            ChoreographyController,
            PreviewController,
            SongController,
            MoveController,
            VideoController,
            HealthController,
        ],
        lifespan=[lifespan],
        dependencies=dependencies(),
        exception_handlers=problems.HANDLERS,  # pyright: ignore[reportArgumentType]
        type_decoders=DECODERS,
        plugins=[UnreadSchema()],
        request_max_body_size=LARGEST,
        openapi_config=description.config(),
        # Whoever starts the process has set up its logs; Litestar would set them up anew.
        logging_config=None,
        # Not from the environment: its answers to errors show traces.
        debug=False,
    )
    description.describe_exactly(app)
    # Around everything, where middleware would miss the requests that have no route.
    app.asgi_handler = access_log(app.asgi_handler)
    return app


@asynccontextmanager
async def _closing(use_cases: UseCases) -> AsyncGenerator[None]:
    """End what goes on behind the requests."""
    try:
        yield
    finally:
        await use_cases.later.close()
        await use_cases.find_moves.close()


async def _swept(use_cases: UseCases) -> None:
    """Sweep now and then: another machine may be gone, or the database was away for a while."""
    while True:
        await asyncio.sleep(_SWEPT)
        try:
            await use_cases.sweep()
        except BachataError as error:
            _log.warning("leftovers are not swept", extra={"error": str(error)})


async def _readied(use_cases: UseCases) -> None:
    """Make the library ready for films, then find out what is not yet known of its moves."""
    await use_cases.warm(_unheard, 1)
    await use_cases.complete_moves()


async def _unheard(name: str, done: int, of: int) -> None:
    """Nobody listens."""


@asynccontextmanager
async def beside(work: Work | None, failed: str) -> AsyncGenerator[None]:
    """Do some work for as long as this goes on; that it ``failed`` is logged and harms nothing."""
    if work is None:
        yield
        return
    task = asyncio.create_task(_logged(work, failed))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _logged(work: Work, failed: str) -> None:
    try:
        await work()
    except BachataError as error:
        _log.warning(failed, extra={"error": str(error)})
    except Exception:
        _log.exception(failed)
