"""Metadata go through a request as they are, and webhooks are told of its end."""

import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
import pytest

from adapters.memory.webhook_sender import SentMessage
from application.jobs.request_options import MOST_METADATA
from domain.shared.errors import StorageFailed
from domain.webhooks.delivery import Receipt
from domain.webhooks.webhook import MOST_WEBHOOKS
from tests.api.memory_backend import (
    ASSEMBLE,
    GENERATE,
    JSON,
    MemoryBackend,
    document,
    failing,
    paths_of,
    problem_of,
)
from tests.api.test_task_events import events_of
from tests.journeys.server import until

pytestmark = pytest.mark.anyio

DESCRIBED: Final = "/api/choreography/generate-with-ai"
WEBHOOKS: Final = "/api/webhooks"
RECEIVER: Final = "https://dance.example.org/films"
CALLBACK: Final = "https://other.example.org/called?a=1"
METADATA: Final = '{"order":"A-17","z":1.0,"a":[1e2,{"é":null}],"big":12345678901234567890}'
Json = dict[str, Any]


class Mailbox:
    """Waits for the messages that a backend sends, and lets a test choose the answers."""

    def __init__(self, backend: MemoryBackend) -> None:
        self._sender = backend.webhook_sender
        self._sender.sent.clear()
        self._came = asyncio.Event()
        self.answers: list[Receipt] = []
        self._sender.answer = self._answer

    def _answer(self, url: str) -> Receipt:
        self._came.set()
        return self.answers.pop(0) if self.answers else Receipt(status=204)

    async def until(self, number: int) -> list[SentMessage]:
        """Return the first messages, once so many were sent."""
        async with asyncio.timeout(20):
            while len(self._sender.sent) < number:
                self._came.clear()
                await self._came.wait()
        return self._sender.sent[:number]


@pytest.fixture
def mailbox(backend: MemoryBackend) -> Mailbox:
    return Mailbox(backend)


@pytest.fixture
async def webhook(client: httpx.AsyncClient) -> AsyncGenerator[Json]:
    answer = await client.post(WEBHOOKS, json={"url": RECEIVER})
    assert answer.status_code == 201, answer.text
    yield answer.json()
    for each in (await client.get(WEBHOOKS)).json()["items"]:
        assert (await client.delete(f"{WEBHOOKS}/{each['id']}")).status_code == 204


def body_of(route: str, **more: str) -> bytes:
    """Return a body for a film; ``more`` are fields as JSON text."""
    fields = {GENERATE: {"song_id": "song"}, DESCRIBED: {"query": "fast"}, ASSEMBLE: document()}
    text = json.dumps(fields[route])
    added = "".join(f", {json.dumps(name)}: {value}" for name, value in more.items())
    return f"{text[:-1]}{added}}}".encode()


async def ask(
    client: httpx.AsyncClient,
    route: str = GENERATE,
    headers: dict[str, str] | None = None,
    **more: str,
) -> httpx.Response:
    headers = {**JSON, **(headers or {})}
    return await client.post(route, content=body_of(route, **more), headers=headers)


films = pytest.mark.parametrize("route", [GENERATE, DESCRIBED, ASSEMBLE])


@films
async def test_metadata_are_in_every_answer_as_they_came(
    client: httpx.AsyncClient, webhook: Json, mailbox: Mailbox, route: str
) -> None:
    spaced = METADATA.replace(":", " :\n ")
    answer = await ask(client, route, metadata=spaced)
    assert answer.status_code == 200, answer.text
    assert f'"metadata":{METADATA}' in answer.text
    accepted = await ask(client, route, {"Prefer": "respond-async"}, metadata=spaced)
    assert accepted.status_code == 202
    assert f'"metadata":{METADATA}' in accepted.text
    streamed = await ask(client, route, {"Accept": "text/event-stream"}, metadata=spaced)
    followed = await client.get(accepted.json()["events_url"])
    for text in (streamed.text, followed.text):
        events = [line for line in text.splitlines() if line.startswith("data: ")]
        assert len(events) > 1
        assert all(f'"metadata":{METADATA}' in line for line in events)
        assert events_of(text)[-1][1] == "result"
    told = await mailbox.until(3)
    for each in told:
        assert each.message.body.endswith(f'"metadata":{METADATA}}}')
        assert each.message.body.count(f'"metadata":{METADATA}') == 2


@films
async def test_without_metadata_they_are_null(client: httpx.AsyncClient, route: str) -> None:
    for more in ({}, {"metadata": "null", "callback_url": "null"}):
        answer = await ask(client, route, None, **more)
        assert answer.status_code == 200, answer.text
        assert answer.json()["metadata"] is None


@films
@pytest.mark.parametrize(
    ("field", "value", "concern"),
    [
        ("metadata", json.dumps({"a": (MOST_METADATA - 7) * "é"}), "rule"),
        ("metadata", '"text"', "shape"),
        ("metadata", "[]", "shape"),
        ("metadata", '{"a": "\\u0000"}', "rule"),
        ("callback_url", '"http://dance.example.org/"', "security"),
        ("callback_url", '"https://127.0.0.1/"', "security"),
        ("callback_url", '"https://169.254.169.254/latest"', "security"),
        ("callback_url", '"https://ana:b@dance.example.org/"', "security"),
        ("callback_url", '"dance.example.org"', "shape"),
        ("callback_url", "7", "shape"),
    ],
)
async def test_a_wrong_option_is_named_and_nothing_is_made(
    backend: MemoryBackend,
    client: httpx.AsyncClient,
    route: str,
    field: str,
    value: str,
    concern: str,
) -> None:
    before = len(backend.tasks.history)
    problem = problem_of(await ask(client, route, None, **{field: value}), 400)
    [violation] = problem["details"]
    assert violation["path"].startswith(f"$.{field}")
    assert violation["concern"] == concern
    assert len(backend.tasks.history) == before


async def test_the_largest_metadata_are_taken(client: httpx.AsyncClient) -> None:
    largest = json.dumps({"a": (MOST_METADATA - 8) * "a"}, separators=(",", ":"))
    assert len(largest) == MOST_METADATA
    assert (await ask(client, metadata=largest)).json()["metadata"] == json.loads(largest)


async def test_every_fault_of_a_blueprint_and_of_its_options_is_named(
    client: httpx.AsyncClient,
) -> None:
    faulty = document() | {"audio_path": 7, "metadata": 8, "callback_url": 9, "more": 1}
    problem = problem_of(await client.post(ASSEMBLE, json=faulty), 400)
    assert problem["code"] == "blueprint-rejected"
    assert paths_of(problem) >= {"$.audio_path", "$.metadata", "$.callback_url", "$.more"}


async def test_no_blueprint_contains_the_options(client: httpx.AsyncClient) -> None:
    film = (await ask(client, ASSEMBLE, metadata=METADATA)).json()
    assert "metadata" not in (await client.get(film["blueprint_url"])).json()


async def test_a_request_with_other_metadata_is_another_request(client: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    first = await ask(client, headers=key, metadata=METADATA)
    again = await ask(client, headers=key, metadata=METADATA)
    assert again.headers["idempotency-replayed"] == "true"
    assert again.json() == first.json()
    assert f'"metadata":{METADATA}' in again.text
    other = await ask(client, headers=key, metadata='{"order":"A-18"}')
    assert problem_of(other, 422)["code"] == "idempotency-key-reused"
    assert problem_of(await ask(client, headers=key), 422)


async def test_a_webhook_is_told_of_a_film_with_its_answer(
    client: httpx.AsyncClient, webhook: Json, mailbox: Mailbox
) -> None:
    film = (await ask(client)).json()
    [sent] = await mailbox.until(1)
    assert (sent.url, sent.message.secrets) == (RECEIVER, (webhook["secret"],))
    message = json.loads(sent.message.body)
    assert set(message) == {"type", "timestamp", "data", "metadata"}
    assert message["type"] == "choreography.completed"
    assert datetime.fromisoformat(message["timestamp"]).tzinfo == UTC
    assert message["data"] == film
    assert message["metadata"] is None


async def test_a_callback_url_works_at_once_and_its_secret_is_had_by_rotation(
    client: httpx.AsyncClient, webhook: Json, mailbox: Mailbox
) -> None:
    await ask(client, callback_url=json.dumps(CALLBACK))
    assert {each.url for each in await mailbox.until(2)} == {RECEIVER, CALLBACK}
    _, callbacks = (await client.get(WEBHOOKS)).json()["items"]
    assert callbacks["url"] is None
    rotated = await client.post(f"{WEBHOOKS}/{callbacks['id']}/rotate")
    assert rotated.headers["cache-control"] == "no-store"
    await ask(client, callback_url=json.dumps(CALLBACK))
    told = {each.url: each.message.secrets for each in (await mailbox.until(4))[2:]}
    assert told[CALLBACK][0] == rotated.json()["secret"]
    assert len(told[CALLBACK]) == 2
    assert told[RECEIVER] == (webhook["secret"],)
    path = f"{WEBHOOKS}/{callbacks['id']}/deliveries"
    listed = (await client.get(path)).json()["items"]
    assert [each["url"] for each in listed] == [CALLBACK, CALLBACK]


async def test_a_failed_film_is_told_as_its_problem(tmp_path: Path) -> None:
    backend = MemoryBackend(tmp_path)
    await backend.furnish()
    broken: Any = failing(backend.storage, put=StorageFailed("The bucket is away."))
    backend.ports = replace(backend.ports, storage=broken)
    mailbox = Mailbox(backend)
    async with backend.client() as client:
        await client.post(WEBHOOKS, json={"url": RECEIVER})
        problem = problem_of(await ask(client, metadata=METADATA), 500)
        [sent] = await mailbox.until(1)
    message = json.loads(sent.message.body)
    assert (message["type"], message["metadata"]) == ("choreography.failed", json.loads(METADATA))
    told = message["data"]
    assert set(told) == set(problem)
    same = {name for name in told if name != "instance"}
    assert {name: told[name] for name in same} == {name: problem[name] for name in same}
    assert told["instance"].startswith("/api/tasks/")


async def test_the_secret_is_shown_once(client: httpx.AsyncClient, webhook: Json) -> None:
    assert webhook["secret"].startswith("whsec_")
    listed = await client.get(WEBHOOKS)
    assert listed.json() == {"items": [webhook["webhook"]]}
    assert "whsec" not in listed.text
    again = await client.post(WEBHOOKS, json={"url": RECEIVER})
    assert problem_of(again, 409)["code"] == "webhook-taken"


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ({"url": "https://10.1.2.3/"}, "$.url"),
        ({"url": "http://dance.example.org/"}, "$.url"),
        ({"url": RECEIVER, "events": []}, "$.events"),
        ({"url": RECEIVER, "events": ["video.made"]}, "$.events"),
        ({"url": RECEIVER, "secret": "mine"}, "$.secret"),
    ],
)
async def test_a_wrong_webhook_is_refused(
    client: httpx.AsyncClient, asked: Json, path: str
) -> None:
    problem = problem_of(await client.post(WEBHOOKS, json=asked), 400)
    assert all(each.startswith(path) for each in paths_of(problem))
    assert (await client.get(WEBHOOKS)).json() == {"items": []}


async def test_there_are_not_endlessly_many(client: httpx.AsyncClient, webhook: Json) -> None:
    for number in range(1, MOST_WEBHOOKS):
        answer = await client.post(WEBHOOKS, json={"url": f"{RECEIVER}/{number}"})
        assert answer.status_code == 201
    over = await client.post(WEBHOOKS, json={"url": f"{RECEIVER}/more"})
    assert problem_of(over, 409)["code"] == "too-many-webhooks"


async def test_deliveries_are_listed_and_sent_again(
    client: httpx.AsyncClient, webhook: Json, mailbox: Mailbox
) -> None:
    mailbox.answers = [Receipt(status=503, failure="The answer is 503.")]
    film = (await ask(client)).json()
    await mailbox.until(1)
    path = f"{WEBHOOKS}/{webhook['webhook']['id']}/deliveries"

    async def listed() -> Json:
        [delivery] = (await client.get(path)).json()["items"]
        return delivery

    async def has_failed() -> bool:
        return (await listed())["failure"] is not None

    async def is_delivered() -> bool:
        return (await listed())["state"] == "delivered"

    await until(has_failed, within=20)
    delivery = await listed()
    assert (delivery["task_id"], delivery["state"]) == (film["task_id"], "waiting")
    assert (delivery["tries"], delivery["status"]) == (1, 503)
    assert delivery["next_try_at"] > delivery["tried_at"]
    failing_since = (await client.get(WEBHOOKS)).json()["items"][0]["failing_since"]
    assert failing_since is not None

    again = await client.post(f"{path}/{delivery['id']}/retry")
    assert (again.status_code, again.json()["state"]) == (200, "waiting")
    first, second = await mailbox.until(2)
    assert first.message.id == second.message.id == delivery["id"]
    assert first.message.body == second.message.body
    await until(is_delivered, within=20)
    assert (await client.get(WEBHOOKS)).json()["items"][0]["failing_since"] is None


async def test_pages_of_deliveries_lead_on(
    client: httpx.AsyncClient, webhook: Json, mailbox: Mailbox
) -> None:
    films = [(await ask(client)).json()["task_id"] for _ in range(3)]
    path = f"{WEBHOOKS}/{webhook['webhook']['id']}/deliveries"
    first = (await client.get(path, params={"limit": 2})).json()
    rest = {"limit": 2, "cursor": first["next_cursor"]}
    second = (await client.get(path, params=rest)).json()
    assert second["next_cursor"] is None
    found = [each["task_id"] for each in (*first["items"], *second["items"])]
    assert found == films[::-1]
    for cursor in ("YWJj", "!"):
        problem_of(await client.get(path, params={"cursor": cursor}), 400)


async def test_unknown_ids_are_not_found(client: httpx.AsyncClient, webhook: Json) -> None:
    unknown = UUID(int=1)
    known = webhook["webhook"]["id"]
    for method, path, code in (
        ("DELETE", f"{WEBHOOKS}/{unknown}", "webhook-not-found"),
        ("POST", f"{WEBHOOKS}/{unknown}/rotate", "webhook-not-found"),
        ("GET", f"{WEBHOOKS}/{unknown}/deliveries", "webhook-not-found"),
        ("POST", f"{WEBHOOKS}/{known}/deliveries/{unknown}/retry", "delivery-not-found"),
    ):
        assert problem_of(await client.request(method, path), 404)["code"] == code
