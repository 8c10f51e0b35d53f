"""The Litestar application."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Final

from litestar import Litestar
from litestar.datastructures import State

from application.concurrency.timeouts import Timeouts, ended, limited, within
from domain.library.limits import Pace
from domain.shared.errors import BachataError
from entrypoints.bootstrap import open_ports
from entrypoints.http import openapi, problems
from entrypoints.http.access_log import access_log
from entrypoints.http.answering import Requests
from entrypoints.http.choreography import ChoreographyController
from entrypoints.http.dependencies import dependencies
from entrypoints.http.health import HealthController
from entrypoints.http.moves import MoveController
from entrypoints.http.origin_guard import OriginGuard, guarded
from entrypoints.http.pacing import paced
from entrypoints.http.preview import PreviewController
from entrypoints.http.request_bodies import DECODERS, LARGEST, UnreadSchema
from entrypoints.http.songs import SongController
from entrypoints.http.videos import VideoController
from entrypoints.ports import Ports
from entrypoints.settings import Settings
from entrypoints.use_cases import UseCases
from entrypoints.wire import wire

_log = logging.getLogger("bachata.http")

_SWEPT: Final = 60.0
"""Seconds from one sweep to the next."""
_RECOVERED: Final = 3600.0
"""Seconds from one recovery of the storage to the next."""
_PACE: Final = Pace()
_NOT_WARM: Final = "the library was not made ready"

Work = Callable[[], Awaitable[object]]

OpenPorts = Callable[[Settings], AbstractAsyncContextManager[Ports]]


def create_app(
    settings: Settings,
    ports: OpenPorts = open_ports,
    *,
    warm: bool = False,
    timeouts: Timeouts | None = None,
    pace: Pace = _PACE,
) -> Litestar:
    """Build the application; other ``ports`` may stand behind it.

    With ``warm`` it makes the library ready for films and for searches while it serves. ``pace``
    is how fast bodies have to come.
    """
    limits = timeouts or Timeouts()
    requests = Requests(limits, settings.assembly_timeout)

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncGenerator[None]:
        async with AsyncExitStack() as stack:
            async with limited("the parts of the service to open", limits.start):
                opened = await stack.enter_async_context(ports(settings))
                use_cases = wire(opened, settings, limits)
                await opened.encoder.ready()
                await use_cases.sweep()
            app.state.use_cases = use_cases
            beside = partial(_beside, closing=limits.closing)
            sweeping = partial(_swept, use_cases, limits)
            recovering = partial(_recovered, use_cases, limits)
            async with (
                _closing(use_cases),
                beside(sweeping, "leftovers are not swept"),
                beside(recovering, "the storage is not recovered"),
                beside(opened.description_model.ready, "the description model is not ready"),
                beside(use_cases.find_moves.refresh if warm else None, "the moves are not indexed"),
                beside(partial(_readied, use_cases) if warm else None, _NOT_WARM),
            ):
                try:
                    yield
                finally:
                    await requests.stop()

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
        middleware=[requests.in_time],
        state=State({"timeouts": limits}),
        exception_handlers=problems.HANDLERS,  # pyright: ignore[reportArgumentType]
        type_decoders=DECODERS,
        plugins=[UnreadSchema()],
        request_max_body_size=LARGEST,
        openapi_config=openapi.config(),
        before_send=[openapi.tell_every_method],
        # Whoever starts the process has set up its logs; Litestar would set them up anew.
        logging_config=None,
        # Not from the environment: its answers to errors show traces.
        debug=False,
    )
    # Around everything, where middleware would miss the requests that have no route.
    guard = OriginGuard(settings.hosts)
    app.asgi_handler = access_log(guarded(paced(app.asgi_handler, pace), guard))
    return app


@asynccontextmanager
async def _closing(use_cases: UseCases) -> AsyncGenerator[None]:
    """End what goes on behind the requests."""
    try:
        yield
    finally:
        await use_cases.later.close()
        await use_cases.find_moves.close()


async def _swept(use_cases: UseCases, limits: Timeouts) -> None:
    """Sweep now and then: another machine may be gone, or the database was away for a while."""
    while True:
        await asyncio.sleep(_SWEPT)
        try:
            await within("a sweep", limits.background, use_cases.sweep(), limits.leaving)
        except BachataError as error:
            _log.warning("leftovers are not swept", extra={"error": str(error)})


async def _recovered(use_cases: UseCases, limits: Timeouts) -> None:
    """Recover the storage soon after the start, when whoever waits is served, and every hour."""
    await asyncio.sleep(_SWEPT)
    while True:
        try:
            await within("a recovery", limits.background, use_cases.recover(), limits.leaving)
        except BachataError as error:
            _log.warning("the storage is not recovered", extra={"error": str(error)})
        await asyncio.sleep(_RECOVERED)


async def _readied(use_cases: UseCases) -> None:
    """Make the library ready for films, then find out what is not yet known of its moves."""
    await use_cases.warm(_unheard, 1)
    await use_cases.complete_moves()


async def _unheard(name: str, done: int, of: int) -> None:
    """Nobody listens."""


@asynccontextmanager
async def _beside(work: Work | None, failed: str, closing: float) -> AsyncGenerator[None]:
    """Do some work for as long as this goes on; that it ``failed`` is logged and harms nothing.

    At the end it has ``closing`` seconds to end, too.
    """
    if work is None:
        yield
        return
    task = asyncio.create_task(_logged(work, failed))
    try:
        yield
    finally:
        task.cancel()
        await ended(task, failed, closing)


async def _logged(work: Work, failed: str) -> None:
    try:
        await work()
    except BachataError as error:
        _log.warning(failed, extra={"error": str(error)})
    except Exception:
        _log.exception(failed)
