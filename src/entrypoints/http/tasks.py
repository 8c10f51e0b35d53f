"""Routes that tell the progress of tasks."""

import asyncio
import re
from functools import partial
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, HeaderParameter

from application.jobs.watch_task import WatchTask
from domain.shared.errors import InvalidRequest
from domain.shared.violations import Violation
from entrypoints.http.dependencies import Wired
from entrypoints.http.event_stream import DOCUMENTED, END, EVENTS, EventStream
from entrypoints.http.problems import documented

_ID: Final = re.compile(rf"[0-9]{{1,18}}|{END}")

EventId = Annotated[
    str | None,
    HeaderParameter(
        name="Last-Event-ID",
        description="Id of the event that was read last; the stream resumes after it.",
        schema_extra={"maxLength": 18, "pattern": rf"^([0-9]{{1,18}}|{END})$(?!\n)"},
    ),
]


class TaskController(Controller):
    """Routes below `/api/tasks`."""

    path = "/api/tasks"
    tags = ("progress",)

    @get(
        "/{task_id:uuid}/events",
        operation_id="watchTask",
        media_type=EVENTS,
        responses={
            200: DOCUMENTED,
            204: ResponseSpec(None, description="The client has read the outcome"),
            **documented(400, 404, 429, 500, 503),
        },
    )
    async def events(
        self,
        request: Request[Any, Any, Any],
        task_id: FromPath[UUID],
        watch_task: Wired[WatchTask],
        caller: NamedDependency[str],
        last_event_id: EventId = None,
    ) -> Response[bytes]:
        """Tell the progress of a task as it happens, from its beginning, and then its outcome.

        Answers 204 to a client that has read the outcome, so that it does not connect again.
        """
        after = after_event(last_event_id)
        if after is None:
            await watch_task.check(task_id, caller)
            return Response(b"", status_code=204, media_type=EVENTS)
        stopping: asyncio.Event = request.app.state.stopping
        return EventStream(partial(watch_task, task_id, caller, after), stopping=stopping)


def after_event(last_event_id: str | None) -> int | None:
    """Return the id of the event that was read last; None for the outcome.

    Raises `InvalidRequest` for anything else.
    """
    if last_event_id is not None and _ID.fullmatch(last_event_id) is None:
        message = f"It is the id of an event, a number or {END!r}."
        raise InvalidRequest((Violation(path="Last-Event-ID", message=message),))
    return None if last_event_id == END else int(last_event_id or 0)
