"""POST /api/videos/generate and GET /api/videos/jobs/{job_id}/status."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest

from adapters.memory.encoder import Reel
from tests.api.memory_backend import MemoryBackend, document, paths_of, problem_of
from tests.api.narrated import GENERATE, film_of, made, submitted, uploaded

pytestmark = pytest.mark.anyio


@pytest.fixture
def backend(tmp_path: Path) -> MemoryBackend:
    return MemoryBackend(tmp_path)


@pytest.fixture
async def client(backend: MemoryBackend) -> AsyncGenerator[httpx.AsyncClient]:
    async with backend.client() as opened:
        yield opened


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({"resolution": "640x480"}, "$.resolution"),
        ({"duration": 4.9}, "$.duration"),
        ({"duration": 601}, "$.duration"),
        ({"quality": "best"}, "$.quality"),
        ({"narration": "song"}, "$.narration"),
        ({"narration_speed": 0.6}, "$.narration_speed"),
        ({"captions": "yes"}, "$.captions"),
        ({"language": "fr"}, "$.language"),
        ({"seed": -1}, "$.seed"),
        ({"unknown": 1}, "$.unknown"),
        ({"script_id": "x"}, "$.script_id"),
        ({"callback_url": "ftp://x"}, "$.callback_url"),
    ],
)
async def test_a_wrong_option_is_named(
    client: httpx.AsyncClient, options: dict[str, Any], path: str
) -> None:
    body = {"script_id": await uploaded(client), **options}
    assert paths_of(problem_of(await client.post(GENERATE, json=body), 400)) == {path}


async def test_an_unknown_script_is_not_found(client: httpx.AsyncClient) -> None:
    answer = await client.post(GENERATE, json={"script_id": str(uuid4())})
    assert problem_of(answer, 404)["code"] == "script-not-found"


async def test_the_same_key_makes_one_video_and_another_body_is_refused(
    client: httpx.AsyncClient,
) -> None:
    body = {"script_id": await uploaded(client)}
    key = {"Idempotency-Key": "mine"}
    first = await client.post(GENERATE, json=body, headers=key)
    again = await client.post(GENERATE, json=body, headers=key)
    assert again.json()["id"] == first.json()["id"]
    assert again.headers["idempotency-replayed"] == "true"
    other = await client.post(GENERATE, json={**body, "seed": 1}, headers=key)
    assert problem_of(other, 422)["code"] == "idempotency-key-reused"


async def test_a_video_lasts_as_long_as_requested_to_the_frame(
    client: httpx.AsyncClient, backend: MemoryBackend
) -> None:
    job = await made(client, duration=12.5, resolution="1080x1920", quality="low")
    assert (job["status"], job["progress_percentage"]) == ("completed", 100)
    assert job["error_message"] is None
    assert job["completed_at"] is not None
    assert job["session_id"] == job["id"]
    assert job["composition_settings"]["resolution"] == "1080x1920"
    used = job["resource_usage"]
    assert used["disk_space_used_mb"] > 0
    assert used["generation_time_seconds"] > 0
    assert used["cpu_time_seconds"] >= 0
    assert used["peak_memory_mb"] == 0, "No program works for a service in memory."
    assert job["created_at"] <= job["started_at"] < job["completed_at"]
    assert job["estimated_completion"] is None
    film = msgspec.json.decode(film_of(backend, job["id"]), type=Reel)
    assert len(film.frames) == 375
    assert film.sound_seconds == 12.5
    assert job["warnings"] == []


async def test_a_script_that_needs_longer_is_spoken_faster_and_then_lasts_longer(
    client: httpx.AsyncClient,
) -> None:
    sentence = "Esta frase tiene bastantes palabras para durar varios segundos. "
    fits = await made(client, sentence * 3, duration=14)
    assert (fits["status"], fits["warnings"]) == ("completed", [])
    assert (await client.get(f"/api/videos/{fits['id']}")).json()["duration"] == 14
    longer = await made(client, sentence * 9, duration=5)
    assert [each["code"] for each in longer["warnings"]] == ["video-longer"]
    assert (await client.get(f"/api/videos/{longer['id']}")).json()["duration"] > 5


async def test_progress_of_a_script_is_told_by_its_own_stages(client: httpx.AsyncClient) -> None:
    job_id = await submitted(client)
    events = (await client.get(f"/api/tasks/{job_id}/events")).text
    planning = [line for line in events.splitlines() if '"stage":"planning"' in line]
    assert planning
    assert '"progress":20' in events
    assert "event: result" in events


async def test_the_job_of_a_dance_is_no_job_of_a_script(client: httpx.AsyncClient) -> None:
    film = (await client.post("/api/choreography/assemble", json=document())).json()
    for path in (film["task_id"], str(uuid4())):
        answer = await client.get(f"/api/videos/jobs/{path}/status")
        assert problem_of(answer, 404)["code"] == "job-not-found"


async def test_metadata_and_callback_are_passed_through(client: httpx.AsyncClient) -> None:
    job_id = await submitted(client, metadata={"order": 7})
    events = (await client.get(f"/api/tasks/{job_id}/events")).text
    assert '"metadata":{"order":7}' in events
