"""Clients can read and correct the analysis of a song."""

import httpx
import pytest

from adapters.memory import encoder
from domain.library.songs import Song
from tests.api.memory_backend import MemoryBackend, problem_of

pytestmark = pytest.mark.anyio


async def test_what_is_heard_in_a_song_is_told(client: httpx.AsyncClient) -> None:
    analysis = (await client.get("/api/songs/song/analysis")).json()
    assert analysis["tempo"] == 120
    assert set(analysis["ones"]) <= set(analysis["beats"])
    assert analysis["sections"]


async def test_a_correction_wins_until_it_is_taken_back(client: httpx.AsyncClient) -> None:
    address = "/api/songs/song/analysis"
    before = (await client.get(address)).json()
    answer = await client.patch(address, json={"one_at": before["beats"][3]})
    assert answer.status_code == 200
    assert answer.json()["ones"][0] == before["beats"][3]
    assert (await client.get(address)).json() == answer.json()
    await client.patch(address, json={})
    assert (await client.get(address)).json() == before


async def test_a_song_is_listed_by_the_tempo_a_person_says(client: httpx.AsyncClient) -> None:
    address = "/api/songs/song/analysis"
    await client.patch(address, json={"beats": "half"})
    assert (await client.get("/api/songs/song")).json()["tempo"] == 60
    slow = "/api/songs?max_bpm=70"
    assert [each["id"] for each in (await client.get(slow)).json()["items"]] == ["song"]
    await client.patch(address, json={})
    assert (await client.get(slow)).json()["items"] == []
    assert (await client.get("/api/songs/song")).json()["tempo"] == 120


@pytest.mark.parametrize(
    ("correction", "where"),
    [
        ({"tempo": 10}, "$.tempo"),
        ({"beats": "triple"}, "$.beats"),
        ({"one_at": -1}, "$.one_at"),
        ({"one_at": 10_000}, "$.one_at"),
        ({"bpm": 120}, "$.bpm"),
    ],
)
async def test_a_correction_that_cannot_be_is_refused_by_name(
    client: httpx.AsyncClient, correction: dict[str, object], where: str
) -> None:
    problem = problem_of(await client.patch("/api/songs/song/analysis", json=correction), 400)
    assert [each["path"] for each in problem["details"]] == [where]


async def test_a_song_that_is_not_there_is_not_found(client: httpx.AsyncClient) -> None:
    for answer in (
        await client.get("/api/songs/none"),
        await client.get("/api/songs/none/analysis"),
        await client.patch("/api/songs/none/analysis", json={}),
    ):
        assert problem_of(answer, 404)["code"] == "song-not-found"
    assert problem_of(await client.get("/api/moves/none"), 404)["code"] == "move-not-found"


async def test_one_song_and_one_move_are_read(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/songs/song")).json()["id"] == "song"
    move = (await client.get("/api/moves")).json()["items"][0]
    assert (await client.get(f"/api/moves/{move['id']}")).json() == move


async def test_a_plan_is_a_blueprint_and_makes_no_film(
    client: httpx.AsyncClient, backend: MemoryBackend
) -> None:
    answer = await client.post("/api/choreography/plan", json={"song_id": "song"})
    assert answer.status_code == 200
    assert answer.json()["moves"]
    assert not [path for path in backend.storage.objects if path.startswith("output/")]
    assert backend.tasks.history == {}


async def test_a_song_is_listened_to_once(
    client: httpx.AsyncClient, backend: MemoryBackend
) -> None:
    await backend.storage.delete("songs/two")
    backend.storage.objects["songs/two"] = encoder.song(12)
    await backend.library.songs.add(
        Song(id="two", title="Two", artist="A", audio_path="songs/two", duration=12)
    )
    first = (await client.get("/api/songs/two/analysis")).json()
    assert first["duration"] == 12
    await backend.storage.delete("songs/two")
    assert (await client.get("/api/songs/two/analysis")).json() == first
