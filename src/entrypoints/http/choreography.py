"""Routes that plan choreographies and make their films, in one blocking request."""

from typing import Any, Final
from uuid import UUID, uuid4

from litestar import Controller, HttpMethod, Request, Response, get, post, route
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from application.jobs.make_film import MakeFilm
from application.jobs.stream_film import StreamFilm
from application.planning.explain import ExplainBlueprint, Explanation
from application.planning.generate_from_text import (
    DescribedFilm,
    DescribedRequest,
    PlanFromText,
    UnderstandDescription,
    Understanding,
)
from application.planning.plan import PlanChoreography
from application.planning.read_counts import ReadCounts
from application.planning.replan import Replan
from application.planning.replan_request import ReplanRequest
from application.rendering.finished_film import FinishedFilm
from application.rendering.read_blueprint import ReadBlueprint
from domain.blueprint.model import Blueprint
from entrypoints.http.caching import CHANGES
from entrypoints.http.dependencies import Wired
from entrypoints.http.disconnect import while_connected
from entrypoints.http.file_responses import not_modified, sending, whole
from entrypoints.http.film_bodies import (
    UnreadBlueprint,
    UnreadFilmDescription,
    UnreadFilmRequest,
)
from entrypoints.http.problems import documented
from entrypoints.http.request_bodies import (
    JsonRequest,
    UnreadDescription,
    UnreadPlan,
)
from entrypoints.http.ways_to_wait import (
    ACCEPTED,
    KeyHeader,
    PreferHeader,
    Waiting,
    film_response,
)

_VTT: Final = "text/vtt"


class ChoreographyController(Controller):
    """Routes below `/api/choreography`."""

    path = "/api/choreography"
    tags = ("choreography",)

    @post(
        "/generate",
        operation_id="generateChoreography",
        status_code=200,
        response_description="The finished film",
        request_class=JsonRequest,
        responses={
            **documented(400, 404, 408, 409, 413, 415, 422, 429, 500, 503, 504, 507),
            202: ACCEPTED,
        },
    )
    async def generate(
        self,
        request: Request[Any, Any, Any],
        data: JSONBody[UnreadFilmRequest],
        make_film: Wired[MakeFilm],
        stream_film: Wired[StreamFilm],
        caller: NamedDependency[str],
        idempotency_key: KeyHeader = None,
        prefer: PreferHeader = None,
    ) -> Response[FinishedFilm]:
        """Plan a dance to a song and make its film; returns the finished film."""
        asked, options = await data.request()
        waiting = Waiting(key=idempotency_key, prefer=prefer)
        return await film_response(
            request,
            make_film,
            stream_film,
            asked,
            uuid4(),
            caller,
            waiting,
            data.body,
            FinishedFilm,
            options,
        )

    @post(
        "/generate-with-ai",
        operation_id="generateFromWords",
        status_code=200,
        response_description="The finished film, and the interpretation of the description",
        request_class=JsonRequest,
        responses={
            **documented(400, 404, 408, 409, 413, 415, 422, 429, 500, 503, 504, 507),
            202: ACCEPTED,
        },
    )
    async def generate_with_ai(
        self,
        request: Request[Any, Any, Any],
        data: JSONBody[UnreadFilmDescription],
        make_film: Wired[MakeFilm],
        stream_film: Wired[StreamFilm],
        caller: NamedDependency[str],
        idempotency_key: KeyHeader = None,
        prefer: PreferHeader = None,
    ) -> Response[DescribedFilm]:
        """Interpret a description, plan the dance and make its film."""
        described, options = await data.description()
        waiting = Waiting(key=idempotency_key, prefer=prefer)
        return await film_response(
            request,
            make_film,
            stream_film,
            described,
            uuid4(),
            caller,
            waiting,
            data.body,
            DescribedFilm,
            options,
        )

    @post(
        "/parse-query",
        operation_id="parseQuery",
        status_code=200,
        response_description="The interpretation of the description",
        request_class=JsonRequest,
        responses=documented(400, 404, 408, 413, 415, 500, 503),
    )
    async def parse_query(
        self,
        request: Request[Any, Any, Any],
        data: JSONBody[UnreadDescription],
        understand_description: Wired[UnderstandDescription],
    ) -> Understanding:
        """Interpret a description without planning a dance."""
        return await while_connected(request, understand_description(await data.description()))

    @post(
        "/plan",
        operation_id="planChoreography",
        status_code=200,
        response_description="The Blueprint",
        request_class=JsonRequest,
        responses=documented(400, 404, 408, 413, 415, 500, 503, 507),
    )
    async def plan(
        self,
        request: Request[Any, Any, Any],
        data: JSONBody[UnreadPlan],
        plan: Wired[PlanChoreography],
        plan_from_text: Wired[PlanFromText],
        replan: Wired[Replan],
        caller: NamedDependency[str],
    ) -> Blueprint:
        """Plan a dance to a song, from a description, or a part of a Blueprint again; returns the
        Blueprint, without a film.
        """
        task_id = uuid4()
        match await data.asked(caller):
            case ReplanRequest() as asked:
                planning = replan(asked, task_id, caller)
            case DescribedRequest() as asked:
                planning = plan_from_text(asked, task_id, caller)
            case asked:
                planning = plan(asked, task_id, caller)
        return (await while_connected(request, planning)).blueprint

    @post(
        "/assemble",
        operation_id="assembleBlueprint",
        status_code=200,
        response_description="The finished film",
        request_class=JsonRequest,
        responses={
            **documented(400, 404, 408, 409, 413, 415, 422, 429, 500, 503, 504, 507),
            202: ACCEPTED,
        },
    )
    async def assemble(
        self,
        request: Request[Any, Any, Any],
        data: JSONBody[UnreadBlueprint],
        make_film: Wired[MakeFilm],
        stream_film: Wired[StreamFilm],
        caller: NamedDependency[str],
        idempotency_key: KeyHeader = None,
        prefer: PreferHeader = None,
    ) -> Response[FinishedFilm]:
        """Make the film of a Blueprint; returns the finished film."""
        blueprint, options = await data.blueprint(caller)
        waiting = Waiting(key=idempotency_key, prefer=prefer)
        task_id = blueprint.task_id
        return await film_response(
            request,
            make_film,
            stream_film,
            blueprint,
            task_id,
            caller,
            waiting,
            data.body,
            FinishedFilm,
            options,
        )

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
        """Return the Blueprint of a film."""
        return await read_blueprint(task_id, caller)

    @get(
        "/{task_id:uuid}/explanation",
        operation_id="explainFilm",
        response_description="The explanation",
        responses=documented(400, 404, 500, 503),
    )
    async def explanation(
        self,
        task_id: FromPath[UUID],
        read_blueprint: Wired[ReadBlueprint],
        explain_blueprint: Wired[ExplainBlueprint],
        caller: NamedDependency[str],
    ) -> Explanation:
        """Explain why each move of a film was chosen, what else fits, and how good the dance is."""
        return await explain_blueprint(await read_blueprint(task_id, caller))

    @route(
        "/{task_id:uuid}/counts.vtt",
        http_method=[HttpMethod.GET, HttpMethod.HEAD],
        operation_id=lambda _, method, __: f"{method.lower()}Counts",
        operation_class=sending(_VTT),
        media_type=_VTT,
        response_description="The counts",
        responses={304: not_modified("file"), **documented(400, 404, 412, 500, 503)},
    )
    async def counts(
        self,
        request: Request[Any, Any, Any],
        task_id: FromPath[UUID],
        read_blueprint: Wired[ReadBlueprint],
        read_counts: Wired[ReadCounts],
        caller: NamedDependency[str],
    ) -> Response[bytes]:
        """Return the counts 1 to 8 and the moves of a film as WebVTT, with their times."""
        text = await read_counts(await read_blueprint(task_id, caller))
        return whole(request, text.encode(), f"{_VTT}; charset=utf-8", CHANGES)
