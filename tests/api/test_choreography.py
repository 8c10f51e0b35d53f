"""Choreographies are made while the client waits, and can be watched, read and made again."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest

from adapters.memory.encoder import Reel
from tests.api.memory_backend import ASSEMBLE, FILM_KEYS, GENERATE, MemoryBackend, document

pytestmark = pytest.mark.anyio


async def test_generate_answers_with_the_finished_film(client: httpx.AsyncClient) -> None:
    answer = await client.post(GENERATE, json={"song_id": "song", "difficulty": "beginner"})

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    film = answer.json()
    assert set(film) == FILM_KEYS
    assert film["status"] == "completed"
    assert film["video_id"] == film["task_id"] == str(UUID(film["task_id"]))
    assert film["video_url"] == f"/api/videos/{film['video_id']}/stream"
    assert film["blueprint_url"] == f"/api/choreography/{film['task_id']}/blueprint"
    assert film["video_duration_seconds"] == pytest.approx(32, abs=1 / 30)
    assert film["duration_seconds"] > 0
    assert isinstance(film["warnings"], list)


async def test_assemble_answers_with_the_finished_film(client: httpx.AsyncClient) -> None:
    blueprint = document()

    answer = await client.post(ASSEMBLE, json=blueprint)

    assert answer.status_code == 200
    film = answer.json()
    assert set(film) == FILM_KEYS
    assert film["task_id"] == blueprint["task_id"]
    assert film["status"] == "completed"
    assert film["video_duration_seconds"] == 6
    assert film["warnings"] == []


@pytest.mark.parametrize("route", [GENERATE, ASSEMBLE])
async def test_the_film_is_where_the_answer_says(client: httpx.AsyncClient, route: str) -> None:
    body = {"song_id": "song"} if route == GENERATE else document()
    film = (await client.post(route, json=body)).json()

    watched = await client.get(film["video_url"])

    assert watched.status_code == 200
    assert watched.headers["content-type"] == "video/mp4"
    reel = msgspec.json.decode(watched.content, type=Reel)
    assert len(reel.frames) == round(film["video_duration_seconds"] * reel.rate)
    assert reel.sound_seconds is not None


async def test_the_blueprint_of_an_assembled_film_is_the_one_that_was_sent(
    client: httpx.AsyncClient,
) -> None:
    blueprint = document()
    film = (await client.post(ASSEMBLE, json=blueprint)).json()

    answer = await client.get(film["blueprint_url"])

    assert answer.status_code == 200
    assert answer.json() == blueprint


async def test_the_blueprint_of_a_generated_film_assembles_again(client: httpx.AsyncClient) -> None:
    first = (await client.post(GENERATE, json={"song_id": "song", "seed": 7})).json()
    blueprint = (await client.get(first["blueprint_url"])).json()

    again = await client.post(ASSEMBLE, json=renewed(blueprint))

    assert again.status_code == 200
    second = again.json()
    assert second["video_duration_seconds"] == first["video_duration_seconds"]
    films = [(await client.get(film["video_url"])).content for film in (first, second)]
    assert films[0] == films[1]


async def test_the_blueprint_says_what_was_asked_for(client: httpx.AsyncClient) -> None:
    request = {"song_id": "song", "energy_level": "high", "style": "sensual", "seed": 3}
    film = (await client.post(GENERATE, json=request)).json()

    blueprint = (await client.get(film["blueprint_url"])).json()

    parameters = blueprint["generation_parameters"]
    assert {name: parameters[name] for name in request} == request
    assert parameters["user_id"] == "local"


async def test_a_locked_move_is_danced_where_it_was_locked(client: httpx.AsyncClient) -> None:
    request = {"song_id": "song", "locked_moves": [{"position": 4, "move_id": "move-3"}]}
    film = (await client.post(GENERATE, json=request)).json()

    blueprint = (await client.get(film["blueprint_url"])).json()

    [at_16] = [move for move in blueprint["moves"] if move["start_time"] == pytest.approx(16)]
    assert at_16["clip_id"] == "move-3"


@pytest.mark.parametrize("song", [{"song": {"path": "songs/song"}}, {"song.path": "songs/song"}])
@pytest.mark.parametrize("moves", ["moves_used", "clips"])
async def test_a_document_of_an_early_version_is_assembled(
    client: httpx.AsyncClient, song: dict[str, Any], moves: str
) -> None:
    today = document()
    early = {
        "task_id": today["task_id"],
        **song,
        moves: today["moves"],
        "video_output": {"path": today["output_config"]["output_path"]},
    }

    answer = await client.post(ASSEMBLE, json=early)

    assert answer.status_code == 200, answer.text
    upgraded = (await client.get(answer.json()["blueprint_url"])).json()
    assert upgraded["schema_version"] == 1
    assert upgraded["audio_path"] == "songs/song"


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json", 200),
        ("Application/JSON; charset=utf-8", 200),
        (None, 415),
        ("", 415),
        ("application/x+json", 415),
        ("text/plain", 415),
        ("application/json, text/plain", 415),
    ],
)
async def test_a_body_is_json_and_says_so(
    client: httpx.AsyncClient, kind: str | None, status: int
) -> None:
    headers = {} if kind is None else {"Content-Type": kind}

    answer = await client.post(ASSEMBLE, content=msgspec.json.encode(document()), headers=headers)

    assert answer.status_code == status, answer.text
    assert (answer.headers.get("accept") == "application/json") is (status == 415)


async def test_nothing_but_the_film_is_left(
    client: httpx.AsyncClient, backend: MemoryBackend
) -> None:
    film = (await client.post(ASSEMBLE, json=document())).json()

    assert backend.left_behind() == []
    assert backend.final(UUID(film["task_id"])).output_path in backend.storage.objects


async def test_a_trailing_slash_makes_no_difference(client: httpx.AsyncClient) -> None:
    film = (await client.post(GENERATE + "/", json={"song_id": "song"})).json()
    again = (await client.post(ASSEMBLE + "/", json=document())).json()
    assert film["status"] == again["status"] == "completed"

    for address in (
        film["video_url"],
        film["blueprint_url"],
        "/api/songs",
        "/api/moves",
        "/health/live",
        "/health/ready",
        "/schema",
        "/schema/openapi.json",
        "/api/songs/nowhere",
    ):
        plain, slashed = await client.get(address), await client.get(address + "/")
        assert slashed.status_code == plain.status_code, address
        if plain.status_code == 200:
            assert slashed.content == plain.content


def renewed(blueprint: dict[str, Any]) -> dict[str, Any]:
    """The same dance for a new task and another file."""
    task_id = str(uuid4())
    output = {**blueprint["output_config"], "output_path": f"output/user_local/{task_id}.mp4"}
    return {**blueprint, "task_id": task_id, "output_config": output}
