"""Making choreographies: the main job, in one blocking request."""

from typing import Any
from uuid import UUID, uuid4

from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from application.usecases.assemble import AssembleVideo, FinishedFilm
from application.usecases.generate import GenerateChoreography
from application.usecases.read_blueprint import ReadBlueprint
from domain.blueprint import Blueprint
from entrypoints.http.bodies import UnreadBlueprint, UnreadRequest
from entrypoints.http.disconnect import while_connected
from entrypoints.http.problems import documented


class ChoreographyController(Controller):
    """Choreographies."""

    path = "/api/choreography"
    tags = ("choreography",)

    @post(
        "/generate",
        operation_id="generateChoreography",
        status_code=200,
        responses=documented(400, 404, 500, 503, 504),
    )
    async def generate(
        self,
        request: Request[Any, Any, Any],
        data: JSONBody[UnreadRequest],
        generate: NamedDependency[GenerateChoreography],
        caller: NamedDependency[str],
    ) -> FinishedFilm:
        """Plan a dance to a song and make its film; the answer is the finished film."""
        work = generate(data.request(), uuid4(), caller)
        return await while_connected(request, work)

    @post(
        "/assemble",
        operation_id="assembleBlueprint",
        status_code=200,
        responses=documented(400, 404, 409, 500, 503, 504),
    )
    async def assemble(
        self,
        request: Request[Any, Any, Any],
        data: JSONBody[UnreadBlueprint],
        assemble: NamedDependency[AssembleVideo],
        caller: NamedDependency[str],
    ) -> FinishedFilm:
        """Make the film of a Blueprint, your own or an edited one; the answer is the film."""
        work = assemble(data.blueprint(caller), caller)
        return await while_connected(request, work)

    @get(
        "/{task_id:uuid}/blueprint",
        operation_id="getBlueprint",
        responses=documented(404),
    )
    async def blueprint(
        self,
        task_id: FromPath[UUID],
        read_blueprint: NamedDependency[ReadBlueprint],
        caller: NamedDependency[str],
    ) -> Blueprint:
        """The Blueprint a film was made from."""
        return await read_blueprint(task_id, caller)
