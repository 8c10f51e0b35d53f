"""Whether the service is alive, and whether it can work."""

import msgspec
from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec

from application.usecases.check_health import CheckHealth, Health


class Alive(msgspec.Struct, frozen=True):
    """The service answers."""

    alive: bool = True


class HealthController(Controller):
    """Health."""

    path = "/health"
    tags = ("operations",)

    @get("/live", operation_id="live")
    async def live(self) -> Alive:
        """The service is running."""
        return Alive()

    @get(
        "/ready",
        operation_id="ready",
        responses={503: ResponseSpec(Health, description="Some part is not ready")},
    )
    async def ready(self, check_health: NamedDependency[CheckHealth]) -> Response[Health]:
        """Whether every part of the service can work, and what each one says."""
        health = await check_health()
        return Response(health, status_code=200 if health.ready else 503)
