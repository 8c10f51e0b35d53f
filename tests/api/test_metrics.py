"""GET /metrics: who may read it, and which figures move."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import anyio
import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from adapters.metrics.prometheus import PrometheusMetrics
from adapters.progress.several import SeveralProgress
from application.jobs.job_progress import JobProgressEvents
from application.monitoring.catalogue import ALL
from application.monitoring.measured_cache import MeasuredCache
from application.monitoring.measured_stages import MeasuredStages
from application.ports.disk import DiskSpace
from domain.shared.errors import FFmpegFailed, NotReady, StorageFailed
from entrypoints.settings import Settings
from entrypoints.wiring.wire import wire
from tests.api.memory_backend import (
    ASSEMBLE,
    GENERATE,
    MemoryBackend,
    document,
    failing,
    problem_of,
)
from tests.api.narrated import made
from tests.api.test_callers import ANA, BRUNO, KEYS, registered

pytestmark = pytest.mark.anyio

METRICS = "/metrics"


@pytest.fixture
async def backend(tmp_path: Path) -> MemoryBackend:
    """A service with the real adapter of figures."""
    backend = MemoryBackend(tmp_path)
    await backend.furnish()
    metrics = PrometheusMetrics()
    progress = SeveralProgress(
        JobProgressEvents(backend.job_events, backend.tasks, backend.clock), MeasuredStages(metrics)
    )
    artifacts = MeasuredCache(backend.ports.artifacts, metrics)
    backend.ports = replace(backend.ports, metrics=metrics, progress=progress, artifacts=artifacts)
    return backend


@pytest.fixture
async def client(backend: MemoryBackend) -> AsyncGenerator[httpx.AsyncClient]:
    async with backend.client() as opened:
        yield opened


class Figures:
    """The figures of a page."""

    def __init__(self, page: str) -> None:
        self.samples = {
            (each.name, frozenset(each.labels.items())): each.value
            for family in text_string_to_metric_families(page)
            for each in family.samples
        }

    def of(self, name: str, **labels: str) -> float:
        return self.samples.get((name, frozenset(labels.items())), 0)

    @property
    def labels(self) -> set[str]:
        return {value for _, labels in self.samples for _, value in labels}


async def figures(client: httpx.AsyncClient) -> Figures:
    answer = await client.get(METRICS)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    return Figures(answer.text)


async def test_only_administrators_read_figures(tmp_path: Path) -> None:
    settings = Settings(allowed_hosts="backend", auth="on", registration="open")
    async with MemoryBackend(tmp_path, settings).client() as client:
        ana, bruno = await registered(client, ANA), await registered(client, BRUNO)
        assert problem_of(await client.get(METRICS), 401)["code"] == "not-authenticated"
        assert problem_of(await client.get(METRICS, headers=bruno), 403)["code"] == "forbidden"
        reader = {"name": "reader", "scopes": ["read"]}
        key = (await client.post(KEYS, json=reader, headers=ana)).json()["key"]
        problem = problem_of(await client.get(METRICS, headers={"X-API-Key": key}), 403)
        assert problem["code"] == "forbidden"
        assert (await client.get(METRICS, headers=ana)).status_code == 200
        admin = {"name": "prometheus", "scopes": ["admin"]}
        key = (await client.post(KEYS, json=admin, headers=ana)).json()["key"]
        assert (await client.get(METRICS, headers={"X-API-Key": key})).status_code == 200


@pytest.mark.parametrize(
    ("address", "status"),
    [("127.0.0.1", 200), ("127.9.9.9", 200), ("::1", 200), ("192.168.1.7", 403), ("unknown", 403)],
)
async def test_without_accounts_only_this_machine_reads_figures(
    backend: MemoryBackend, address: str, status: int
) -> None:
    async with backend.opened() as app:
        transport = httpx.ASGITransport(cast(Any, app), client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://backend") as client:
            answer = await client.get(METRICS)
    assert answer.status_code == status
    if status == 403:
        assert "BACHATA_AUTH=on" in problem_of(answer, 403)["detail"]


async def test_a_film_moves_the_figures(client: httpx.AsyncClient) -> None:
    before = await figures(client)
    assert (await client.post(ASSEMBLE, json=document())).status_code == 200
    after = await figures(client)
    request = {"method": "POST", "route": ASSEMBLE}
    assert after.of("bachata_http_requests_total", **request, status="200") == 1
    assert after.of("bachata_http_request_duration_seconds_count", **request) == 1
    job = {"kind": "assemble", "outcome": "completed"}
    assert before.of("bachata_job_duration_seconds_count", **job) == 0
    assert after.of("bachata_job_duration_seconds_count", **job) == 1
    for stage in ("fetching", "concatenating", "adding_audio", "uploading", "cleanup"):
        labels = {"film": "choreography", "stage": stage}
        assert after.of("bachata_stage_duration_seconds_count", **labels) == 1, stage


async def test_a_narrated_video_is_measured_as_such(client: httpx.AsyncClient) -> None:
    await made(client)
    after = await figures(client)
    job = {"kind": "compose_script", "outcome": "completed"}
    assert after.of("bachata_job_duration_seconds_count", **job) == 1
    labels = {"film": "script", "stage": "planning"}
    assert after.of("bachata_stage_duration_seconds_count", **labels) == 1


async def test_a_failed_film_and_a_refused_one_are_told_apart(backend: MemoryBackend) -> None:
    broken = failing(backend.ports.encoder, inspect=FFmpegFailed("It broke."))
    backend.ports = replace(backend.ports, encoder=broken)
    async with backend.client() as client:
        assert (await client.post(ASSEMBLE, json=document())).status_code == 500
        gone = document()
        gone["moves"][0]["video_path"] = "clips/gone.mp4"
        assert (await client.post(ASSEMBLE, json=gone)).status_code == 404
        after = await figures(client)
    for outcome in ("failed", "refused"):
        job = {"kind": "assemble", "outcome": outcome}
        assert after.of("bachata_job_duration_seconds_count", **job) == 1, outcome
    request = {"method": "POST", "route": ASSEMBLE}
    assert after.of("bachata_http_requests_total", **request, status="500") == 1
    assert after.of("bachata_http_requests_total", **request, status="404") == 1


async def test_jobs_in_the_queue_are_counted_by_lane(backend: MemoryBackend) -> None:
    going_on = asyncio.Event()
    started = asyncio.Event()

    class Slow:
        """An encoder whose work waits."""

        def __getattr__(self, name: str) -> Any:
            return getattr(inner, name)

        async def inspect(self, *_: object) -> None:
            started.set()
            await going_on.wait()

    inner = backend.ports.encoder
    backend.ports = replace(backend.ports, encoder=cast(Any, Slow()))
    settings = {"Prefer": "respond-async"}
    async with backend.client() as client:
        with anyio.fail_after(30):
            film = await client.post(ASSEMBLE, json=document(), headers=settings)
            assert film.status_code == 202
            await started.wait()
            running = await figures(client)
            going_on.set()
            await client.get(f"/api/tasks/{film.json()['task_id']}/events")
            idle = await figures(client)
    assert running.of("bachata_jobs", lane="films", state="running") == 1
    assert running.of("bachata_jobs", lane="scripts", state="queued") == 0
    assert idle.of("bachata_jobs", lane="films", state="running") == 0
    assert ("bachata_jobs", frozenset({("lane", "films"), ("state", "queued")})) in idle.samples


async def test_the_texts_of_requests_are_no_labels(client: httpx.AsyncClient) -> None:
    await client.get("/api/songs/secret-song")
    await client.get("/secret/address?secret=1")
    await client.request("SECRET", "/api/songs", headers={"User-Agent": "secret"})
    after = await figures(client)
    assert after.of("bachata_http_requests_total", method="GET", route="none", status="404") == 1
    route = {"method": "GET", "route": "/api/songs/{song_id}", "status": "404"}
    assert after.of("bachata_http_requests_total", **route) == 1
    assert "other" in after.labels
    assert not [each for each in after.labels if "secret" in each.lower()]


async def test_the_disk_is_measured_for_each_page(
    client: httpx.AsyncClient, backend: MemoryBackend
) -> None:
    backend.disk.stated = DiskSpace(total_bytes=9_000, free_bytes=5_000)
    assert (await figures(client)).of("bachata_disk_free_bytes") == 5_000
    backend.disk.stated = DiskSpace(total_bytes=9_000, free_bytes=4_000)
    after = await figures(client)
    assert after.of("bachata_disk_free_bytes") == 4_000
    assert after.of("bachata_disk_bytes") == 9_000


async def test_what_is_away_is_missing_and_the_rest_is_there(backend: MemoryBackend) -> None:
    backend.ports = replace(
        backend.ports,
        jobs=failing(backend.ports.jobs, counts=NotReady("Away.")),
        disk=failing(backend.ports.disk, space=StorageFailed("Away.")),
    )
    async with backend.client() as client:
        await client.get("/api/songs")
        after = await figures(client)
    names = {name for name, _ in after.samples}
    assert "bachata_http_requests_total" in names
    assert not names & {"bachata_jobs", "bachata_disk_bytes", "bachata_disk_free_bytes"}
    for each in ("jobs", "disk"):
        assert after.of("bachata_unread_figures_total", figures=each) == 1


async def test_stored_bytes_are_counted_by_kind(backend: MemoryBackend) -> None:
    backend.storage.objects |= {
        "assets/images/local/a.png": b"12345",
        "assets/clips/b.mp4": b"1234",
        "cache/c": b"123",
    }
    stock = sum(
        len(content)
        for path, content in backend.storage.objects.items()
        if path.startswith(("songs/", "clips/"))
    )
    await wire(backend.ports, backend.settings).measure_storage()
    async with backend.client() as client:
        after = await figures(client)
    sizes = {"images": 5, "temp": 4, "cache": 3, "stock": stock, "videos": 0, "audio": 0}
    for kind, size in sizes.items():
        assert after.of("bachata_stored_bytes", kind=kind) == size, kind
    assert after.of("bachata_stored_files", kind="images") == 1


async def test_every_figure_of_the_page_is_in_the_catalogue(client: httpx.AsyncClient) -> None:
    await client.post(
        GENERATE, json={"song_id": (await client.get("/api/songs")).json()["items"][0]["id"]}
    )
    page = (await client.get(METRICS)).text
    named = {line.split()[2] for line in page.splitlines() if line.startswith("# TYPE")}
    assert named <= {each.name for each in ALL}
    assert len(named) >= 6
