"""The route of the figures for a monitoring system."""

from ipaddress import ip_address
from typing import Any, Final

from litestar import Response, get
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from application.operations.read_metrics import ReadMetrics
from domain.accounts.errors import Forbidden
from domain.accounts.users import Scope
from entrypoints.http.caching import NEVER
from entrypoints.http.callers import SCOPE
from entrypoints.http.dependencies import Wired
from entrypoints.http.problems import documented

MEDIA_TYPE: Final = "text/plain; version=0.0.4"
"""Prometheus' text format."""


async def local_without_accounts(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """Raise `Forbidden` for a caller from another machine, in a service without accounts."""
    if connection.app.state.use_cases.authenticate.is_on or _is_local(connection):
        return
    raise Forbidden(
        "Without accounts, the figures are only for this machine; ask from there, or set "
        "BACHATA_AUTH=on and use an API key of the scope `admin`."
    )


@get(
    "/metrics",
    operation_id="readMetrics",
    tags=["operations"],
    opt={SCOPE: Scope.ADMIN},
    guards=[local_without_accounts],
    media_type=MEDIA_TYPE,
    response_description="The figures in Prometheus' text format",
    responses=documented(500, 503),
)
async def metrics(read_metrics: Wired[ReadMetrics]) -> Response[bytes]:
    """Return the figures of this process and of the queue, for Prometheus and its like."""
    return Response(await read_metrics(), media_type=MEDIA_TYPE, headers={"Cache-Control": NEVER})


def _is_local(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Return True for a client on this machine; one without an address uses a local socket."""
    if connection.client is None:
        return True
    try:
        return ip_address(connection.client.host).is_loopback
    except ValueError:
        return False
