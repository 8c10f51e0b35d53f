"""Whatever a body of up to 8 MB holds, it is answered shortly and in little memory."""

import asyncio
import json
import tracemalloc
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from litestar import Litestar

from domain.blueprint import rules
from domain.shared.errors import BlueprintRejected
from tests.api.asgi import Exchange
from tests.api.memory_backend import ASSEMBLE, GENERATE, JSON, MemoryBackend, document

pytestmark = pytest.mark.anyio

LARGEST = 8_000_000
ROUTES = (
    ("POST", ASSEMBLE),
    ("POST", GENERATE),
    ("POST", "/api/choreography/generate-with-ai"),
    ("POST", "/api/choreography/parse-query"),
    ("POST", "/api/choreography/plan"),
    ("POST", "/api/moves/search"),
    ("PATCH", "/api/songs/song/analysis"),
    ("PATCH", "/api/moves/move-0"),
)


def filled(head: bytes, piece: bytes, tail: bytes, size: int = LARGEST) -> bytes:
    return head + piece * ((size - len(head) - len(tail)) // len(piece)) + tail


def with_parameters(value: bytes) -> bytes:
    text = json.dumps(document()).encode()
    assert b'"generation_parameters": {}' in text
    return text.replace(b'"generation_parameters": {}', b'"generation_parameters": ' + value)


def keys(count: int) -> bytes:
    return b"{" + b",".join(b'"k%d":1' % number for number in range(count)) + b"}"


BODIES = {
    "moves": filled(b'{"moves":[', b"{},", b"{}]}", 4_000_000),
    "fewer moves": filled(b'{"moves":[', b"{},", b"{}]}", 210_000),
    "arrays": filled(b"[", b"[],", b"[]]"),
    "numbers": filled(b'{"moves":[', b"1,", b"1]}"),
    "the same key": filled(b"{", b'"a":1,', b'"a":1}'),
    "100,000 keys": keys(100_000),
    "600,000 keys": keys(600_000),
    "a long number": filled(b'{"seed":', b"1", b"}"),
    "a number of 4,000 digits": filled(b'{"song_id":"song","seed":', b"1", b"}", 4_000),
    "a long fraction": filled(b'{"seed":0.', b"1", b"}"),
    "nested arrays": b"[" * LARGEST,
    "nested objects": filled(b"", b'{"a":', b""),
    "a long text": filled(b'{"song_id":"', b"x", b'"}'),
    "a long text in many bytes": filled(b'{"song_id":"\xf0\x9f\x98\x80', "é".encode(), b'"}'),
    "a long text of escapes": filled(b'{"query":"', rb"\u0001", b'"}'),
    "a long path": filled(b'{"audio_path":"', b"x", b'"}'),
    "a long key": filled(b'{"', b"k", b'":1}'),
    "a long key of escapes": filled(b'{"', rb"\u0001", b'":1}'),
    "a long key of much that is wrong": with_parameters(
        b'{"' + b"k" * 4_000_000 + b'":[' + b",".join([rb'"\u0000"'] * 120_000) + b"]}"
    ),
    "much that is wrong, deep down": with_parameters(
        (b'{"%s":' % (b"k" * 60)) * 50 + filled(b"[", rb'"\u0000",', b"1]", 900_000) + b"}" * 50
    ),
    "locked moves": b'{"song_id":"song","locked_moves":['
    + b",".join(b'{"position":%d,"move_id":"a"}' % number for number in range(60_000))
    + b"]}",
    "wrong locked moves": filled(b'{"song_id":"song","locked_moves":[', b"{},", b"{}]}", 210_000),
    "banned moves": b'{"song_id":"song","banned_moves":["a"' + b',"b"' * 200_000 + b"]}",
    "a far beat": b'{"tempo":240,"one_at":1e300}',
    "a far eight-count": b'{"song_id":"song","locked_moves":[{"position":1e9,"move_id":"a"}]}',
}


@pytest.fixture(scope="module")
async def app(backend: MemoryBackend) -> AsyncGenerator[Litestar]:
    async with backend.opened() as opened:
        yield opened


async def answered(app: Litestar, method: str, path: str, body: bytes) -> Exchange:
    async with asyncio.timeout(20):
        return await Exchange(method, path, JSON, body).run(app)


@pytest.mark.parametrize("name", BODIES)
async def test_a_body_is_refused_in_a_short_answer(app: Litestar, name: str) -> None:
    for method, path in ROUTES:
        exchange = await answered(app, method, path, BODIES[name])
        assert exchange.status == 400, (path, exchange.content[:500])
        assert len(exchange.content) < 100_000, path
        assert len(json.loads(exchange.content)["details"]) <= 101


async def test_a_long_list_is_refused_before_its_items(app: Litestar) -> None:
    exchange = await answered(app, "POST", ASSEMBLE, BODIES["fewer moves"])

    details = json.loads(exchange.content)["details"]
    [moves] = [each for each in details if each["path"] == "$.moves"]
    assert moves["message"].endswith("items; the maximum is 2000.")
    assert not any("moves[" in each["path"] for each in details)


async def test_of_very_many_violations_the_first_are_told_and_the_rest_counted(
    app: Litestar,
) -> None:
    body = json.dumps({**document(), "moves": [{}] * 2000}).encode()

    details = json.loads((await answered(app, "POST", ASSEMBLE, body)).content)["details"]

    assert len(details) == 101
    assert details[0]["path"] == "$.moves[0].video_path"
    assert details[-1]["message"] == f"And {3 * 2000 - 100} more."


async def test_violations_of_the_options_come_first_and_all_are_counted(app: Litestar) -> None:
    body = json.dumps({**document(), "moves": [{}] * 2000, "callback_url": 1}).encode()

    details = json.loads((await answered(app, "POST", ASSEMBLE, body)).content)["details"]

    assert details[0]["path"] == "$.callback_url"
    assert details[-1]["message"] == f"And {3 * 2000 + 1 - 100} more."


async def test_an_unsafe_path_is_told_apart_however_much_else_is_wrong(app: Litestar) -> None:
    moves = [*([{}] * 100), {"video_path": "../secret", "start_time": 0, "duration": 1}]
    body = json.dumps({**document(), "moves": moves}).encode()

    exchange = await answered(app, "POST", ASSEMBLE, body)

    assert json.loads(exchange.content)["code"] == "unsafe-path"


@pytest.mark.parametrize("name", BODIES)
def test_a_body_takes_little_memory(name: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(BlueprintRejected):
            rules.parse(BODIES[name])
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert most < 50_000_000


async def test_a_large_body_is_read_beside_the_loop(app: Litestar) -> None:
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def turns_during(name: str) -> int:
        nonlocal turns
        task = asyncio.create_task(others())
        turns = 0
        await answered(app, "POST", ASSEMBLE, BODIES[name])
        task.cancel()
        await asyncio.wait([task])
        return turns

    for name in ("100,000 keys", "fewer moves", "much that is wrong, deep down"):
        most = 0
        # Read on the loop, it lets others take six turns, every time. On a busy machine the
        # thread that reads may end before they had many.
        for _ in range(5):
            if (most := await turns_during(name)) > 10:
                break
        assert most > 10, name


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/api/songs?search=", "search"),
        ("/api/songs?genre=", "genre"),
        ("/api/songs?cursor=", "cursor"),
        ("/api/moves?search=", "search"),
        ("/api/moves?label=", "label"),
        ("/api/moves?cursor=", "cursor"),
    ],
)
async def test_a_parameter_has_a_length(backend: MemoryBackend, address: str, name: str) -> None:
    async with backend.client() as client:
        answer = await client.get(address + "x" * 60_000)
        problem: Any = answer.json()

    assert answer.status_code == 400, answer.text[:500]
    [wrong] = problem["details"]
    assert wrong["path"] == name
    assert "200" in wrong["message"]
    assert len(answer.content) < 100_000


@pytest.mark.parametrize(
    "address", ["/api/songs/{}", "/api/moves/{}", "/api/songs/{}/analysis", "/api/moves/{}/similar"]
)
async def test_an_id_has_a_length(backend: MemoryBackend, address: str) -> None:
    async with backend.client() as client:
        answer = await client.get(address.format("%F0%9F%92%83" * 5_000))

    assert answer.status_code == 400, answer.text[:500]
    assert "200" in answer.json()["details"][0]["message"]
    assert len(answer.content) < 100_000
