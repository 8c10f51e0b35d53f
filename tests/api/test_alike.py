"""Moves are found by what they are like, and the answer says what had to be given up."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from adapters.embedding.hashed import HashedEmbedder
from adapters.memory.audio_analyzer import MemoryAudioAnalyzer
from domain.library.embeddings import Part, unpacked
from domain.library.songs import Analysis
from domain.shared.errors import NotReady
from tests.api.memory_backend import MemoryBackend, failing, paths_of, problem_of
from tests.api.test_library import MOVE_KEYS
from tests.strategies.entries import row
from tests.world.warned import dropped

pytestmark = pytest.mark.anyio

SEARCH = "/api/moves/search"


class Ear(MemoryAudioAnalyzer):
    """Hears in every song what the third of the moves sounds like."""

    async def analyze(self, song: Path) -> Analysis:
        numbers = tuple(unpacked(row(Part.AUDIO, 2)))
        return msgspec.structs.replace(await super().analyze(song), embedding=numbers)


@pytest.fixture(scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> MemoryBackend:
    """The demo's moves; the first two sound alike, as the listener hears them."""
    memory_backend = MemoryBackend(tmp_path_factory.mktemp("place"))
    memory_backend.ports = replace(
        memory_backend.ports, embedder=HashedEmbedder(), audio_analyzer=Ear()
    )
    await memory_backend.furnish()
    embeddings = memory_backend.ports.embeddings
    for number, seed in enumerate((1, 1, 2)):
        embedding = await embeddings.find(f"move-{number}")
        assert embedding is not None
        rows = msgspec.structs.replace(embedding.rows, audio=row(Part.AUDIO, seed))
        await embeddings.keep(msgspec.structs.replace(embedding, rows=rows, audio_by="memory"))
    return memory_backend


@pytest.fixture(scope="module")
async def guest(place: MemoryBackend) -> AsyncGenerator[httpx.AsyncClient]:
    async with place.client() as client:
        yield client


async def result_of(client: httpx.AsyncClient, **search: object) -> dict[str, Any]:
    answer = await client.post(SEARCH, json=search)
    assert answer.status_code == 200, answer.text
    page = answer.json()
    assert set(page) == {"items", "warnings"}
    assert all(set(item) == {"move", "score"} for item in page["items"])
    assert all(set(item["move"]) == MOVE_KEYS for item in page["items"])
    scores = [item["score"] for item in page["items"]]
    assert scores == sorted(scores, reverse=True)
    return page


def ids(page: dict[str, Any]) -> list[str]:
    return [item["move"]["id"] for item in page["items"]]


async def test_moves_are_found_by_words(guest: httpx.AsyncClient) -> None:
    page = await result_of(guest, words="a Spin, please", limit=2)

    assert ids(page)[0] == "move-3"
    assert len(page["items"]) == 2
    assert 0 < page["items"][0]["score"] < 1


async def test_a_move_is_most_like_those_that_say_and_sound_the_same(
    guest: httpx.AsyncClient,
) -> None:
    answer = await guest.get("/api/moves/move-0/similar", params={"limit": 3})

    page = answer.json()
    assert answer.status_code == 200
    assert page["warnings"] == []
    assert len(page["items"]) == 3
    assert ids(page)[0] == "move-1"
    assert "move-0" not in ids(page)
    assert page == await result_of(guest, move_id="move-0", limit=3)


async def test_of_a_move_the_words_take_the_place_of_its_own(guest: httpx.AsyncClient) -> None:
    page = await result_of(guest, move_id="move-0", words="outro Move 6 beginner low sensual")

    assert set(ids(page)[:2]) == {"move-1", "move-6"}


async def test_a_song_is_compared_by_how_it_sounds(guest: httpx.AsyncClient) -> None:
    page = await result_of(guest, song_id="song")

    assert ids(page)[0] == "move-2"
    assert page["items"][0]["score"] == pytest.approx(1, abs=1e-5)
    assert page["warnings"] == []


async def test_moves_that_nobody_has_listened_to_are_told(tmp_path: Path) -> None:
    memory_backend = MemoryBackend(tmp_path)
    memory_backend.ports = replace(memory_backend.ports, audio_analyzer=Ear())
    await memory_backend.furnish()
    async with memory_backend.client() as client:
        page = await result_of(client, song_id="song")

    assert [each["code"] for each in page["warnings"]] == ["not-comparable"]


async def test_a_song_that_nothing_is_known_of_is_told(tmp_path: Path) -> None:
    memory_backend = MemoryBackend(tmp_path)
    await memory_backend.furnish()
    async with memory_backend.client() as client:
        page = await result_of(client, song_id="song")

    assert [each["code"] for each in page["warnings"]] == ["not-comparable"]


async def test_without_anything_to_be_like_the_wishes_alone_count(
    guest: httpx.AsyncClient,
) -> None:
    page = await result_of(guest, label="basic")

    assert ids(page) == ["move-1", "move-2"]
    assert {item["score"] for item in page["items"]} == {0}
    assert ids(await result_of(guest)) == [f"move-{number}" for number in range(7)]


async def test_wishes_that_leave_too_few_are_given_up_and_named(guest: httpx.AsyncClient) -> None:
    page = await result_of(guest, words="spin", energy_level="high", style="energetic")

    assert [dropped(each["message"]) for each in page["warnings"]] == ["energy_level", "style"]
    assert len(page["items"]) == 7
    strict = await result_of(guest, words="spin", difficulty="beginner", limit=3)
    assert strict["warnings"] == []
    assert {item["move"]["difficulty"] for item in strict["items"]} == {"beginner"}


@pytest.mark.parametrize(
    ("search", "code"),
    [
        ({"move_id": "nobody"}, "move-not-found"),
        ({"song_id": "nobody"}, "song-not-found"),
    ],
)
async def test_like_nobody_is_not_found(
    guest: httpx.AsyncClient, search: dict[str, str], code: str
) -> None:
    assert problem_of(await guest.post(SEARCH, json=search), 404)["code"] == code
    assert problem_of(await guest.get("/api/moves/nobody/similar"), 404)


@pytest.mark.parametrize(
    ("search", "wrong"),
    [
        ({"words": ""}, {"$.words"}),
        ({"words": "x" * 2001, "limit": 0}, {"$.words", "$.limit"}),
        ({"limit": 201, "style": "tango"}, {"$.limit", "$.style"}),
        ({"like": "move-0"}, {"$.like"}),
        ({"move_id": "\x00"}, {"$.move_id"}),
        ([], {"$"}),
    ],
)
async def test_everything_wrong_in_a_search_is_named(
    guest: httpx.AsyncClient, search: object, wrong: set[str]
) -> None:
    assert paths_of(problem_of(await guest.post(SEARCH, json=search), 400)) == wrong


@pytest.mark.parametrize("limit", ["0", "201", "many"])
async def test_a_limit_out_of_its_range_is_refused(guest: httpx.AsyncClient, limit: str) -> None:
    answer = await guest.get("/api/moves/move-0/similar", params={"limit": limit})
    assert paths_of(problem_of(answer, 400)) == {"limit"}


async def test_a_move_that_is_gone_is_not_found_any_more(place: MemoryBackend) -> None:
    async with place.client() as client:
        await result_of(client, words="spin")
        entry = await place.ports.embeddings.find("move-3")
        gone = await place.library.moves.remove("move-3")
        page = await result_of(client, words="spin")
        # A path is used once.
        again = {"video_path": "clips/again.mp4"}
        place.storage.objects["clips/again.mp4"] = place.storage.objects[gone.video_path]
        moved = msgspec.structs.replace(gone, **again)
        await place.library.moves.add(moved, entry)

    assert "move-3" not in ids(page)


async def test_moves_of_an_earlier_version_are_found(place: MemoryBackend) -> None:
    embedding = await place.ports.embeddings.find("move-4")
    assert embedding is not None
    place.library.embeddings.drop("move-4")
    async with place.client() as client:
        answer = await client.get("/api/moves/move-4/similar")
        words = await result_of(client, words="ladyturn")
    await place.ports.embeddings.keep(embedding)

    assert answer.status_code == 200
    assert ids(words)[0] == "move-4"


async def test_how_the_index_is_can_be_asked(place: MemoryBackend) -> None:
    async with place.client() as client:
        before = (await client.get("/health/ready")).json()
        await result_of(client, words="spin")
        after = (await client.get("/health/ready")).json()

    assert before["parts"]["index"]["ready"] is True
    assert after["parts"]["index"] == {"ready": True, "detail": "7 moves in memory"}
    assert before["ready"] is after["ready"] is True


async def test_an_index_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    memory_backend = MemoryBackend(tmp_path)
    assert before_any_search(await health(memory_backend))
    trouble = NotReady("The database cannot be reached.")
    memory_backend.ports = replace(
        memory_backend.ports, embeddings=failing(memory_backend.ports.embeddings, page=trouble)
    )
    async with memory_backend.client() as client:
        problem_of(await client.post(SEARCH, json={"words": "spin"}), 503)
        answer = await client.get("/health/ready")

    assert answer.status_code == 503
    assert answer.json()["parts"]["index"]["ready"] is False


async def health(memory_backend: MemoryBackend) -> dict[str, Any]:
    async with memory_backend.client() as client:
        return (await client.get("/health/ready")).json()


def before_any_search(state: dict[str, Any]) -> bool:
    return state["ready"] and "not built yet" in state["parts"]["index"]["detail"]
