"""Songs and moves are listed a page at a time, by what is asked for."""

import httpx
import pytest

from tests.api.memory_backend import paths_of, problem_of

pytestmark = pytest.mark.anyio

MOVE_KEYS = {
    "id",
    "name",
    "label",
    "video_path",
    "difficulty",
    "energy_level",
    "style",
    "duration",
    "tempo",
    "first_count",
    "beats",
    "unusable",
    "confidence",
    "correction",
    "beats_from",
}
SONG_KEYS = {"id", "title", "artist", "audio_path", "duration", "genre", "tempo", "unusable"}


async def test_the_songs_are_listed(client: httpx.AsyncClient) -> None:
    page = (await client.get("/api/songs")).json()

    assert set(page) == {"items", "next_cursor"}
    [song] = page["items"]
    assert set(song) == SONG_KEYS
    assert (song["id"], song["tempo"]) == ("song", 120)
    assert page["next_cursor"] is None


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 200])
async def test_the_pages_together_are_all_the_moves(client: httpx.AsyncClient, limit: int) -> None:
    ids: list[str] = []
    params: dict[str, str | int] = {"limit": limit}
    while True:
        page = (await client.get("/api/moves", params=params)).json()
        assert len(page["items"]) <= limit
        assert all(set(move) == MOVE_KEYS for move in page["items"])
        ids += [move["id"] for move in page["items"]]
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]

    assert ids == [f"move-{number}" for number in range(7)]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"label": "basic"}, {"move-1", "move-2"}),
        ({"difficulty": "beginner"}, {"move-0", "move-3", "move-6"}),
        ({"energy_level": "high"}, {"move-2", "move-5"}),
        ({"style": "energetic"}, {"move-3"}),
        ({"search": "move 5"}, {"move-5"}),
        ({"difficulty": "beginner", "style": "energetic"}, {"move-3"}),
        ({"search": "nobody"}, set[str]()),
    ],
)
async def test_the_moves_are_those_asked_for(
    client: httpx.AsyncClient, parameters: dict[str, str], expected: set[str]
) -> None:
    page = (await client.get("/api/moves", params=parameters)).json()

    assert {move["id"] for move in page["items"]} == expected


@pytest.mark.parametrize(("search", "count"), [("SONG", 1), ("band", 1), ("nobody", 0)])
async def test_songs_are_searched_by_title_and_artist(
    client: httpx.AsyncClient, search: str, count: int
) -> None:
    assert len((await client.get("/api/songs", params={"search": search})).json()["items"]) == count


@pytest.mark.parametrize(
    ("parameters", "count"),
    [
        ({"min_bpm": "120", "max_bpm": "120.0"}, 1),
        ({"min_bpm": "120.1"}, 0),
        ({"max_bpm": "119"}, 0),
        ({"min_duration": "1e9"}, 0),
        ({"min_duration": "0", "max_duration": "1e9", "search": "song"}, 1),
        ({"max_duration": "0"}, 0),
    ],
)
async def test_songs_are_found_by_tempo_and_length(
    client: httpx.AsyncClient, parameters: dict[str, str], count: int
) -> None:
    assert len((await client.get("/api/songs", params=parameters)).json()["items"]) == count


@pytest.mark.parametrize("wrong", ["-1", "nan", "inf", "-inf", "fast", ""])
@pytest.mark.parametrize("name", ["min_bpm", "max_bpm", "min_duration", "max_duration"])
async def test_a_bound_is_a_number_of_0_or_more(
    client: httpx.AsyncClient, name: str, wrong: str
) -> None:
    problem = problem_of(await client.get("/api/songs", params={name: wrong}), 400)
    assert paths_of(problem) == {name}


@pytest.mark.parametrize("cursor", ["%%%", "not base64", "w6k", "/w==", "é"])
async def test_a_cursor_of_ones_own_making_is_refused(
    client: httpx.AsyncClient, cursor: str
) -> None:
    for address in ("/api/songs", "/api/moves"):
        problem = problem_of(await client.get(address, params={"cursor": cursor}), 400)
        assert paths_of(problem) == {"cursor"}


@pytest.mark.parametrize(
    ("parameters", "wrong"),
    [
        ({"limit": "0"}, {"limit"}),
        ({"limit": "201"}, {"limit"}),
        ({"limit": "many"}, {"limit"}),
        ({"limit": "-1", "style": "tango"}, {"limit", "style"}),
        ({"difficulty": "expert", "energy_level": "wild"}, {"difficulty", "energy_level"}),
        ({"search": "a\x00", "label": "\u202e"}, {"search", "label"}),
    ],
)
async def test_everything_wrong_in_a_query_is_named_at_once(
    client: httpx.AsyncClient, parameters: dict[str, str], wrong: set[str]
) -> None:
    problem = problem_of(await client.get("/api/moves", params=parameters), 400)

    assert problem["code"] == "invalid-request"
    assert problem["stage"] == "validation"
    assert paths_of(problem) == wrong
