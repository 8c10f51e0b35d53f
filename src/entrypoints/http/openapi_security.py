"""The operations of the OpenAPI document that need a caller, and the ways to name one."""

from collections.abc import Mapping
from typing import Any, Final

from litestar import Litestar
from litestar.routes import HTTPRoute

from entrypoints.http.callers import is_public

SCHEMES: Final = {
    "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
}
"""Ways to name the caller of a request; each is enough."""


def with_public(
    app: Litestar, paths: Mapping[str, Mapping[str, dict[str, Any]]]
) -> dict[str, dict[str, dict[str, Any]]]:
    """Return the operations by path and method, those without a caller marked as public."""
    public = {
        (route.path_format, method.lower())
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for method, (handler, _) in route.route_handler_map.items()
        if is_public(handler, route.path_format)
    }
    return {
        path: {
            method: {**operation, "security": []} if (path, method) in public else operation
            for method, operation in item.items()
        }
        for path, item in paths.items()
    }
