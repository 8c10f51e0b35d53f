"""A part of a Blueprint is planned again over HTTP."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.api.memory_backend import ASSEMBLE, problem_of

pytestmark = pytest.mark.anyio

PLAN = "/api/choreography/plan"
Json = dict[str, Any]


@pytest.fixture
async def dance(client: httpx.AsyncClient) -> Json:
    answer = await client.post(PLAN, json={"song_id": "song", "seed": 2})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def again(client: httpx.AsyncClient, dance: object, **more: object) -> Json:
    answer = await client.post(PLAN, json={"blueprint": dance, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_locked_moves_stay_and_the_new_blueprint_becomes_a_film(
    client: httpx.AsyncClient, dance: Json
) -> None:
    after = await again(client, dance, locks=[0, 2], seed=9)

    for index in (0, 2):
        assert dance["moves"][index] in after["moves"]
    assert UUID(after["task_id"]) != UUID(dance["task_id"])
    assert 0 <= after["generation_parameters"]["quality"]["kept_share"] <= 1
    assert after["generation_parameters"]["replanned"]["task_id"] == dance["task_id"]
    film = await client.post(ASSEMBLE, json=after)
    assert film.status_code == 200, film.text


async def test_without_another_seed_nothing_changes_but_what_is_banned(
    client: httpx.AsyncClient, dance: Json
) -> None:
    same = await again(client, dance)
    assert same["moves"] == dance["moves"]
    assert same["generation_parameters"]["quality"]["kept_share"] == 1.0

    banned = dance["moves"][1]["clip_id"]
    without = await again(client, dance, banned_moves=[banned])
    assert banned not in [move["clip_id"] for move in without["moves"]]


async def test_a_blueprint_of_an_older_version_is_planned_again(
    client: httpx.AsyncClient, dance: Json
) -> None:
    older = {name: value for name, value in dance.items() if name != "audio_path"}
    older["song"] = {"path": dance["audio_path"]}
    older["moves_used"] = older.pop("moves")
    older["video_output"] = older.pop("output_config")
    del older["schema_version"]

    after = await again(client, older, locks=[1])

    assert dance["moves"][1] in after["moves"]


async def test_what_is_wrong_is_named_with_its_place(
    client: httpx.AsyncClient, dance: Json
) -> None:
    body = {"blueprint": dance, "locks": [0, 99], "banned_moves": [dance["moves"][0]["clip_id"]]}
    problem = problem_of(await client.post(PLAN, json=body), 400)

    assert problem["code"] == "invalid-request"
    assert [each["path"] for each in problem["details"]] == ["$.locks[1]", "$.locks[0]"]


async def test_the_errors_of_the_blueprint_and_of_the_rest_are_told_together(
    client: httpx.AsyncClient, dance: Json
) -> None:
    first, *rest = dance["moves"]
    broken = {**dance, "moves": [{**first, "duration": -1}, *rest]}
    body = {"blueprint": broken, "locks": ["x"], "songs": 1}
    problem = problem_of(await client.post(PLAN, json=body), 400)

    assert problem["code"] == "blueprint-rejected"
    paths = [each["path"] for each in problem["details"]]
    assert {"$.songs", "$.locks", "$.blueprint.moves[0].duration"} <= set(paths)
    assert len(paths) == len(set(paths))


@pytest.mark.parametrize("blueprint", [None, 3, "dance", [], {}])
async def test_something_else_than_a_blueprint_is_refused(
    client: httpx.AsyncClient, blueprint: object
) -> None:
    problem = problem_of(await client.post(PLAN, json={"blueprint": blueprint}), 400)

    assert problem["code"] == "blueprint-rejected"
    assert all(each["path"].startswith("$.blueprint") for each in problem["details"])


async def test_a_song_that_is_not_in_the_library_is_named(
    client: httpx.AsyncClient, dance: Json
) -> None:
    body = {"blueprint": {**dance, "audio_path": "songs/elsewhere"}}
    problem = problem_of(await client.post(PLAN, json=body), 404)

    assert problem["code"] == "song-not-found"
    assert "songs/elsewhere" in problem["error"]
