"""Of two uploads in parts that end at the same moment, one ends the other's wait."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import msgspec
import pytest

from adapters.storage import listing, multipart_lock
from adapters.storage.multipart_lock import claimed
from adapters.storage.s3_client import Answer, Call, Line

pytestmark = pytest.mark.anyio

HASTY = {"call": 1.0, "pause": 0.01}


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


def hasty(line: Line) -> Line:
    return Line(line.client, line.bucket, msgspec.structs.replace(line.limits, **HASTY))


async def left(line: Line) -> list[str]:
    return [each.key async for each in listing.objects(line, line.keys.all)]


async def test_one_at_a_time_holds_a_claim_and_the_others_get_it_after(empty_line: Line) -> None:
    inside, most, held = 0, 0, list[str]()

    async def end(mark: str) -> None:
        nonlocal inside, most
        async with claimed(empty_line, "a", mark, empty_line.ask):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            held.append(mark)
            inside -= 1

    marks = [f"mark-{number}" for number in range(6)]
    await asyncio.gather(*(end(mark) for mark in marks))

    assert most == 1
    assert sorted(held) == marks
    assert await left(empty_line) == []


async def test_claims_of_different_keys_are_held_side_by_side(empty_line: Line) -> None:
    async with (
        claimed(empty_line, "a", "mark", empty_line.ask),
        claimed(hasty(empty_line), "b", "mark", empty_line.ask),
    ):
        assert len(await left(empty_line)) == 2


async def test_who_waits_too_long_gives_up_and_leaves_the_claim_to_its_holder(
    empty_line: Line,
) -> None:
    async with claimed(empty_line, "a", "first", empty_line.ask):
        before = await left(empty_line)
        with pytest.raises(TimeoutError):
            async with claimed(hasty(empty_line), "a", "second", empty_line.ask):
                pytest.fail("It was held by another.")
        assert await left(empty_line) == before
    assert await left(empty_line) == []


async def test_the_claim_of_a_process_that_died_is_void_after_a_while(
    empty_line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = claimed(empty_line, "a", "dead", empty_line.ask)
    await dead.__aenter__()
    monkeypatch.setattr(multipart_lock, "VOID", timedelta(0))
    async with claimed(hasty(empty_line), "a", "alive", empty_line.ask):
        assert len(await left(empty_line)) == 1
    assert await left(empty_line) == []
    await dead.__aexit__(None, None, None)


async def test_a_claim_whose_answer_was_lost_is_known_by_its_mark(empty_line: Line) -> None:
    lost: list[Call] = []

    async def ask(call: Call, given: Mapping[str, object]) -> Answer:
        answer = await empty_line.ask(call, given)
        if not lost:
            lost.append(call)
            # What the SDK would meet at its second try.
            return await empty_line.ask(call, given)
        return answer

    async with claimed(hasty(empty_line), "a", "mark", ask):
        assert lost == ["put_object"]
    assert await left(empty_line) == []
