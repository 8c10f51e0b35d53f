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
from entrypoints.http.progress_socket import progress_socket
from entrypoints.http.request_bodies import DECODERS, LARGEST, UnreadSchema
from entrypoints.http.songs import SongController
from entrypoints.http.tasks import TaskController
from entrypoints.http.videos import VideoController
from entrypoints.ports import Ports
from entrypoints.settings import Settings
from entrypoints.use_cases import UseCases
from entrypoints.wiring.wire import wire

_log = logging.getLogger("bachata.http")

_RECOVERY_PAUSE: Final = 60.0
"""Seconds between two recoveries of interrupted tasks."""
_JOBS_RECOVERED: Final = 5.0
"""Seconds between two recoveries of jobs."""
_STORAGE_RECOVERY_PAUSE: Final = 3600.0
"""Seconds between two recoveries of the storage."""
_PACE: Final = Pace()
_NOT_PREWARMED: Final = "the library was not encoded ahead"

Work = Callable[[], Awaitable[object]]

OpenPorts = Callable[[Settings], AbstractAsyncContextManager[Ports]]


def create_app(
    settings: Settings,
    ports: OpenPorts = open_ports,
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

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncGenerator[None]:
        async with AsyncExitStack() as stack:
            async with limited("the parts of the service to start", limits.start):
                opened = await stack.enter_async_context(ports(settings))
                use_cases = wire(opened, settings, limits)
                await opened.encoder.ready()
                await use_cases.recover_interrupted()
            app.state.use_cases = use_cases
            beside = partial(_beside, closing=limits.closing)
            interrupted = partial(_recover_interrupted, use_cases, limits)
            storage = partial(_recover_storage, use_cases, limits)
            async with (
                _closing(use_cases),
                _working(opened, use_cases, settings),
                beside(interrupted, "interrupted tasks are not recovered"),
                beside(partial(_recovered_jobs, use_cases, limits), "jobs are not recovered"),
                beside(storage, "the storage is not recovered"),
                beside(opened.description_model.ready, "the description model is not ready"),
                beside(
                    use_cases.find_moves.refresh if prewarm else None, "the moves are not indexed"
                ),
                beside(partial(_readied, use_cases) if prewarm else None, _NOT_PREWARMED),
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
            TaskController,
            progress_socket,
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
        # The process has configured its logs; Litestar would configure them again.
        logging_config=None,
        # Not from the environment, because debug answers contain tracebacks.
        debug=False,
    )
    # Outermost, because middleware does not see requests without a route.
    guard = OriginGuard(settings.hosts)
    app.asgi_handler = access_log(guarded(paced(app.asgi_handler, pace), guard))
    return app


@asynccontextmanager
async def _closing(use_cases: UseCases) -> AsyncGenerator[None]:
    """End background work."""
    try:
        yield
    finally:
        await use_cases.background.close()
        await use_cases.find_moves.close()


@asynccontextmanager
async def _working(ports: Ports, use_cases: UseCases, settings: Settings) -> AsyncGenerator[None]:
    """Run jobs; on exit, those that are unfinished are queued again."""
    running = settings.running_on(settings.cores)
    worker = asyncio.create_task(ports.job_queue.work(use_cases.run_job, running))
    try:
        yield
    finally:
        worker.cancel()
        await ended(worker, "the jobs of this process", settings.stop_seconds)


async def _recovered_jobs(use_cases: UseCases, limits: Timeouts) -> None:
    """Recover jobs regularly: any process that works on them may have died."""
    while True:
        try:
            await within(
                "a recovery of jobs", limits.background, use_cases.recover_jobs(), limits.leaving
            )
        except BachataError as error:
            _log.warning("jobs are not recovered", extra={"error": str(error)})
        except Exception:
            _log.exception("jobs are not recovered")
        await asyncio.sleep(_JOBS_RECOVERED)


async def _recover_interrupted(use_cases: UseCases, limits: Timeouts) -> None:
    """Recover interrupted tasks regularly: another machine may have died, or the
    database was away.
    """
    while True:
        await asyncio.sleep(_RECOVERY_PAUSE)
        try:
            await within(
                "recovering interrupted tasks",
                limits.background,
                use_cases.recover_interrupted(),
                limits.leaving,
            )
        except BachataError as error:
            _log.warning("interrupted tasks are not recovered", extra={"error": str(error)})
        except Exception:
            _log.exception("interrupted tasks are not recovered")


async def _recover_storage(use_cases: UseCases, limits: Timeouts) -> None:
    """Recover the storage one minute after the start, and then every hour."""
    await asyncio.sleep(_RECOVERY_PAUSE)
    while True:
        try:
            await within(
                "recovering the storage",
                limits.background,
                use_cases.recover_storage(),
                limits.leaving,
            )
        except BachataError as error:
            _log.warning("the storage is not recovered", extra={"error": str(error)})
        except Exception:
            _log.exception("the storage is not recovered")
        await asyncio.sleep(_STORAGE_RECOVERY_PAUSE)


async def _readied(use_cases: UseCases) -> None:
    """Make the library ready for films, then find out what is not yet known of its moves.

    The second is done though the first fails.
    """
    await _logged(lambda: use_cases.prewarm_library(_unheard, 1), _NOT_PREWARMED)
    await use_cases.backfill_audio_embeddings()


async def _unheard(name: str, done: int, of: int) -> None:
    """Ignore progress."""


@asynccontextmanager
async def _beside(work: Work | None, failed: str, closing: float) -> AsyncGenerator[None]:
    """Run some work in the background during the context; its failure is logged and ignored.

    On exit it has ``closing`` seconds to end.
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
