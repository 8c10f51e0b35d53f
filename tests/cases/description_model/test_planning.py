"""Dances that Gemini has ideas for, well and badly, by the real client."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from adapters.description_model.gemini import GeminiDescriptionModel
from application.planning.generate_from_text import DescribedDance
from application.ports.description_model import Reader, Slot
from domain.planning.planner import LockedMove
from tests.cases.description_model.server import (
    KEY,
    PATIENT,
    Reply,
    Request,
    calling,
    closed_port,
    fills_in,
    http,
    installed,
    keep_to_loopback,
    move,
    ok,
    orders,
    refusal,
    says,
)
from tests.world.planning import ballroom
from tests.world.warned import messages

pytestmark = [pytest.mark.anyio, *installed]

WORDS = "a dance with hammerlocks, to Luna de humo"
SONG = "luna-de-humo"
UNDERSTOOD = fills_in(song_id=SONG, difficulty="intermediate")


@pytest.fixture(autouse=True)
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_to_loopback(monkeypatch)


def danced(dance: DescribedDance) -> list[str]:
    return [move.clip_id or "" for move in dance.blueprint.moves]


def is_order(request: Request) -> bool:
    return "phrases" in request.data


async def without_gemini(root: Path) -> list[str]:
    """The dance that the planner makes of what Gemini understands, left alone."""
    async with calling(lambda r: orders() if is_order(r) else UNDERSTOOD) as (description_model, _):
        return danced(await (await ballroom(root, description_model)).described(WORDS))


async def test_the_moves_it_proposes_are_danced(tmp_path: Path) -> None:
    proposed: list[str] = []

    def third(request: Request) -> Reply:
        if not is_order(request):
            return UNDERSTOOD
        proposed[:] = [phrase["candidates"][2] for phrase in request.data["phrases"]]
        return orders(*proposed)

    async with calling(third) as (description_model, server):
        dance = await (await ballroom(tmp_path, description_model)).described(WORDS)
    assert messages(dance.warnings) == ()
    assert dance.parameters.parsed_by is Reader.GEMINI
    question = server.requests[1].data
    ids = {move["id"] for move in question["moves"]}
    assert question["description"] == WORDS
    assert {each for phrase in question["phrases"] for each in phrase["candidates"]} == ids
    heeded = [(m.reason or {})["costs"]["proposal"] == 0 for m in dance.blueprint.moves]
    assert sum(heeded) > len(heeded) / 2
    alone = await without_gemini(tmp_path)
    assert len(set(danced(dance)) & set(proposed)) > len(set(alone) & set(proposed))


async def test_its_rules_are_weaker_than_ours(tmp_path: Path) -> None:
    """It wants one move throughout, which is also banned; another is locked to one place."""

    def same(request: Request) -> Reply:
        return orders(*["dip"] * len(request.data["phrases"])) if is_order(request) else UNDERSTOOD

    async with calling(same) as (description_model, server):
        room = await ballroom(tmp_path, description_model)
        dance = await room.described(
            WORDS,
            banned_moves=("dip",),
            locked_moves=(LockedMove(position=6, move_id="side-basic"),),
        )
    moves = danced(dance)
    assert "dip" not in moves
    assert "side-basic" in moves
    assert all("dip" not in phrase["candidates"] for phrase in server.requests[1].data["phrases"])
    assert ["side-basic"] in [p["candidates"] for p in server.requests[1].data["phrases"]]
    (message,) = messages(dance.warnings)
    assert "'dip'; the planner chose others." in message


TROUBLE = {
    "bad JSON": says('{"move_ids": ['),
    "nonsense": orders(*["no such move"] * 40),
    "nothing": orders(),
    "a blocked answer": says("{", "SAFETY"),
    "too many requests": refusal(429, "RESOURCE_EXHAUSTED"),
    "a service that is full": refusal(503, "UNAVAILABLE"),
    "an empty answer": ok({}),
    "a page": http("200 OK", b"<html>", "text/html"),
    "a connection that is cut": b"HTTP/1.1 50",
}


@pytest.mark.parametrize("reply", TROUBLE.values(), ids=TROUBLE.keys())
async def test_with_trouble_the_dance_is_the_planners_and_the_trouble_is_told(
    tmp_path: Path, reply: Reply
) -> None:
    async with calling(lambda r: reply if is_order(r) else UNDERSTOOD) as (
        description_model,
        server,
    ):
        dance = await (await ballroom(tmp_path, description_model)).described(WORDS)
    assert len(server.requests) == 2
    assert danced(dance) == await without_gemini(tmp_path)
    assert "planner" in messages(dance.warnings)[0]
    written = dance.blueprint.generation_parameters["warnings"]
    assert msgspec.to_builtins(list(dance.warnings)) == written


async def test_a_service_that_refuses_leaves_everything_to_rules_and_planner(
    tmp_path: Path,
) -> None:
    description_model = GeminiDescriptionModel(KEY, "some-model", PATIENT, closed_port())
    dance = await (await ballroom(tmp_path, description_model)).described(WORDS)
    await description_model.close()
    offline = await (await ballroom(tmp_path)).described(WORDS)
    assert danced(dance) == danced(offline)
    assert messages(dance.warnings) == (
        "Gemini could not be reached; rules read the description instead.",
        "Gemini could not be reached; the planner chose the moves.",
    )


async def test_who_was_too_slow_to_read_is_not_asked_to_propose(tmp_path: Path) -> None:
    async with calling(lambda _: None, limit=0.2) as (description_model, server):
        await description_model.ready()
        dance = await (await ballroom(tmp_path, description_model)).described(WORDS)
        assert len(server.requests) == 1
    assert messages(dance.warnings) == (
        "Gemini did not answer within 0.2 s; rules read the description instead.",
        "The 0.2 s time limit of Gemini for one dance was used up; the planner chose the moves.",
    )


async def test_reading_and_proposing_share_one_time_limit() -> None:
    """Of a limit that nobody would wait for, nearly all is spent: the rest is soon over."""
    moves = (move("one"), move("two"))
    slots = (Slot(energy=0.5, candidates=("one", "two")),)
    async with calling(lambda _: None, limit=1e6) as (description_model, server):
        asking = description_model.order(WORDS, slots, moves, spent=1e6 - 0.2)
        proposal = await asyncio.wait_for(asking, PATIENT)
        assert len(server.requests) <= 1
    assert proposal.move_ids == (None,)
    assert messages(proposal.warnings) == (
        "Gemini did not answer within 1e+06 s; the planner chose the moves.",
    )
