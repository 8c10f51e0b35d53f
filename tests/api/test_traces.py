"""A request, its wait in the queue and the stages of its film are one trace."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.database.engine import open_database
from adapters.database.jobs import SqlJobRepository
from adapters.database.schema import open_schema
from adapters.database.tasks import SqlTaskRepository
from adapters.jobs.pgqueuer_engine import install
from adapters.jobs.pgqueuer_queue import open_pgqueuer
from adapters.memory.progress import MemoryProgress
from adapters.progress.several import SeveralProgress
from adapters.progress.stages import TracedStages
from adapters.system.clock import SystemClock
from adapters.tracing.otlp import open_spans
from application.jobs.job_progress import JobProgressEvents
from application.operations import extras
from application.operations.extras import ExtraMissing
from application.operations.tracing import Tracing
from application.ports.spans import SpanKind, Spans
from domain.jobs.job import Lane
from domain.shared.errors import FFmpegFailed
from entrypoints.bootstrap import open_ports
from entrypoints.settings import Settings
from entrypoints.wiring.wire import wire
from tests.api.memory_backend import ASSEMBLE, GENERATE, Lines, MemoryBackend, document, failing
from tests.contracts import postgres
from tests.world.collector import Collector, Received, collecting

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

STAGES = ["planning", "fetching", "concatenating", "adding_audio", "uploading", "cleanup"]
PRIVATE = "not-for-the-trace"
CLIENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture
async def collector() -> AsyncGenerator[Collector]:
    async with collecting() as opened:
        yield opened


def traced(backend: MemoryBackend, spans: Spans) -> None:
    """Let the service record its spans here."""
    progress = SeveralProgress(
        MemoryProgress(),
        TracedStages(Tracing(spans)),
        JobProgressEvents(backend.job_events, backend.ports.tasks, backend.ports.clock),
    )
    # The wait in the queue is measured by the clock that records jobs.
    clock = SystemClock()
    backend.ports = replace(backend.ports, spans=spans, progress=progress, clock=clock)


@asynccontextmanager
async def over_postgres(root: Path, url: str) -> AsyncGenerator[MemoryBackend]:
    """A service whose jobs are announced by PgQueuer to a worker with ports of its own."""
    async with open_schema(url) as schema:
        await schema.upgrade()
    await install(url)
    backend = MemoryBackend(root, Settings(allowed_hosts="backend", jobs="pgqueuer"))
    await backend.furnish()
    async with open_database(url) as database:
        queue = await open_pgqueuer(database, url)
        backend.ports = replace(
            backend.ports,
            tasks=SqlTaskRepository(database),
            jobs=SqlJobRepository(database, queue.enqueue),
            job_queue=queue,
        )
        yield backend


@pytest.fixture(params=["inprocess", "pgqueuer"])
def url(request: pytest.FixtureRequest) -> Generator[str | None]:
    """URL of the database over which workers hear of jobs; None if there are no workers."""
    if request.param == "inprocess":
        yield None
        return
    with postgres.database(request.getfixturevalue("postgres_server")) as made:
        yield made


@pytest.fixture
async def finished(
    url: str | None, tmp_path: Path, collector: Collector
) -> tuple[list[Received], httpx.Response]:
    """The spans of a film that was made, by the server itself or by a worker, and its answer."""
    async with open_spans(collector.address) as spans:
        if url is None:
            backend = MemoryBackend(tmp_path)
            await backend.furnish()
            traced(backend, spans)
            answer = await asked(backend)
        else:
            async with over_postgres(tmp_path, url) as backend:
                answer = await asked_of_a_worker(backend, spans, collector.address)
    return await collector.until(f"POST {GENERATE}", "queue", *STAGES), answer


async def asked(backend: MemoryBackend) -> httpx.Response:
    async with backend.client() as client:
        answer = await client.post(GENERATE, json={"song_id": "song"})
    assert answer.status_code == 200, answer.text
    return answer


async def asked_of_a_worker(backend: MemoryBackend, spans: Spans, address: str) -> httpx.Response:
    api = backend.ports
    async with open_spans(address) as of_worker:
        traced(backend, of_worker)
        run_job = wire(backend.ports, backend.settings).run_job
        working = asyncio.create_task(api.job_queue.work(run_job.next_in, {Lane.FILMS: 1}))
        backend.ports = replace(api, spans=spans, clock=SystemClock())
        try:
            return await asked(backend)
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)


async def test_request_queue_job_and_stages_are_one_trace(
    finished: tuple[list[Received], httpx.Response],
) -> None:
    spans, answer = finished
    named = {span.name: span for span in spans}
    assert len({span.trace_id for span in spans}) == 1
    request, queue, job = named[f"POST {GENERATE}"], named["queue"], named["job generate"]
    assert request.parent_id == ""
    assert queue.parent_id == job.parent_id == request.span_id
    assert [span.name for span in spans if span.parent_id == job.span_id] == STAGES
    assert not any(span.failed for span in spans)
    # Each begins when the one before has ended, and none lasts longer than what it is in.
    assert request.began <= queue.began <= queue.ended <= job.ended
    for before, after in pairwise(STAGES):
        assert named[before].ended <= named[after].began
    assert named[STAGES[-1]].ended <= job.ended

    film, request_id = answer.json(), answer.headers["x-request-id"]
    for span in (request, job):
        assert span.facts["bachata.task_id"] == film["task_id"]
        assert span.facts["bachata.request_id"] == request_id
    assert request.facts["http.route"] == GENERATE
    assert request.facts["http.response.status_code"] == 200
    assert job.facts["bachata.attempt"] == 1


async def test_a_trace_has_no_secrets_no_bodies_and_no_places(
    tmp_path: Path, collector: Collector
) -> None:
    backend = MemoryBackend(tmp_path)
    await backend.furnish()
    failed = FFmpegFailed(details=f"{PRIVATE} at /home/somebody/film.mp4")
    broken: Any = failing(backend.ports.encoder, add_audio=failed)
    headers = {"Authorization": f"Bearer {PRIVATE}", "X-API-Key": PRIVATE, "Cookie": PRIVATE}
    async with open_spans(collector.address) as spans:
        traced(backend, spans)
        backend.ports = replace(backend.ports, encoder=broken)
        async with backend.client() as client:
            asked = {**document(), "generation_parameters": {"query": PRIVATE}}
            assert (await client.post(ASSEMBLE, json=asked, headers=headers)).status_code == 500
            await client.get("/api/songs", params={"search": PRIVATE}, headers=headers)
            await client.get(f"/api/songs/{PRIVATE}", headers=headers)
            await client.get(f"/{PRIVATE}", headers=headers)
    spans_ = await collector.until(f"POST {ASSEMBLE}", "GET /api/songs/{song_id}", "GET")
    named = {span.name: span for span in spans_}
    for body in collector.bodies:
        assert PRIVATE.encode() not in body
        assert b"/home" not in body
        assert str(tmp_path).encode() not in body
    assert named[f"POST {ASSEMBLE}"].failed
    assert named["job assemble"].facts["error.type"] == "ffmpeg-failed"
    assert not named["GET /api/songs/{song_id}"].failed
    assert named["adding_audio"].ended <= named["job assemble"].ended


async def test_log_lines_have_the_id_of_their_trace(tmp_path: Path, lines: Lines) -> None:
    backend = MemoryBackend(tmp_path)
    await backend.furnish()
    traced(backend, backend.spans)
    async with backend.client() as client:
        lines()
        film = (await client.post(GENERATE, json={"song_id": "song"})).json()
        await client.get("/api/songs", headers={"traceparent": CLIENT})
    logged = [line for line in lines() if line["logger"].startswith("bachata")]
    first, second = [line for line in logged if line["logger"] == "bachata.access"]
    [generated] = [line for line in logged if line["logger"] == "bachata.usecase"]
    assert generated["task_id"] == film["task_id"]
    assert generated["trace_id"] == first["trace_id"] == backend.spans.recorded[0].trace_id
    # A client that traces itself sees the request in its own trace.
    assert second["trace_id"] == CLIENT.split("-")[1]


async def test_lines_and_spans_name_their_caller(tmp_path: Path, lines: Lines) -> None:
    backend = MemoryBackend(tmp_path, Settings(allowed_hosts="backend", auth="on"))
    await backend.furnish()
    traced(backend, backend.spans)
    ana = {"name": "ana", "password": "correct horse battery"}
    async with backend.client() as client:
        assert (await client.post("/api/auth/register", json=ana)).status_code == 201
        token = (await client.post("/api/auth/token", json=ana)).json()["access_token"]
        lines()
        bearer = {"Authorization": f"Bearer {token}"}
        answer = await client.post(GENERATE, json={"song_id": "song"}, headers=bearer)
        me = (await client.get("/api/auth/me", headers=bearer)).json()["id"]
    request_id = answer.headers["x-request-id"]
    mine = [line for line in lines() if line.get("request_id") == request_id]
    named = [line for line in mine if line["logger"] in ("bachata.access", "bachata.usecase")]
    assert len(named) == 2
    for line in named:
        assert (line["caller"], line["task_id"]) == (me, answer.json()["task_id"])
        assert line["duration_ms"] > 0
    spans = [span for span in backend.spans.recorded if "bachata.task_id" in span.facts]
    assert [span.facts["bachata.caller"] for span in spans] == [me, me]


async def test_without_a_collector_nothing_is_traced(tmp_path: Path) -> None:
    async with open_ports(Settings(data_dir=str(tmp_path / "var"))) as ports:
        assert ports.spans.start("one", SpanKind.INTERNAL).traceparent is None


async def test_a_collector_that_is_away_fails_no_request(tmp_path: Path) -> None:
    backend = MemoryBackend(tmp_path)
    await backend.furnish()
    async with asyncio.timeout(30), open_spans("http://127.0.0.1:9") as spans:
        traced(backend, spans)
        assert (await asked(backend)).json()["status"] == "completed"


async def test_a_start_without_the_extra_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(extras.PACKAGES, "otel", "no_such_package.sdk")
    settings = Settings(data_dir=str(tmp_path), otel_endpoint="http://127.0.0.1:9")
    with pytest.raises(ExtraMissing, match=r"OTEL_\w+ needs .* install the extra `otel`"):
        async with open_ports(settings):
            pass
