"""The server of the Model Context Protocol, on the official SDK."""

import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any, Final, cast

import msgspec
import structlog
from litestar import Litestar, Request, Response, post
from litestar.response.base import ASGIResponse
from litestar.types import ASGIApp, Receive, Scope, Send
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel.server import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp_types import (
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    ToolAnnotations,
)
from mcp_types import Tool as ToolDescription

from application.concurrency.timeouts import Timeouts
from domain.accounts.users import Scope as Permission
from domain.jobs.errors import InternalError
from domain.shared.errors import BachataError, InvalidRequest, NotReady
from domain.shared.texts import printable, shortened
from domain.shared.violations import Violation
from entrypoints.http import openapi, problems
from entrypoints.http.callers import SCOPE
from entrypoints.http.request_bodies import LARGEST, JsonRequest
from entrypoints.mcp.calls import Answer, Routes, Told
from entrypoints.mcp.tools import Tool, tools_of

PATH: Final = "/mcp"
INSTRUCTIONS: Final = """\
Bachata Buddy makes choreography videos: a song and a library of filmed dance moves in, a film cut \
on the count out. `generate_choreography` makes a film to a song of `list_songs`, \
`generate_from_words` one from a description. Both wait for the film, which takes from a second \
to some minutes. To get an answer at once, pass `prefer` = `respond-async`, and then call \
`watch_task` with the `task_id`. Pass an `idempotency_key` of your own with each film, so that a \
repeated call makes no second one. URLs in results belong to the address of this server, and need \
the same credentials. An error has a `code` and a sentence, `detail`."""

_SHORTENED: Final = 100
"""Maximum characters of the name of an unknown tool in a message."""

Context = ServerRequestContext[Any, Any]
log = structlog.stdlib.get_logger("bachata.mcp")


class AgentServer:
    """Serves routes of an application as tools, in one stateless endpoint.

    Any process can answer any request, because there are no sessions. All versions of the protocol
    with Streamable HTTP are supported, as far as the SDK supports them.
    """

    def __init__(self) -> None:
        self._tools: dict[str, Tool] = {}
        self._routes: Routes | None = None
        self._server: Server[Any] = Server(
            "bachata-buddy",
            title="Bachata Buddy",
            version=version("bachata-buddy"),
            instructions=INSTRUCTIONS,
            on_list_tools=self._list,
            on_call_tool=self._call,
            get_tool_input_schema=self._schema,
        )
        # Its middleware would put the texts of errors into traces.
        self._server.middleware.clear()
        self._sessions = self._opened_sessions()

    def connect(self, app: Litestar, handler: ASGIApp, timeouts: Timeouts) -> None:
        """Take the application, and its handler without the access log, which has the routes."""
        self._routes = Routes(app, handler, timeouts)
        self._tools = tools_of(openapi.document(app))

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Serve during the context, which may be entered again after it was left."""
        self._sessions = self._opened_sessions()
        async with self._sessions.run():
            yield

    @property
    def route(self) -> Any:  # noqa: ANN401 - Litestar's decorator returns a handler of any kind
        """The route of the endpoint, for every caller; each tool checks its own scope."""

        @post(
            PATH,
            status_code=200,
            include_in_schema=False,
            request_class=JsonRequest,
            opt={SCOPE: Permission.READ},
        )
        async def agents(request: Request[Any, Any, Any]) -> Response[bytes]:
            return _Answered(await request.body(), self._sessions)

        return agents

    def _opened_sessions(self) -> StreamableHTTPSessionManager:
        return StreamableHTTPSessionManager(
            self._server, stateless=True, max_request_body_size=LARGEST
        )

    def _schema(self, name: str) -> dict[str, Any] | None:
        tool = self._tools.get(name)
        return tool and tool.schema

    async def _list(self, _: Context, __: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=[_described(tool) for tool in self._tools.values()])

    async def _call(self, context: Context, params: CallToolRequestParams) -> CallToolResult:
        began = time.monotonic()
        tool = self._tools.get(params.name)
        known: Answer | None = None
        try:
            answer = known = await self._answer(context, tool, params)
        except BachataError as error:
            answer = known = _refusal(error)
        except Exception:
            # The SDK would tell the client the text of the error.
            log.exception("unhandled")
            answer = known = _refusal(InternalError())
        finally:
            _log_call(tool, known, time.monotonic() - began)
        text = TextContent(type="text", text=answer.body.decode())
        return CallToolResult(
            content=[text], structured_content=_document(answer), is_error=answer.failed
        )

    async def _answer(
        self, context: Context, tool: Tool | None, params: CallToolRequestParams
    ) -> Answer:
        """Return the answer of the route of a tool; raises `InvalidRequest` and `NotReady`."""
        if tool is None or self._routes is None or context.request is None:
            name = printable(shortened(params.name, _SHORTENED))
            message = f"There is no tool {name!r}; `tools/list` has all."
            raise InvalidRequest((Violation(path="name", message=message),))
        wants = "progress_token" in (context.meta or {})
        on_progress = _teller(context) if tool.streamed and (wants or not tool.makes) else None
        call = tool.call(params.arguments or {})
        answer = await self._routes(call, context.request.scope, on_progress)
        if answer.failed and not answer.body:
            raise NotReady("The stream of progress broke off; call `watch_task` with its task id.")
        return answer


class _Answered(Response[bytes]):
    """A response by the SDK, to a request whose body was read."""

    def __init__(self, body: bytes, sessions: StreamableHTTPSessionManager) -> None:
        super().__init__(b"")
        self._body = body
        self._sessions = sessions

    def to_asgi_response(
        self,
        app: object,
        request: Request[Any, Any, Any],
        **_: object,
    ) -> ASGIResponse:
        """Return the application that answers."""
        return cast(ASGIResponse, self._answer)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        bodies = [self._body]

        async def receiving() -> Any:  # noqa: ANN401 - a message of ASGI
            if bodies:
                return {"type": "http.request", "body": bodies.pop(), "more_body": False}
            return await receive()

        await self._sessions.handle_request(cast(Any, scope), receiving, cast(Any, send))


def _teller(context: Context) -> Told:
    async def on_progress(progress: dict[str, Any]) -> None:
        await context.session.report_progress(
            progress["progress"], 100, f"{progress['stage']}: {progress['message']}"
        )

    return on_progress


def _described(tool: Tool) -> ToolDescription:
    annotations = ToolAnnotations(
        read_only_hint=not tool.makes,
        destructive_hint=False,
        idempotent_hint=not tool.makes,
        open_world_hint=False,
    )
    return ToolDescription(
        name=tool.name,
        description=tool.description,
        input_schema=tool.schema,
        annotations=annotations,
    )


def _refusal(error: BachataError) -> Answer:
    return Answer(failed=True, body=problems.document(PATH, error), task_id=None)


def _document(answer: Answer) -> dict[str, Any]:
    return msgspec.json.decode(answer.body or b"{}", type=dict[str, Any])


def _log_call(tool: Tool | None, answer: Answer | None, seconds: float) -> None:
    """Log a call; without an answer, the client has left."""
    failed = answer is not None and answer.failed
    log.info(
        "tool",
        tool=tool and tool.name,
        outcome="cancelled" if answer is None else "failed" if failed else "done",
        code=_document(answer).get("code") if answer and failed else None,
        task_id=answer and answer.task_id,
        duration_ms=round(1000 * seconds, 1),
    )
