"""The ways in which a client waits for a film, by the headers of its request."""

import hashlib
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any, Final, TypeVar
from uuid import UUID

import msgspec
from litestar import Request, Response
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter
from structlog.contextvars import bind_contextvars

from application.jobs.film_request import FilmRequest
from application.jobs.make_film import MakeFilm
from application.jobs.request_options import RequestOptions
from application.jobs.stream_film import StreamFilm
from application.jobs.watch_task import Update
from application.ports.jobs import IdempotencyKey
from application.rendering.finished_film import FinishedFilm
from domain.jobs.job import JobState
from domain.shared import validation
from domain.shared.errors import InvalidRequest
from domain.shared.raw_json import Passed, nothing, passed
from entrypoints.http import event_stream
from entrypoints.http.disconnect import while_connected
from entrypoints.http.event_stream import EventStream
from entrypoints.urls import RouteUrls

F = TypeVar("F", bound=FinishedFilm)

LONGEST_WAIT: Final = 600
"""Maximum seconds of `Prefer: wait=N`; a larger number counts as this one."""

_PATTERN: Final = r'"?[\x21\x23-\x7e]{1,255}"?'
"""A key, as it is or as a string of structured fields."""

KeyHeader = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        max_length=257,
        schema_extra={"pattern": f"^{_PATTERN}$(?!\\n)"},
        description=(
            "Your name for this request, 1 to 255 visible ASCII characters, with or without quotes "
            "around them. A repetition with the same key and body makes no second film: it gets "
            "the stored answer for 24 hours."
        ),
    ),
]
PreferHeader = Annotated[
    str | None,
    HeaderParameter(
        name="Prefer",
        max_length=500,
        description=(
            "`respond-async`: answer with 202 at once; `wait=N`: answer with 202 if the film is "
            "not finished after N seconds. The film is finished in both cases."
        ),
    ),
]

_KEY: Final = re.compile(_PATTERN)
_WAIT: Final = re.compile(r"wait\s*=\s*\"?([0-9]{1,9})\"?", re.IGNORECASE)


class AcceptedFilm(msgspec.Struct, frozen=True, kw_only=True):
    """A film that is being made."""

    task_id: UUID
    status: str
    """`queued` or `running`."""
    events_url: str
    """URL of its progress and its result, as server-sent events."""
    metadata: Passed = msgspec.field(default_factory=nothing)
    """The metadata of the request."""


ACCEPTED: Final = ResponseSpec(
    data_container=AcceptedFilm,
    description="The film is being made; `Location` tells where its progress and result are",
    generate_examples=False,
)


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """The way in which a client waits for its film."""

    key: str | None = None
    prefer: str | None = None

    @property
    def patience(self) -> float | None:
        """Seconds until the client gets 202; None if it waits for the film."""
        preferences = [each.strip() for each in (self.prefer or "").split(",")]
        found = next(filter(None, map(_WAIT.fullmatch, preferences)), None)
        if found is not None:
            return float(min(int(found[1]), LONGEST_WAIT))
        return 0.0 if "respond-async" in [each.lower() for each in preferences] else None

    def key_for(self, path: str, body: bytes) -> IdempotencyKey | None:
        """Return the key with a digest of the request; raises `InvalidRequest`."""
        if self.key is None:
            return None
        if not _KEY.fullmatch(self.key.strip()):
            message = "A key has 1 to 255 visible ASCII characters, and no quotes within."
            raise InvalidRequest((validation.shape("Idempotency-Key", message),))
        key = self.key.strip().strip('"')
        # A trailing slash makes no other request.
        digest = hashlib.sha256(path.rstrip("/").encode() + b"\0" + body)
        return IdempotencyKey(key=key, fingerprint=digest.hexdigest())


async def film_response(
    request: Request[Any, Any, Any],
    make_film: MakeFilm,
    stream_film: StreamFilm,
    asked: FilmRequest,
    task_id: UUID,
    owner: str,
    waiting: Waiting,
    body: bytes,
    kind: type[F],
    options: RequestOptions,
) -> Response[F]:
    """Return the finished film, a stream of its progress if the client accepts that, or 202 if it
    does not want to wait.

    If the client leaves, the film is cancelled, unless it has a key or a preference.
    """
    bind_contextvars(task_id=str(task_id))
    key = waiting.key_for(request.url.path, body)
    patience = waiting.patience
    if patience is None and event_stream.is_wanted(request):
        # The documented type is that of JSON; the OpenAPI document adds the stream.
        return _streamed(stream_film, asked, task_id, owner, key, options)  # pyright: ignore[reportReturnType]
    answer = await while_connected(
        request, make_film(asked, task_id, owner, key=key, patience=patience, options=options)
    )
    headers: dict[str, str] = {}
    if answer.replayed:
        headers["Idempotency-Replayed"] = "true"
    if answer.result is not None:
        return Response(msgspec.json.decode(answer.result, type=kind), headers=headers)
    url = RouteUrls().events(answer.job.job_id)
    # A film that has ended since is in no other state for this client, whom its events tell more.
    state = JobState.QUEUED if answer.job.state is JobState.QUEUED else JobState.RUNNING
    accepted = AcceptedFilm(
        task_id=answer.job.job_id,
        status=str(state),
        events_url=url,
        metadata=passed(answer.job.metadata),
    )
    applied = f"wait={patience:g}" if patience else "respond-async"
    headers |= {"Location": url, "Preference-Applied": applied}
    # The documented type is that of 200; the route documents 202 itself.
    return Response(accepted, status_code=202, headers=headers)  # pyright: ignore[reportReturnType]


def _streamed(
    stream_film: StreamFilm,
    asked: FilmRequest,
    task_id: UUID,
    owner: str,
    key: IdempotencyKey | None,
    options: RequestOptions,
) -> EventStream:
    headers: dict[str, str] = {}

    @asynccontextmanager
    async def opened() -> AsyncGenerator[AsyncIterator[Update]]:
        async with stream_film(asked, task_id, owner, key, options) as film:
            if film.replayed:
                headers["Idempotency-Replayed"] = "true"
            yield film.updates

    return EventStream(opened, headers)
