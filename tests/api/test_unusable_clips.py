"""A clip of which no film can be made says so, and is danced no more."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import httpx
import pytest

from adapters.memory import encoder
from application.ports.moves import MoveFilter
from domain.shared.errors import FFmpegFailed, StorageFailed, UnreadableMedia
from tests.api.memory_backend import GENERATE, MemoryBackend, paths_of, problem_of
from tests.world.faulty import FaultyEncoder
from tests.world.preparing import library_work_ended

pytestmark = pytest.mark.anyio

MOVES = "/api/moves"
DAMAGED = "The clip is damaged: it cannot be decoded to its end."


class Studio:
    """A service whose encoder may fail at clips, and what is waited for in it."""

    def __init__(
        self, backend: MemoryBackend, room: FaultyEncoder, client: httpx.AsyncClient
    ) -> None:
        self.backend = backend
        self.room = room
        self.client = client

    async def settled(self) -> None:
        """Wait for what is done after the answers."""
        app = cast(Any, self.client)._transport.app
        run_job = app.state.use_cases.run_job
        await library_work_ended(run_job.next_in, self.backend.jobs)

    async def song(self) -> str:
        return (await self.client.get("/api/songs")).json()["items"][0]["id"]

    async def unusable(self) -> dict[str, str]:
        items = (await self.client.get(MOVES, params={"limit": 200})).json()["items"]
        return {each["id"]: each["unusable"] for each in items if each["unusable"] is not None}


@pytest.fixture
async def studio(tmp_path: Path) -> AsyncGenerator[Studio]:
    backend, room = MemoryBackend(tmp_path), FaultyEncoder()
    backend.ports = replace(backend.ports, clips=room, encoder=room)
    await backend.furnish()
    async with backend.client() as client:
        yield Studio(backend, room, client)


async def bring(studio: Studio, name: str) -> dict[str, Any]:
    content = encoder.clip(name, 240, 30)
    answer = await studio.client.post(
        MOVES, data={"name": name, "tempo": "120"}, files={"file": ("a.mp4", content)}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_clip_that_was_taken_and_fails_later_shows_it(studio: Studio) -> None:
    studio.room.faults["clips/bad"] = UnreadableMedia(DAMAGED)
    bad, good = await bring(studio, "Bad"), await bring(studio, "Good")
    assert bad["unusable"] is good["unusable"] is None
    await studio.settled()
    assert await studio.unusable() == {"bad": DAMAGED}
    assert (await studio.client.get(f"{MOVES}/bad")).json()["unusable"] == DAMAGED
    assert (await studio.client.get(f"{MOVES}/good")).json()["unusable"] is None
    answer = await studio.client.post(f"{MOVES}/search", json={"words": "Bad", "limit": 200})
    reasons = {each["move"]["id"]: each["move"]["unusable"] for each in answer.json()["items"]}
    assert reasons["bad"] == DAMAGED


async def test_a_clip_that_was_removed_before_its_turn_leaves_nothing(studio: Studio) -> None:
    studio.room.faults["clips/bad"] = UnreadableMedia(DAMAGED)
    await bring(studio, "Bad")
    assert (await studio.client.delete(f"{MOVES}/bad")).status_code == 204
    await studio.settled()
    assert (await studio.client.get(f"{MOVES}/bad")).status_code == 404
    assert await studio.unusable() == {}


async def test_a_locked_clip_of_which_no_film_can_be_made_is_named(studio: Studio) -> None:
    move = (await studio.backend.library.moves.page(MoveFilter(), None, 1)).items[0]
    await studio.backend.library.moves.mark_unusable(move, DAMAGED)
    request = {
        "song_id": await studio.song(),
        "locked_moves": [{"position": 1, "move_id": move.id}],
    }
    problem = problem_of(await studio.client.post(GENERATE, json=request), 400)
    assert paths_of(problem) == {"$.locked_moves[0].move_id"}
    assert move.id in problem["details"][0]["message"]
    assert DAMAGED in problem["details"][0]["message"]


@pytest.mark.parametrize("error", [FFmpegFailed(details="broken"), UnreadableMedia(DAMAGED)])
async def test_a_film_that_fails_at_a_clip_is_not_made_with_it_again(
    studio: Studio, error: Exception
) -> None:
    request = {"song_id": await studio.song()}
    film = (await studio.client.post(GENERATE, json=request)).json()
    document = (await studio.client.get(film["blueprint_url"])).json()
    clip = document["moves"][0]
    studio.room.faults[clip["video_path"]] = error
    failed = await studio.client.post(GENERATE, json=request)
    assert failed.status_code in (400, 500)
    assert clip["video_path"] in failed.text or isinstance(error, UnreadableMedia)
    await studio.settled()
    assert set(await studio.unusable()) == {clip["clip_id"]}
    again = await studio.client.post(GENERATE, json=request)
    assert again.status_code == 200, again.text
    danced = (await studio.client.get(again.json()["blueprint_url"])).json()["moves"]
    assert clip["clip_id"] not in {each["clip_id"] for each in danced}
    # Whoever names the clip is told why there is no film.
    copy = document | {"task_id": str(uuid4())}
    copy["output_config"]["output_path"] = "output/user_local/named.mp4"
    answer = await studio.client.post("/api/choreography/assemble", json=copy)
    assert answer.json()["error"] == str(error)


async def test_a_film_that_fails_for_want_of_storage_blames_no_clip(studio: Studio) -> None:
    async def ready() -> str:
        raise StorageFailed("It is away.")

    studio.room.faults["clips/"] = FFmpegFailed()
    studio.backend.storage.ready = ready
    failed = await studio.client.post(GENERATE, json={"song_id": await studio.song()})
    assert failed.status_code == 500
    await studio.settled()
    assert await studio.unusable() == {}


async def test_a_library_without_a_usable_clip_says_so(studio: Studio) -> None:
    for move in (await studio.backend.library.moves.page(MoveFilter(), None, 200)).items:
        await studio.backend.library.moves.mark_unusable(move, DAMAGED)
    answer = await studio.client.post(GENERATE, json={"song_id": await studio.song()})
    problem = problem_of(answer, 404)
    assert problem["code"] == "no-moves-match"
    assert "No film can be made of any clip" in problem["error"]
