"""Every error, from every place that it can come from, is whose it is: theirs, or ours."""

import errno
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import httpx
import pytest

from application.ports.moves import MoveFilter
from application.ports.songs import SongFilter
from domain.shared import errors
from entrypoints.cli.exit_codes import NOT_RIGHT, status_of
from entrypoints.http.problems import STATUS
from tests.api.memory_backend import ASSEMBLE, GENERATE, MemoryBackend, document, problem_of
from tests.cases.test_exit_codes import error_of, kinds
from tests.world.preparing import library_work_ended

pytestmark = pytest.mark.anyio

Ask = Callable[[Exception], Awaitable[httpx.Response]]

PLAN = "/api/choreography/plan"
PARSE = "/api/choreography/parse-query"
OF_FILES = (
    *(errors.MediaNotFound, errors.UnreadableMedia, errors.TooLarge, errors.ClipTooShort),
    errors.BlueprintRejected,
)
"""Errors that callers can correct in their own files, and the service in the library's."""
SYSTEM = {
    errno.ENOSPC: (507, "disk-full"),
    errno.EDQUOT: (507, "disk-full"),
    errno.EROFS: (507, "disk-read-only"),
    errno.EIO: (500, "internal-error"),
    errno.ENOENT: (500, "internal-error"),
}


class Failing:
    """A port of which one method raises what it is told to."""

    def __init__(self, below: Any, method: str) -> None:
        self._below = below
        self._method = method
        self.error: Exception = errors.BachataError()

    def __getattr__(self, name: str) -> Any:
        if name != self._method:
            return getattr(self._below, name)

        async def fail(*_: object, **__: object) -> None:
            raise self.error

        return fail


class Unheard:
    """Songs of which no analysis is known."""

    def __init__(self, below: Any) -> None:
        self._below = below

    def __getattr__(self, name: str) -> Any:
        return getattr(self._below, name)

    async def analysis(self, song_id: str) -> None:
        return None


@dataclass(frozen=True)
class Place:
    """A failing port, and the request that meets it."""

    port: str
    method: str
    address: str
    library: bool = False
    """True if it concerns a file of the library, which the service chose."""


PLACES = {
    "a clip of their Blueprint": Place("clips", "normalise", ASSEMBLE),
    "a file of their Blueprint": Place("storage", "fetch", ASSEMBLE),
    "a clip of the library": Place("clips", "normalise", GENERATE, library=True),
    "a file of the library": Place("storage", "fetch", GENERATE, library=True),
    "a song of the library": Place("audio_analyzer", "analyze", PLAN, library=True),
    "joining": Place("encoder", "add_audio", ASSEMBLE),
    "joining a planned dance": Place("encoder", "add_audio", GENERATE, library=True),
    "storing the film": Place("storage", "put", ASSEMBLE),
    "the workspace": Place("workspace", "free", ASSEMBLE),
    "the jobs": Place("jobs", "submit", ASSEMBLE),
    "the Blueprints": Place("blueprints", "keep", GENERATE),
    "the library": Place("songs", "get", GENERATE),
    "the model": Place("description_model", "parse", PARSE),
}


def expected(place: Place, error: errors.BachataError) -> tuple[int, str]:
    """Status and code of an error at a place."""
    if place.library and isinstance(error, OF_FILES):
        return 500, "library-failed"
    status = next(STATUS[each] for each in type(error).__mro__ if each in STATUS)
    return int(status), error.code


@asynccontextmanager
async def broken(root: Path, place: Place) -> AsyncGenerator[tuple[MemoryBackend, Ask]]:
    """A service in which one place fails; asks for what needs it."""
    backend = MemoryBackend(root)
    await backend.furnish()
    song = (await backend.library.songs.page(SongFilter(), None, 1)).items[0].id
    if place.method == "analyze":
        backend.ports = replace(backend.ports, songs=cast(Any, Unheard(backend.library.songs)))
    failing = Failing(getattr(backend.ports, place.port), place.method)
    changes: Any = {place.port: failing}
    backend.ports = replace(backend.ports, **changes)
    async with backend.client() as client:

        async def ask(error: Exception) -> httpx.Response:
            failing.error = error
            # A failure before may have told that no film can be made of a clip.
            for move in (await backend.library.moves.page(MoveFilter(), None, 200)).items:
                await backend.library.moves.mark_unusable(move, None)
            body: dict[str, Any] = {"song_id": song}
            if place.address == ASSEMBLE:
                body = document()
            elif place.address == PARSE:
                body = {"query": "a slow dance"}
            return await client.post(place.address, json=body)

        yield backend, ask


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
async def test_every_error_is_whose_it_is_wherever_it_comes_from(
    tmp_path: Path, place: Place
) -> None:
    async with broken(tmp_path, place) as (backend, ask):
        for kind in kinds():
            error = error_of(kind)
            status, code = expected(place, error)
            answer = await ask(error)
            problem = problem_of(answer, status)
            assert problem["code"] == code, (kind, problem)
            assert str(error) in problem["error"] or isinstance(error, errors.InvalidRequest)
            assert ("retry-after" in answer.headers) is (status in (429, 503))
            if place.library:
                assert status >= 500 or not isinstance(error, OF_FILES)
            whose = status_of(errors.LibraryFailed() if code == "library-failed" else error)
            assert (whose == NOT_RIGHT) is (status < 500 and status != 429) or status == 503
        assert backend.left_behind() == []


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
async def test_a_full_disk_is_a_507_wherever_it_is_met(tmp_path: Path, place: Place) -> None:
    async with broken(tmp_path, place) as (_, ask):
        for number, (status, code) in SYSTEM.items():
            problem = problem_of(await ask(OSError(number, "in words", "/a/path")), status)
            assert problem["code"] == code
            assert "/a/path" not in str(problem)
            if status == 507:
                assert "BACHATA_DATA_DIR" in problem["error"]


@pytest.mark.parametrize("lost", ["clip", "song"])
async def test_a_file_that_got_lost_is_ours_and_the_next_dance_does_without_it(
    tmp_path: Path, lost: str
) -> None:
    backend = MemoryBackend(tmp_path)
    await backend.furnish()
    async with backend.opened() as app:
        transport = httpx.ASGITransport(cast(Any, app))
        async with httpx.AsyncClient(transport=transport, base_url="http://backend") as client:
            song = (await client.get("/api/songs")).json()["items"][0]
            request = {"song_id": song["id"]}
            film = (await client.post(GENERATE, json=request)).json()
            planned = (await client.get(film["blueprint_url"])).json()
            path = planned["moves"][0]["video_path"] if lost == "clip" else song["audio_path"]
            del backend.storage.objects[path]
            problem = problem_of(await client.post(GENERATE, json=request), 500)
            assert problem["code"] == "library-failed"
            assert problem["stage"] == "fetching"
            assert path in problem["error"]
            assert "library check" in problem["error"]
            [task] = [t for t in backend.tasks.history if backend.final(t).failure is not None]
            failure = backend.final(task).failure
            assert failure is not None
            assert failure.code == "library-failed"
            # The same file in a Blueprint of theirs is theirs to mend.
            theirs = planned | {"task_id": str(uuid4())}
            theirs["output_config"]["output_path"] = "output/user_local/theirs.mp4"
            answer = await client.post(ASSEMBLE, json=theirs)
            assert problem_of(answer, 404)["code"] == "media-not-found"
            await library_work_ended(app.state.use_cases.run_job.next_in, backend.jobs)
            again = await client.post(GENERATE, json=request)
    assert again.status_code == (200 if lost == "clip" else 500)
