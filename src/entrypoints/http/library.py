"""Routes that prepare the whole library for films."""

from functools import partial
from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody

from application.jobs.prepare_library import CancelPreparation, PrepareLibrary
from application.jobs.watch_task import WatchTask
from domain.jobs.job import Job
from entrypoints.http.callers import CHANGES_LIBRARY
from entrypoints.http.dependencies import Wired
from entrypoints.http.event_stream import DOCUMENTED, EVENTS, EventStream
from entrypoints.http.problems import documented
from entrypoints.http.request_bodies import JsonRequest, UnreadPreparation
from entrypoints.http.tasks import EventId, after_event
from entrypoints.urls import RouteUrls


class LibraryPreparation(msgspec.Struct, frozen=True, kw_only=True):
    """The preparation of the library."""

    job_id: UUID
    status: str
    """`queued`, `running`, `divided` (into one job for each song and clip), or how it has ended."""
    total: int
    """Songs and clips; 0 until they are counted."""
    remaining: int
    """Songs and clips that are not finished."""
    events_url: str
    """URL of its progress and its result, as server-sent events."""


class LibraryController(Controller):
    """Routes below `/api/library`."""

    path = "/api/library"
    tags = ("library",)

    @post(
        "/prepare",
        operation_id="prepareLibrary",
        opt=CHANGES_LIBRARY,
        status_code=202,
        response_description="The preparation; `Location` tells where its progress and result are",
        request_class=JsonRequest,
        responses=documented(400, 408, 413, 415, 500, 503),
    )
    async def prepare(
        self,
        data: JSONBody[UnreadPreparation],
        prepare_library: Wired[PrepareLibrary],
        caller: NamedDependency[str],
    ) -> Response[LibraryPreparation]:
        """Encode and analyse all songs and clips for films of one picture format, in the
        background; while this is going on, the same request returns the same preparation.
        """
        job, _ = await prepare_library(await data.preparation(), caller)
        preparation = _described(job)
        return Response(preparation, headers={"Location": preparation.events_url})

    @get(
        "/prepare/{job_id:uuid}/events",
        operation_id="watchPreparation",
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
        job_id: FromPath[UUID],
        watch_task: Wired[WatchTask],
        caller: NamedDependency[str],
        last_event_id: EventId = None,
    ) -> Response[bytes]:
        """Tell the progress of a preparation as it happens, and then its result: how many songs
        and clips are prepared, and which of them failed.
        """
        after = after_event(last_event_id)
        if after is None:
            await watch_task.check(job_id, None)
            return Response(b"", status_code=204, media_type=EVENTS)
        return EventStream(partial(watch_task, job_id, caller, after, of_library=True))

    @post(
        "/prepare/{job_id:uuid}/cancel",
        operation_id="cancelPreparation",
        opt=CHANGES_LIBRARY,
        status_code=200,
        response_description="The preparation, which may take some seconds to end",
        responses=documented(400, 404, 409, 500, 503),
    )
    async def cancel(
        self, job_id: FromPath[UUID], cancel_preparation: Wired[CancelPreparation]
    ) -> LibraryPreparation:
        """Cancel a preparation; what has been encoded stays."""
        return _described(await cancel_preparation(job_id))


def _described(job: Job) -> LibraryPreparation:
    return LibraryPreparation(
        job_id=job.job_id,
        status=str(job.state),
        total=job.children,
        remaining=job.remaining,
        events_url=RouteUrls().preparation_events(job.job_id),
    )
