"""`bachata-buddy serve`: serve the REST API."""

import logging
import os
import signal
import sys
import threading
import webbrowser
from functools import partial
from types import FrameType
from typing import Final

import click
from rich_click import RichCommand

from entrypoints import exit_deadline, logs
from entrypoints.bootstrap import open_ports
from entrypoints.cli.exit_codes import NOT_STARTED
from entrypoints.environment import from_environment, with_address
from entrypoints.exit_deadline import ExitDeadline
from entrypoints.settings import Settings

_CANCELLING: Final = 5.0
"""Seconds before the deadline of a stop at which running requests are cancelled."""
_LONGEST_MESSAGE: Final = 4096
"""Maximum bytes of a WebSocket's message; those of clients mean nothing."""


@click.command(cls=RichCommand)
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=int, help="Port to listen on.  [default: 8000]")
@click.option("--open", "opens", is_flag=True, help="Open the studio in the browser.")
def serve(host: str | None, port: int | None, opens: bool) -> None:
    """Serve the studio and the REST API until stopped; the OpenAPI document is at /schema."""
    settings = with_address(from_environment(), host, port)
    # Import the server on demand: other commands start a second sooner.
    import uvicorn

    from entrypoints.http.app import create_app
    from entrypoints.http.protocol import ServiceProtocol
    from entrypoints.http.server import Server

    logs.configure(settings.log_level)
    exit_deadline.run(_try_the_parts(settings))
    app = create_app(settings, prewarm=settings.warm == "on")
    server = Server(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            http=ServiceProtocol,
            log_config=None,
            access_log=False,
            # The other implementation is deprecated by its package.
            ws="websockets-sansio",
            ws_max_size=_LONGEST_MESSAGE,
            timeout_graceful_shutdown=max(1, int(settings.stop_seconds - _CANCELLING)),
        ),
        app.state.stopping,
        partial(_open_browser, studio_address(settings.host, settings.port)) if opens else None,
    )
    # uvicorn raises the signal again after it has stopped, which by default ends the process as if
    # it had failed.
    signal.signal(signal.SIGTERM, _exit_obeyed)
    with ExitDeadline(settings.stop_seconds) as deadline:
        exit_deadline.run(server.serve(), deadline)
    if not server.started:
        sys.exit(NOT_STARTED)


def studio_address(host: str, port: int) -> str:
    """Return the address at which a browser on this machine finds the studio."""
    here = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host)  # noqa: S104 - compared, not bound
    return f"http://{here or (f'[{host}]' if ':' in host else host)}:{port}/"


def _open_browser(address: str) -> None:
    """Open a page without waiting; the browser may be a program that ends only when it is left."""
    opening = partial(webbrowser.open, address)
    threading.Thread(target=opening, name="browser", daemon=True).start()


def _exit_obeyed(number: int, frame: FrameType | None) -> None:
    """Exit with 0, whatever threads are still at work, because the server has stopped."""
    logging.shutdown()
    os._exit(0)


async def _try_the_parts(settings: Settings) -> None:
    """Raise errors that prevent a start, so that the command can report them in one sentence."""
    async with open_ports(settings) as ports:
        await ports.encoder.ready()
