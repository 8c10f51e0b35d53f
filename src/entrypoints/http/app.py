"""The Litestar application."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from litestar import Litestar

from domain.errors import BachataError
from entrypoints.bootstrap import Ports, open_ports, wire
from entrypoints.http import description, problems
from entrypoints.http.access_log import access_log
from entrypoints.http.bodies import DECODERS, LARGEST, UnreadSchema
from entrypoints.http.choreography import ChoreographyController
from entrypoints.http.health import HealthController
from entrypoints.http.library import MoveController, SongController
from entrypoints.http.preview import PreviewController
from entrypoints.http.videos import VideoController
from entrypoints.http.wiring import dependencies
from entrypoints.settings import Settings

_log = logging.getLogger("bachata.http")

OpenPorts = Callable[[Settings], AbstractAsyncContextManager[Ports]]


def create_app(
    settings: Settings, ports: OpenPorts = open_ports, *, warm: bool = False
) -> Litestar:
    """Build the application; other ``ports`` may stand behind it.

    With ``warm`` it makes the library ready for films while it serves.
    """

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncGenerator[None]:
        async with ports(settings) as opened:
            use_cases = wire(opened, settings)
            await opened.encoder.ready()
            await use_cases.sweep()
            app.state.use_cases = use_cases
            async with beside(use_cases.warm(_unheard, 1) if warm else None):
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


async def _unheard(name: str, done: int, of: int) -> None:
    """Nobody listens."""


@asynccontextmanager
async def beside(work: Coroutine[Any, Any, object] | None) -> AsyncGenerator[None]:
    """Do some work for as long as this goes on; a failure of it is logged and harms nothing."""
    if work is None:
        yield
        return
    task = asyncio.create_task(_logged(work))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _logged(work: Coroutine[Any, Any, object]) -> None:
    try:
        await work
    except BachataError as error:
        _log.warning("the library was not made ready", extra={"error": str(error)})
    except Exception:
        _log.exception("the library was not made ready")
