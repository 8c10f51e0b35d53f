"""Every route of the OpenAPI document needs a caller, and shows nobody what is another's."""

import re
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass
from typing import Any, Final, cast

import httpx
import pytest
from litestar import Litestar
from litestar.routes import ASGIRoute, BaseRoute, HTTPRoute, WebSocketRoute

from entrypoints.http.app import create_app
from entrypoints.http.callers import authenticated
from entrypoints.settings import Settings
from tests.api.memory_backend import (
    ASSEMBLE,
    GENERATE,
    MemoryBackend,
    document,
    folder_of,
    problem_of,
)
from tests.api.narrated import GENERATE as GENERATE_VIDEO
from tests.api.narrated import ended, uploaded
from tests.api.test_callers import ANA, BRUNO, KEYS, bearer, logged_in, registered
from tests.world.pictures import png

pytestmark = pytest.mark.anyio

PUBLIC: Final = {"live", "ready", "register", "createToken", "refreshToken", "revokeToken"}
"""Operations without a caller."""
ADMINISTERS: Final = {"cleanUpStorage", "readMetrics"}
"""Operations outside the library that only administrators may use."""
READS: Final = {"searchMoves"}
"""Operations with a body that change nothing."""
SHARED: Final = {"song_id", "move_id", "job_id"}
"""Parameters that name what all users share."""
MANAGES_KEYS: Final = {"createApiKey", "revokeApiKey"}
"""Operations that every token may use, and no API key; see `test_callers`."""

WEBHOOKS: Final = "/api/webhooks"
RECEIVER: Final = "https://dance.example.org/films"

Json = dict[str, Any]


@dataclass(frozen=True)
class Operation:
    """An operation of the document."""

    name: str
    method: str
    path: str
    tags: tuple[str, ...]
    public: bool

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"\{(\w+)\}", self.path)

    @property
    def is_of_somebody(self) -> bool:
        """True if a parameter of the path names what belongs to one user."""
        return bool(set(self.parameters) - SHARED)

    @property
    def reads(self) -> bool:
        return self.method in ("get", "head") or self.name in READS


@dataclass(frozen=True)
class Guests:
    """A running service, its users, and what belongs to the first of them."""

    client: httpx.AsyncClient
    ana: dict[str, str]
    """Headers of the administrator, whose all the ids are."""
    bruno: dict[str, str]
    """Headers of a plain user."""
    ids: dict[str, str]
    operations: tuple[Operation, ...]

    async def ask(self, operation: Operation, headers: dict[str, str]) -> httpx.Response:
        """Ask for what is Ana's, without a body."""
        missing = set(operation.parameters) - set(self.ids)
        assert not missing, f"{operation.path}: say here whose {missing} are."
        address = operation.path.format(**self.ids)
        return await self.client.request(operation.method.upper(), address, headers=headers)


def operations_of(described: Json) -> Iterator[Operation]:
    for path, item in described["paths"].items():
        for method, operation in item.items():
            public = operation.get("security", described["security"]) == []
            tags = tuple(operation["tags"])
            yield Operation(operation["operationId"], method, path, tags, public)


@pytest.fixture(scope="module")
async def guests(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Guests]:
    settings = Settings(allowed_hosts="backend", auth="on", registration="open")
    backend = MemoryBackend(tmp_path_factory.mktemp("guarded"), settings)
    await backend.furnish()
    async with backend.client() as client:
        ana, bruno = await registered(client, ANA), await registered(client, BRUNO)
        client.headers.update(ana)
        songs = (await client.get("/api/songs")).json()["items"]
        moves = (await client.get("/api/moves")).json()["items"]
        webhook = (await client.post(WEBHOOKS, json={"url": RECEIVER})).json()["webhook"]
        film = (await client.post(GENERATE, json={"song_id": songs[0]["id"]})).json()
        folder = await folder_of(client, film["task_id"])
        key = (await client.post(KEYS, json={"name": "hers"})).json()["api_key"]
        deliveries = await client.get(f"{WEBHOOKS}/{webhook['id']}/deliveries")
        preparation = (await client.post("/api/library/prepare", json={})).json()
        script_id = await uploaded(client)
        video = (await client.post(GENERATE_VIDEO, json={"script_id": script_id})).json()
        await ended(client, video["id"])
        files = {"file": ("sea.png", png())}
        asset = (await client.post("/api/media/assets", files=files)).json()
        described = (await client.get("/schema/openapi.json")).json()
        for name in ana:
            del client.headers[name]
        ids = {
            "song_id": songs[0]["id"],
            "move_id": moves[0]["id"],
            "task_id": film["task_id"],
            "video_id": video["id"],
            "version": folder.rpartition("/")[2],
            "playlist": "picture.m3u8",
            "kind": "picture",
            "segment": "init.mp4",
            "job_id": preparation["job_id"],
            "script_id": script_id,
            "asset_id": asset["asset_id"],
            "key_id": key["id"],
            "webhook_id": webhook["id"],
            "delivery_id": deliveries.json()["items"][0]["id"],
        }
        yield Guests(client, ana, bruno, ids, tuple(operations_of(described)))


async def test_only_these_operations_need_no_caller(guests: Guests) -> None:
    assert {each.name for each in guests.operations if each.public} == PUBLIC
    guarded = [each.path for each in guests.operations if not each.public]
    assert all(path.startswith("/api/") for path in guarded if path != "/metrics")


async def test_without_a_caller_nothing_is_answered(guests: Guests) -> None:
    """Not even what is wrong with the body, which has not been read then."""
    for operation in guests.operations:
        answer = await guests.ask(operation, {})
        if operation.public:
            assert answer.status_code in (200, 400, 415), operation
        elif operation.method == "head":
            assert answer.status_code == 401, operation
        else:
            assert problem_of(answer, 401)["code"] == "not-authenticated", operation
            assert answer.headers["www-authenticate"].startswith("Bearer"), operation


async def test_what_is_another_s_is_not_found(guests: Guests) -> None:
    tried = [each for each in guests.operations if each.is_of_somebody]
    assert len(tried) > 5
    for operation in tried:
        answer = await guests.ask(operation, guests.bruno)
        assert answer.status_code == 404, operation
    # Those that remove come last.
    for operation in sorted(tried, key=lambda each: each.method == "delete"):
        answer = await guests.ask(operation, guests.ana)
        assert answer.status_code not in (401, 403, 404), (operation, answer.text)


async def test_what_all_users_share_is_changed_by_administrators_alone(guests: Guests) -> None:
    of_library = {o.name for o in guests.operations if "library" in o.tags and not o.reads}
    changing = [each for each in guests.operations if each.name in of_library | ADMINISTERS]
    assert {each.name for each in changing} >= {"uploadSong", "removeMove", "correctAnalysis"}
    for operation in changing:
        problem = problem_of(await guests.ask(operation, guests.bruno), 403)
        assert problem["code"] == "forbidden", operation
    for operation in guests.operations:
        if operation not in changing and not operation.public:
            assert (await guests.ask(operation, guests.bruno)).status_code != 403, operation


async def test_a_key_that_reads_does_nothing_else(guests: Guests) -> None:
    request = {"name": "reader", "scopes": ["read"]}
    ana = bearer(await logged_in(guests.client, ANA))
    key = (await guests.client.post(KEYS, json=request, headers=ana)).json()["key"]
    for operation in guests.operations:
        if operation.public or operation.name in MANAGES_KEYS:
            continue
        answer = await guests.ask(operation, {"X-API-Key": key})
        allowed = operation.reads and operation.name not in ADMINISTERS
        assert (answer.status_code == 403) is not allowed, (operation, answer.text)


async def test_no_film_of_another_is_a_clip_of_a_blueprint(guests: Guests) -> None:
    client = guests.client
    stored = f"/api/choreography/{guests.ids['task_id']}/blueprint"
    hers = (await client.get(stored, headers=guests.ana)).json()
    me = (await client.get("/api/auth/me", headers=guests.bruno)).json()["id"]
    film = hers["output_config"]["output_path"]
    for path in (film, film.replace("output", "OUTPUT"), "output/user_x/there-is-none.mp4"):
        blueprint = document()
        blueprint["output_config"]["output_path"] = f"output/user_{me}/mine.mp4"
        blueprint["moves"][0]["video_path"] = path
        answer = await client.post(ASSEMBLE, json=blueprint, headers=guests.bruno)
        assert problem_of(answer, 404)["code"] == "media-not-found"
    blueprint["output_config"]["output_path"] = film
    problem_of(await client.post(ASSEMBLE, json=blueprint, headers=guests.bruno), 400)


def handlers_of(route: BaseRoute) -> list[Any]:
    if isinstance(route, HTTPRoute):
        return [handler for handler, _ in route.route_handler_map.values()]
    return [cast(ASGIRoute | WebSocketRoute, route).route_handler]


def test_route_guards_is_guarded_also_those_that_are_not_in_the_document() -> None:
    app: Litestar = create_app(Settings())
    handlers = [handler for route in app.routes for handler in handlers_of(route)]
    assert len(handlers) > 30
    for handler in handlers:
        assert authenticated in handler.resolve_guards(), handler
