"""The Litestar application."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    nullcontext,
)
from functools import partial
from typing import Final

from litestar import Litestar
from litestar.datastructures import State
from litestar.plugins import PluginProtocol
from litestar.plugins.core import MsgspecDIPlugin

from application.concurrency.timeouts import Timeouts, limited
from application.monitoring.no_metrics import NO_METRICS
from application.operations.tracing import UNTRACED, Tracing
from domain.library.limits import Pace
from entrypoints import maintenance
from entrypoints.bootstrap import open_server_ports
from entrypoints.http import openapi, problems
from entrypoints.http.access_log import access_log
from entrypoints.http.accounts import AccountController
from entrypoints.http.agents import agents_of
from entrypoints.http.answering import Requests
from entrypoints.http.assets import AssetController
from entrypoints.http.callers import authenticated
from entrypoints.http.choreography import ChoreographyController
from entrypoints.http.dependencies import with_dependencies
from entrypoints.http.health import HealthController
from entrypoints.http.library import LibraryController
from entrypoints.http.metrics import metrics
from entrypoints.http.moves import MoveController
from entrypoints.http.origin_guard import OriginGuard, guarded
from entrypoints.http.pacing import paced
from entrypoints.http.preview import PreviewController
from entrypoints.http.progress_socket import progress_socket
from entrypoints.http.request_bodies import DECODERS, LARGEST, UnreadSchema
from entrypoints.http.scripts import ScriptController
from entrypoints.http.songs import SongController
from entrypoints.http.storage import StorageController
from entrypoints.http.studio import StudioController
from entrypoints.http.tasks import TaskController
from entrypoints.http.videos import VideoController
from entrypoints.http.webhooks import WebhookController
from entrypoints.ports import Ports
from entrypoints.settings import Settings
from entrypoints.use_cases import UseCases
from entrypoints.wiring.wire import wire

_log = logging.getLogger("bachata.http")

_PACE: Final = Pace()
_ROUTES: Final = (
    ChoreographyController,
    PreviewController,
    SongController,
    MoveController,
    LibraryController,
    ScriptController,
    VideoController,
    AssetController,
    StorageController,
    TaskController,
    progress_socket,
    AccountController,
    WebhookController,
    HealthController,
    metrics,
    StudioController,
)


class _Application(Litestar):
    """An application without Litestar's plugins for Pydantic and attrs, which no route needs.

    The import of Pydantic, which other packages bring along, takes a tenth of a server's start.
    """

    @staticmethod
    def _get_default_plugins(plugins: list[PluginProtocol]) -> list[PluginProtocol]:
        return [*plugins, MsgspecDIPlugin()]


OpenPorts = Callable[[Settings], AbstractAsyncContextManager[Ports]]


def create_app(
    settings: Settings,
    ports: OpenPorts = open_server_ports,
    *,
    prewarm: bool = False,
    timeouts: Timeouts | None = None,
    pace: Pace = _PACE,
) -> Litestar:
    """Build the application; tests may pass other ``ports``.

    With ``prewarm`` it prepares the library for films and for searches while it serves. ``pace`` is
    the minimum speed of request bodies.
    """
    limits = timeouts or Timeouts()
    requests = Requests(limits, settings.assembly_timeout)
    agents = agents_of(settings)

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncGenerator[None]:
        async with AsyncExitStack() as stack:
            async with limited("the parts of the service to start", limits.start):
                opened = await stack.enter_async_context(ports(settings))
                use_cases = wire(opened, settings, limits)
                await opened.encoder.ready()
                await use_cases.recover_interrupted()
            app.state.use_cases = use_cases
            app.state.tracing = Tracing(opened.spans)
            app.state.metrics = opened.metrics
            beside = partial(maintenance.beside, closing=limits.closing)
            async with (
                maintenance.closing(use_cases),
                _working(opened, use_cases, settings, limits),
                agents.running() if agents else nullcontext(),
                maintenance.recovering(use_cases, limits),
                beside(opened.description_model.ready, "the description model is not ready"),
                maintenance.preparing(
                    use_cases, limits, index=prewarm, encode=prewarm and not settings.has_workers
                ),
            ):
                try:
                    yield
                finally:
                    await requests.stop()

    app = _Application(
        route_handlers=with_dependencies([*_ROUTES, *([agents.route] if agents else [])]),
        guards=[authenticated],
        lifespan=[lifespan],
        middleware=[requests.in_time],
        state=State(
            {
                "timeouts": limits,
                "stopping": asyncio.Event(),
                "tracing": UNTRACED,
                "metrics": NO_METRICS,
            }
        ),
        exception_handlers=problems.HANDLERS,  # pyright: ignore[reportArgumentType]
        type_decoders=DECODERS,
        plugins=[UnreadSchema()],
        request_max_body_size=LARGEST,
        openapi_config=openapi.config(),
        before_send=[openapi.tell_every_method],
        # The process has configured its logs; Litestar would configure them again.
        logging_config=None,
        # Not from the environment, because debug answers contain tracebacks.
        debug=False,
    )
    if agents:
        agents.connect(app, app.asgi_handler, limits)
    # Outermost, because middleware does not see requests without a route.
    guard = OriginGuard(settings.hosts)
    answering = guarded(paced(app.asgi_handler, pace), guard)
    app.asgi_handler = access_log(answering, lambda: app.state.tracing, lambda: app.state.metrics)
    return app


@asynccontextmanager
async def _working(
    ports: Ports, use_cases: UseCases, settings: Settings, limits: Timeouts
) -> AsyncGenerator[None]:
    """Run jobs and deliver webhooks, unless workers do."""
    if settings.has_workers:
        yield
        return
    lanes = settings.lanes_on(settings.cores)
    closing = min(limits.leaving, settings.stop_seconds)
    async with (
        maintenance.delivering(use_cases, limits),
        maintenance.working(ports.job_queue, use_cases, lanes, closing),
    ):
        yield
