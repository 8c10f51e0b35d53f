"""The beat of a clip can be corrected, and the correction taken back."""

import httpx
import pytest

from tests.api.memory_backend import problem_of

pytestmark = pytest.mark.anyio

MOVE = "/api/moves/move-0"


async def test_a_correction_of_a_clip_wins_until_it_is_taken_back(
    client: httpx.AsyncClient,
) -> None:
    original = (await client.get(MOVE)).json()
    answer = await client.patch(MOVE, json={"beats": "half", "shift": "half_beat"})
    assert answer.status_code == 200
    move = answer.json()
    assert move["tempo"] == original["tempo"] / 2
    assert move["first_count"] == pytest.approx(original["first_count"] + 60 / original["tempo"])
    assert move["correction"] == {"beats": "half", "tempo": None, "one_at": None} | {
        "shift": "half_beat",
        "taps": [],
        "reading": None,
    }
    assert (await client.get(MOVE)).json() == move
    assert move in (await client.get("/api/moves")).json()["items"]
    assert (await client.patch(MOVE, json={})).json() == original
    assert (await client.get(MOVE)).json() == original


async def test_a_dance_heeds_what_a_person_says_of_a_clip(client: httpx.AsyncClient) -> None:
    plan = "/api/choreography/plan"
    before = (await client.post(plan, json={"song_id": "song"})).json()
    danced = {each["clip_id"] for each in before["moves"]}
    for move_id in danced:
        await client.patch(f"/api/moves/{move_id}", json={"shift": "half_beat"})
    after = (await client.post(plan, json={"song_id": "song"})).json()
    moved = [each["trim_start"] for each in after["moves"]]
    assert moved != [each["trim_start"] for each in before["moves"]]


@pytest.mark.parametrize(
    ("correction", "where"),
    [
        ({"tempo": 10}, "$.tempo"),
        ({"beats": "triple"}, "$.beats"),
        ({"shift": 5000}, "$.shift"),
        ({"shift": "beat"}, "$.shift"),
        ({"taps": [1, 2]}, "$.taps"),
        ({"reading": 9}, "$.reading"),
        ({"reading": 2, "tempo": 120}, "$.reading"),
        ({"taps": [0, 0.5, 1, 10_000]}, "$.taps"),
        ({"taps": [0, 0.5, 1, 1.5], "tempo": 120}, "$.taps"),
        ({"one_at": -1}, "$.one_at"),
        ({"one_at": 10_000}, "$.one_at"),
        ({"bpm": 120}, "$.bpm"),
    ],
)
async def test_a_correction_that_cannot_be_of_a_clip_is_refused_by_name(
    client: httpx.AsyncClient, correction: dict[str, object], where: str
) -> None:
    original = (await client.get(MOVE)).json()
    problem = problem_of(await client.patch(MOVE, json=correction), 400)
    assert [each["path"] for each in problem["details"]] == [where]
    assert (await client.get(MOVE)).json() == original


async def test_a_clip_that_is_not_there_is_not_found(client: httpx.AsyncClient) -> None:
    answer = await client.patch("/api/moves/none", json={"tempo": 120})
    assert problem_of(answer, 404)["code"] == "move-not-found"
