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
    assert answer.json()["correction"] == {
        "beats": None,
        "tempo": None,
        "one_at": before["beats"][3],
        "shift": None,
        "taps": [],
        "reading": None,
    }
    await client.patch(address, json={})
    assert (await client.get(address)).json() == before
    assert before["correction"] is None


async def test_parts_of_a_correction_are_taken_back_one_by_one(client: httpx.AsyncClient) -> None:
    address = "/api/songs/song/analysis"
    before = (await client.get(address)).json()
    both = {"one_at": before["beats"][3], "shift": 30}
    moved = (await client.patch(address, json=both)).json()
    assert moved["beats"][5] == pytest.approx(before["beats"][5] + 0.03)

    rest = {name: value for name, value in moved["correction"].items() if name != "shift"}
    after = (await client.patch(address, json=rest)).json()

    assert after["beats"] == before["beats"]
    assert after["ones"][0] == before["beats"][3]
    await client.patch(address, json={})


async def test_tapped_beats_decide_where_one_is(client: httpx.AsyncClient) -> None:
    address = "/api/songs/song/analysis"
    before = (await client.get(address)).json()
    late = (0.02, -0.02, 0.01, 0.0, -0.01, 0.02, 0.0, -0.02, 0.01, -0.01)
    taps = [beat + lag for beat, lag in zip(before["beats"][5:15], late, strict=True)]

    after = (await client.patch(address, json={"taps": taps})).json()

    assert (after["tempo"], after["beats"]) == (before["tempo"], before["beats"])
    assert before["beats"][5] in after["ones"]
    assert after["correction"]["taps"] == taps
    await client.patch(address, json={})


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
        ({"shift": 2001}, "$.shift"),
        ({"taps": [1.0, 1.5]}, "$.taps"),
        ({"taps": [0.0, 0.5, 1.0, 9_999.0]}, "$.taps"),
        ({"taps": [0.0, 0.5, 1.0, 1.5], "tempo": 120}, "$.taps"),
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
