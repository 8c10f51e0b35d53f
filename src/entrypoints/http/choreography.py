"""Making choreographies: the main job, in one blocking request."""

from typing import Any
from uuid import UUID, uuid4

from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from structlog.contextvars import bind_contextvars

from application.usecases.assemble import AssembleVideo, FinishedFilm
from application.usecases.generate import GenerateChoreography
from application.usecases.read_blueprint import ReadBlueprint
from domain.blueprint import Blueprint
from entrypoints.http.bodies import JsonRequest, UnreadBlueprint, UnreadRequest
from entrypoints.http.disconnect import while_connected
from entrypoints.http.problems import documented
from entrypoints.http.wiring import Wired


class ChoreographyController(Controller):
    """Choreographies."""

    path = "/api/choreography"
    tags = ("choreography",)

    @post(
        "/generate",
        operation_id="generateChoreography",
        status_code=200,
        response_description="The finished film",
        request_class=JsonRequest,
        responses=documented(400, 404, 413, 415, 500, 503, 504),
    )
    async def generate(
        self,
        request: Request[Any, Any, Any],
        data: JSONBody[UnreadRequest],
        generate: Wired[GenerateChoreography],
        caller: NamedDependency[str],
    ) -> FinishedFilm:
        """Plan a dance to a song and make its film; the answer is the finished film."""
        asked, task_id = data.request(), uuid4()
        bind_contextvars(task_id=str(task_id))
        return await while_connected(request, generate(asked, task_id, caller))

    @post(
        "/assemble",
        operation_id="assembleBlueprint",
        status_code=200,
        response_description="The finished film",
        request_class=JsonRequest,
        responses=documented(400, 404, 409, 413, 415, 500, 503, 504),
    )
    async def assemble(
        self,
        request: Request[Any, Any, Any],
        data: JSONBody[UnreadBlueprint],
        assemble: Wired[AssembleVideo],
        caller: NamedDependency[str],
    ) -> FinishedFilm:
        """Make the film of a Blueprint, your own or an edited one; the answer is the film."""
        blueprint = data.blueprint(caller)
        bind_contextvars(task_id=str(blueprint.task_id))
        return await while_connected(request, assemble(blueprint, caller))

    @get(
        "/{task_id:uuid}/blueprint",
        operation_id="getBlueprint",
        response_description="The Blueprint",
        responses=documented(400, 404, 500, 503),
    )
    async def blueprint(
        self,
        task_id: FromPath[UUID],
        read_blueprint: Wired[ReadBlueprint],
        caller: NamedDependency[str],
    ) -> Blueprint:
        """The Blueprint a film was made from."""
        return await read_blueprint(task_id, caller)
