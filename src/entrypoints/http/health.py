"""Routes for liveness and readiness."""

import msgspec
from litestar import Controller, Response, get
from litestar.openapi.datastructures import ResponseSpec

from application.operations.check_health import CheckHealth, Health
from entrypoints.http.callers import PUBLIC
from entrypoints.http.dependencies import Wired
from entrypoints.http.problems import documented


class Alive(msgspec.Struct, frozen=True):
    """The response of a running service."""

    alive: bool = True


class HealthController(Controller):
    """Routes below `/health`."""

    path = "/health"
    tags = ("operations",)
    opt = {PUBLIC: True}  # noqa: RUF012 - Litestar reads it once

    @get(
        "/live",
        operation_id="live",
        response_description="The service is running",
        responses=documented(500, public=True),
    )
    async def live(self) -> Alive:
        """Return 200 while the service is running."""
        return Alive()

    @get(
        "/ready",
        operation_id="ready",
        response_description="Every part is ready",
        responses={
            503: ResponseSpec(Health, description="At least one part is not ready"),
            **documented(500, public=True),
        },
    )
    async def ready(self, check_health: Wired[CheckHealth]) -> Response[Health]:
        """Check every part of the service, and return the state of each."""
        health = await check_health()
        return Response(health, status_code=200 if health.ready else 503)
