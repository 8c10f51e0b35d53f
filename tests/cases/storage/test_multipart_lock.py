"""Of two uploads in parts that end at the same moment, one ends the other's wait."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import msgspec
import pytest

from adapters.storage import listing
from adapters.storage import multipart_lock as lock_module
from adapters.storage.multipart_lock import multipart_lock
from adapters.storage.s3_client import Answer, Call, S3Client

pytestmark = pytest.mark.anyio

HASTY = {"call": 1.0, "pause": 0.01}


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


def hasty(client: S3Client) -> S3Client:
    return S3Client(client.client, client.bucket, msgspec.structs.replace(client.limits, **HASTY))


async def left(client: S3Client) -> list[str]:
    return [each.key async for each in listing.objects(client, client.keys.all)]


async def test_one_at_a_time_holds_the_lock_and_the_others_get_it_after(
    empty_client: S3Client,
) -> None:
    inside, most, marks_inside = 0, 0, list[str]()

    async def end(mark: str) -> None:
        nonlocal inside, most
        async with multipart_lock(empty_client, "a", mark, empty_client.ask):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            marks_inside.append(mark)
            inside -= 1

    marks = [f"mark-{number}" for number in range(6)]
    await asyncio.gather(*(end(mark) for mark in marks))

    assert most == 1
    assert sorted(marks_inside) == marks
    assert await left(empty_client) == []


async def test_locks_of_different_keys_are_held_side_by_side(empty_client: S3Client) -> None:
    async with (
        multipart_lock(empty_client, "a", "mark", empty_client.ask),
        multipart_lock(hasty(empty_client), "b", "mark", empty_client.ask),
    ):
        assert len(await left(empty_client)) == 2


async def test_who_waits_too_long_gives_up_and_leaves_the_claim_to_its_holder(
    empty_client: S3Client,
) -> None:
    async with multipart_lock(empty_client, "a", "first", empty_client.ask):
        before = await left(empty_client)
        with pytest.raises(TimeoutError):
            async with multipart_lock(hasty(empty_client), "a", "second", empty_client.ask):
                pytest.fail("It was held by another.")
        assert await left(empty_client) == before
    assert await left(empty_client) == []


async def test_the_claim_of_a_process_that_died_is_void_after_a_while(
    empty_client: S3Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = multipart_lock(empty_client, "a", "dead", empty_client.ask)
    await dead.__aenter__()
    monkeypatch.setattr(lock_module, "VOID", timedelta(0))
    async with multipart_lock(hasty(empty_client), "a", "alive", empty_client.ask):
        assert len(await left(empty_client)) == 1
    assert await left(empty_client) == []
    await dead.__aexit__(None, None, None)


async def test_a_lock_whose_answer_was_lost_is_known_by_its_mark(empty_client: S3Client) -> None:
    lost: list[Call] = []

    async def ask(call: Call, arguments: Mapping[str, object]) -> Answer:
        answer = await empty_client.ask(call, arguments)
        if not lost:
            lost.append(call)
            # What the SDK would meet at its second try.
            return await empty_client.ask(call, arguments)
        return answer

    async with multipart_lock(hasty(empty_client), "a", "mark", ask):
        assert lost == ["put_object"]
    assert await left(empty_client) == []
