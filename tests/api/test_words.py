"""A dance can be asked for in words."""

import httpx
import pytest

from tests.api.memory_backend import FILM_KEYS, MemoryBackend, problem_of

pytestmark = pytest.mark.anyio

PARSE, GENERATE = "/api/choreography/parse-query", "/api/choreography/generate-with-ai"
PLAN = "/api/choreography/plan"


async def test_words_are_understood_and_nothing_is_made(
    client: httpx.AsyncClient, backend: MemoryBackend
) -> None:
    answer = await client.post(PARSE, json={"query": "slow romantic for beginners, no dips"})
    assert answer.status_code == 200
    understood = answer.json()
    assert understood["parsed_by"] == "rules"
    assert understood["request"]["song_id"] == "song"
    assert understood["request"]["difficulty"] == "beginner"
    assert understood["request"]["style"] == "romantic"
    assert understood["asked"]["unwanted"]
    assert backend.tasks.history == {}


async def test_a_description_becomes_a_film_of_the_length_asked_for(
    client: httpx.AsyncClient, backend: MemoryBackend
) -> None:
    whole = (await client.get("/api/songs/song/analysis")).json()
    seconds_asked = whole["ones"][2] + 0.4
    answer = await client.post(
        GENERATE, json={"query": f"bachata sensual, {seconds_asked:.0f} seconds"}
    )
    assert answer.status_code == 200, answer.text
    film = answer.json()
    assert set(film) == FILM_KEYS | {"parameters"}
    assert film["parameters"]["request"]["song_id"] == "song"
    seconds = film["parameters"]["asked"]["seconds"]
    ends = whole["ones"][1:]
    end = min(ends, key=lambda one: abs(one - seconds))
    assert film["video_duration_seconds"] == pytest.approx(end, abs=1 / 30)
    assert len(backend.tasks.history) == 1


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "$.query"),
        ({"query": ""}, "$.query"),
        ({"query": "x" * 2001}, "$.query"),
        ({"query": "slow", "song": "song"}, "$.song"),
    ],
)
async def test_a_body_that_is_no_description_is_refused_by_name(
    client: httpx.AsyncClient, body: dict[str, str], where: str
) -> None:
    for address in (PARSE, GENERATE):
        problem = problem_of(await client.post(address, json=body), 400)
        assert [each["path"] for each in problem["details"]] == [where]


async def test_a_song_that_is_not_there_is_not_found(client: httpx.AsyncClient) -> None:
    answer = await client.post(PARSE, json={"query": "slow", "song_id": "none"})
    assert problem_of(answer, 404)["code"] == "song-not-found"


async def test_a_plan_is_made_of_words_or_of_parameters(
    client: httpx.AsyncClient, backend: MemoryBackend
) -> None:
    count = len(backend.tasks.history)
    plans = [
        await client.post(PLAN, json={"query": "for beginners, 16 seconds", "seed": 3}),
        await client.post(PLAN, json={"song_id": "song", "difficulty": "beginner", "seed": 3}),
    ]
    short, whole = (answer.json() for answer in plans)
    assert [answer.status_code for answer in plans] == [200, 200]
    assert {plan["difficulty_level"] for plan in (short, whole)} == {"beginner"}
    assert len(short["moves"]) < len(whole["moves"])
    assert short["moves"][-1]["start_time"] + short["moves"][-1]["duration"] == 16
    assert len(backend.tasks.history) == count


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, ["$.song_id"]),
        ({"query": "slow", "song": "song"}, ["$.song"]),
        ({"song_id": 1, "words": "slow"}, ["$.words", "$.song_id"]),
        ([], ["$"]),
    ],
)
async def test_what_is_neither_is_refused_as_what_it_looks_like(
    client: httpx.AsyncClient, body: object, where: list[str]
) -> None:
    problem = problem_of(await client.post(PLAN, json=body), 400)
    assert [each["path"] for each in problem["details"]] == where


@pytest.mark.parametrize(
    ("query", "words", "beginning"),
    [
        ("volar con mi perro", ["volar", "perro"], "No word of the description was understood"),
        ("lenta, con mi Ñandú", ["Ñandú"], 'Not understood: "Ñandú".'),
        ("a dance for robots", ["robots"], "No word of the description was understood"),
        ("slow, for robots", ["robots"], 'Not understood: "robots".'),
        ("una bachata", [], "The description requests no property of a dance."),
    ],
)
async def test_what_is_not_understood_is_said_in_every_answer(
    client: httpx.AsyncClient, query: str, words: list[str], beginning: str
) -> None:
    parsed = (await client.post(PARSE, json={"query": query})).json()
    planned = (await client.post(PLAN, json={"query": query})).json()
    film = (await client.post(GENERATE, json={"query": query})).json()
    assert parsed["asked"]["not_understood"] == words
    for warnings in (
        parsed["warnings"],
        planned["generation_parameters"]["warnings"],
        film["warnings"],
        film["parameters"]["warnings"],
    ):
        assert warnings[0]["message"].startswith(beginning)


async def test_order_and_number_are_answered_with_the_words_they_came_from(
    client: httpx.AsyncClient,
) -> None:
    query = "Termina con una CAÍDA, tres vueltas"
    asked = (await client.post(PARSE, json={"query": query})).json()["asked"]
    assert asked["requests"] == [
        {"figure": "dip", "place": "last", "at_least": 1, "at_most": None},
        {"figure": "turn", "place": None, "at_least": 3, "at_most": None},
    ]
    assert {"words": "CAÍDA", "meaning": "figure: dip"} in asked["understood"]
    planned = (await client.post(PLAN, json={"query": "ending in a zapateo"})).json()
    said = planned["generation_parameters"]["warnings"]
    assert any("footwork" in each["message"] for each in said)
