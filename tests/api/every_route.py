"""The routes of the application, each with an address, for tests that try all of them."""

import re
from dataclasses import dataclass
from uuid import UUID

from litestar import Litestar
from litestar.routes import HTTPRoute

SOME_ID = UUID("11111111-1111-4111-8111-111111111111")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE")
_FORM = "multipart/form-data"


@dataclass(frozen=True)
class Route:
    """A method of a path."""

    method: str
    path: str
    """As the OpenAPI document has it, with names in braces."""
    address: str
    """The path with a value for each name."""
    takes: str | None
    """Media type of its body."""
    uses_parts: bool
    """True if it asks a use case."""


def routes_of(app: Litestar) -> list[Route]:
    """Return every route over HTTP, but OPTIONS, which the framework answers."""
    return [
        Route(method, route.path_format, _address(route.path), _takes(app, route, method), uses)
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for method, (handler, _) in sorted(route.route_handler_map.items())
        if method != "OPTIONS"
        for uses in [bool(set(handler.parsed_fn_signature.parameters) - {"request"})]
    ]


def _address(path: str) -> str:
    return re.sub(r"\{\w+(:\w+)?\}", lambda m: str(SOME_ID) if m[1] == ":uuid" else "a", path)


def _takes(app: Litestar, route: HTTPRoute, method: str) -> str | None:
    paths = app.openapi_schema.to_schema()["paths"]
    operation = paths.get(route.path_format, {}).get(method.lower(), {})
    return next(iter(operation.get("requestBody", {}).get("content", {})), None)


def body_of(route: Route) -> tuple[dict[str, str], bytes]:
    """Return headers and bytes of a body that the route reads, though it may refuse it."""
    if route.takes is None:
        return {}, b""
    if route.takes == _FORM:
        return {"Content-Type": f"{_FORM}; boundary=between"}, b"--between--\r\n"
    return {"Content-Type": route.takes}, b"{}"
