"""`bachata-buddy serve`: the REST API."""

import asyncio

import click
from rich_click import RichCommand

from entrypoints import logs
from entrypoints.bootstrap import open_ports
from entrypoints.settings import Settings, from_environment, with_address

_GRACE = 30
"""Seconds that running requests have to end when the server is told to stop."""


@click.command(cls=RichCommand)
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=int, help="Port to listen on.  [default: 8000]")
def serve(host: str | None, port: int | None) -> None:
    """Serve the REST API until stopped; its description is at /schema."""
    settings = with_address(from_environment(), host, port)
    # The server is loaded when it is wanted: the other commands start a second sooner.
    import uvicorn

    from entrypoints.http.app import create_app

    logs.configure(settings.log_level)
    asyncio.run(_try_the_parts(settings))
    uvicorn.run(
        create_app(settings, warm=settings.warm == "on"),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=_GRACE,
    )


async def _try_the_parts(settings: Settings) -> None:
    """Raise what would keep the server from starting, while it can be said in a sentence."""
    async with open_ports(settings) as ports:
        await ports.encoder.ready()
