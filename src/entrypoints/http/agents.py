"""The server for agents, if the settings let them in."""

from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from litestar import Litestar
from litestar.types import ASGIApp

from application.concurrency.timeouts import Timeouts
from application.operations.extras import require_extra
from entrypoints.settings import Settings


class Agents(Protocol):
    """A server whose tools are routes of the application."""

    @property
    def route(self) -> Any:  # noqa: ANN401 - Litestar's decorator returns a handler of any kind
        """The route of its endpoint."""
        ...

    def connect(self, app: Litestar, handler: ASGIApp, timeouts: Timeouts) -> None:
        """Take the application, and its handler without the access log."""
        ...

    def running(self) -> AbstractAsyncContextManager[None]:
        """Serve during the context."""
        ...


def agents_of(settings: Settings) -> Agents | None:
    """Return the server for agents, or None if they are not let in; raises `ExtraMissing`."""
    if not settings.lets_agents_in:
        return None
    require_extra("mcp", "BACHATA_MCP=on")
    # Only services for agents pay for this import, which takes more than a second.
    from entrypoints.mcp.server import AgentServer

    return AgentServer()
