"""A client waits for its film, or comes back for it, and may repeat its request by a key."""

import asyncio
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from domain.jobs.job import JobState
from domain.rendering.assembly import State
from entrypoints.settings import Settings
from tests.api.memory_backend import (
    ASSEMBLE,
    FILM_KEYS,
    GENERATE,
    MemoryBackend,
    document,
    problem_of,
)

pytestmark = pytest.mark.anyio

PATIENCE = 30.0
"""Seconds after which a test that should have ended long ago is broken."""
ASKED = {"song_id": "song"}


class Gated:
    """An encoder that joins films when the test lets it."""

    def __init__(self, encoder: Any) -> None:
        self._encoder = encoder
        self.open = asyncio.Event()
        self.begun = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._encoder, name)

    async def concatenate(self, *args: Any) -> Any:
        self.begun.set()
        await self.open.wait()
        return await self._encoder.concatenate(*args)


async def gated(root: Path, **settings: Any) -> tuple[MemoryBackend, Gated]:
    backend = MemoryBackend(root, Settings(allowed_hosts="backend", **settings))
    await backend.furnish()
    gate = Gated(backend.ports.encoder)
    encoder: Any = gate
    backend.ports = replace(backend.ports, encoder=encoder)
    return backend, gate


def films(backend: MemoryBackend) -> list[str]:
    return [path for path in backend.storage.objects if path.startswith("output/")]


@pytest.mark.parametrize(("route", "body"), [(GENERATE, ASKED), (ASSEMBLE, document())])
async def test_of_fifty_requests_with_one_key_one_makes_the_film(
    tmp_path: Path, route: str, body: dict[str, Any]
) -> None:
    backend, gate = await gated(tmp_path)
    async with backend.client() as client, asyncio.timeout(PATIENCE):

        async def ask() -> httpx.Response:
            return await client.post(route, json=body, headers={"Idempotency-Key": "k"})

        first = asyncio.ensure_future(ask())
        await gate.begun.wait()
        others = await asyncio.gather(*(ask() for _ in range(49)))
        gate.open.set()
        made = await first
        again = await ask()

    for each in others:
        assert problem_of(each, 409)["code"] == "idempotency-key-in-use"
        assert int(each.headers["retry-after"]) > 0
    assert set(made.json()) == FILM_KEYS
    assert "idempotency-replayed" not in made.headers
    assert again.json() == made.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert len(films(backend)) == 1


async def test_an_error_is_replayed_too(tmp_path: Path) -> None:
    backend = MemoryBackend(tmp_path)
    await backend.furnish()
    async with backend.client() as client:
        asked = {"json": {"song_id": "none"}, "headers": {"Idempotency-Key": '"k"'}}
        first, again = [await client.post(GENERATE, **asked) for _ in range(2)]  # pyright: ignore[reportArgumentType]
    assert problem_of(first, 404)["code"] == problem_of(again, 404)["code"] == "song-not-found"
    assert len(backend.tasks.history) == 1


@pytest.mark.parametrize(
    ("route", "body"), [(GENERATE, {**ASKED, "seed": 2}), (ASSEMBLE, document())]
)
async def test_a_key_is_refused_for_another_request(
    tmp_path: Path, route: str, body: dict[str, Any]
) -> None:
    backend = MemoryBackend(tmp_path)
    await backend.furnish()
    async with backend.client() as client:
        headers = {"Idempotency-Key": "k"}
        await client.post(GENERATE, json=ASKED, headers=headers)
        answer = await client.post(route, json=body, headers=headers)
    assert problem_of(answer, 422)["code"] == "idempotency-key-reused"


async def test_a_trailing_slash_makes_no_other_request(tmp_path: Path) -> None:
    backend = MemoryBackend(tmp_path)
    await backend.furnish()
    async with backend.client() as client:
        headers = {"Idempotency-Key": "k"}
        first = await client.post(GENERATE, json=ASKED, headers=headers)
        again = await client.post(f"{GENERATE}/", json=ASKED, headers=headers)
    assert again.headers["idempotency-replayed"] == "true"
    assert again.json() == first.json()


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 256])
async def test_a_key_that_is_none_is_refused(tmp_path: Path, key: str) -> None:
    async with MemoryBackend(tmp_path).client() as client:
        headers = {"Idempotency-Key": key.encode()}
        answer = await client.post(GENERATE, json=ASKED, headers=headers)  # pyright: ignore[reportArgumentType]
    assert problem_of(answer, 400)["details"][0]["path"] == "Idempotency-Key"


@pytest.mark.parametrize(
    ("prefer", "applied"),
    [
        ("respond-async", "respond-async"),
        ("wait=0", "respond-async"),
        ("handling=strict, Respond-Async", "respond-async"),
        ("respond-async, wait=1", "wait=1"),
    ],
)
async def test_a_client_that_does_not_wait_is_told_where_its_film_will_be(
    tmp_path: Path, prefer: str, applied: str
) -> None:
    backend, gate = await gated(tmp_path)
    async with backend.client() as client, asyncio.timeout(PATIENCE):
        answer = await client.post(GENERATE, json=ASKED, headers={"Prefer": prefer})
        accepted = answer.json()
        assert answer.status_code == 202
        assert answer.headers["preference-applied"] == applied
        assert answer.headers["location"] == accepted["events_url"]
        assert accepted["status"] in (JobState.QUEUED, JobState.RUNNING)
        gate.open.set()
        events = (await client.get(accepted["events_url"])).text
        film = await client.get(f"/api/videos/{accepted['task_id']}/stream")
    assert "event: result" in events
    assert film.status_code == 200


async def test_a_film_that_is_ready_in_time_is_the_answer(tmp_path: Path) -> None:
    backend = MemoryBackend(tmp_path)
    await backend.furnish()
    async with backend.client() as client:
        answer = await client.post(GENERATE, json=ASKED, headers={"Prefer": "wait=30"})
    assert answer.status_code == 200
    assert set(answer.json()) == FILM_KEYS


async def test_of_a_hundred_films_at_once_the_admitted_are_made_and_the_others_refused_at_once(
    tmp_path: Path,
) -> None:
    backend, gate = await gated(tmp_path, max_running=2, max_waiting=8)
    async with backend.client() as client, asyncio.timeout(PATIENCE):
        asked = [asyncio.ensure_future(client.post(GENERATE, json=ASKED)) for _ in range(100)]
        refused, waiting = 0, set(asked)
        while refused < 90:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            refused += len(done)
            for each in done:
                answer = each.result()
                assert problem_of(answer, 503)["code"] == "service-full"
                assert int(answer.headers["retry-after"]) > 0
        gate.open.set()
        answers = await asyncio.gather(*asked)
    assert Counter(each.status_code for each in answers) == {200: 10, 503: 90}
    assert len(films(backend)) == 10
    states = Counter(history[-1].state for history in backend.tasks.history.values())
    assert states == {State.COMPLETED: 10}
    assert backend.left_behind() == []
