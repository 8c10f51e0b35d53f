"""The Litestar application."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import fields
from operator import attrgetter
from typing import Any

from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig

from application.usecases.plan import ChoreographyRequest
from domain import paths
from domain.blueprint import Blueprint, BlueprintMove, OutputConfig
from domain.choreography import LockedMove
from entrypoints.bootstrap import Ports, UseCases, open_ports, wire
from entrypoints.http import problems
from entrypoints.http.access_log import access_log
from entrypoints.http.bodies import DECODERS, UnreadSchema
from entrypoints.http.choreography import ChoreographyController
from entrypoints.http.health import HealthController
from entrypoints.http.library import MoveController, SongController
from entrypoints.http.videos import VideoController
from entrypoints.settings import Settings

OpenPorts = Callable[[Settings], AbstractAsyncContextManager[Ports]]

CLOSED = (Blueprint, BlueprintMove, OutputConfig, ChoreographyRequest, LockedMove)
"""Objects in which an unknown field is an error."""

_LARGEST_BODY = 8_000_000
"""Bytes; a Blueprint of 2000 moves with their reasons is about 2 MB."""


def create_app(settings: Settings, ports: OpenPorts = open_ports) -> Litestar:
    """Build the application; other ``ports`` may stand behind it."""

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncGenerator[None]:
        async with ports(settings) as opened:
            use_cases = wire(opened, settings)
            await opened.encoder.ready()
            await use_cases.sweep()
            app.state.use_cases = use_cases
            yield

    app = Litestar(
        route_handlers=[
            ChoreographyController,
            SongController,
            MoveController,
            VideoController,
            HealthController,
        ],
        lifespan=[lifespan],
        dependencies={
            **{field.name: _provide(field.name) for field in fields(UseCases)},
            "caller": Provide(_local_user, sync_to_thread=False),
        },
        exception_handlers=problems.HANDLERS,  # pyright: ignore[reportArgumentType]
        type_decoders=DECODERS,
        plugins=[UnreadSchema()],
        middleware=[access_log],
        request_max_body_size=_LARGEST_BODY,
        openapi_config=OpenAPIConfig(
            title="Bachata Buddy",
            version="0.1.0",
            description="Choreography videos from songs and filmed dance moves.",
        ),
    )
    _close(app)
    return app


def _provide(name: str) -> Provide:
    get = attrgetter(name)

    def use_case(state: State) -> Any:  # noqa: ANN401 - whichever use case was asked for
        return get(state.use_cases)

    return Provide(use_case, sync_to_thread=False)


def _local_user() -> str:
    return paths.LOCAL_USER


def _close(app: Litestar) -> None:
    """Document that closed objects take no other fields, which the generator leaves out."""
    names = {kind.__name__ for kind in CLOSED}
    for name, schema in app.openapi_schema.components.schemas.items():
        if name.rsplit("_", 1)[-1] in names:
            schema.additional_properties = False
