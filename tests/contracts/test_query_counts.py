"""Every route asks the database a fixed number of questions, however large the library is.

Routes that plan or search read the moves 500 at a time: their counts hold for a library of one
such page.
"""

import re
from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, cast
from uuid import uuid4

import httpx
import pytest
from litestar import Litestar

from adapters.database.api_keys import SqlApiKeys
from adapters.database.attempts import SqlAttemptCounter
from adapters.database.blueprints import SqlBlueprintArchive
from adapters.database.cleanups import SqlCleanupTimes
from adapters.database.deliveries import SqlDeliveryRepository, outbox
from adapters.database.engine import Database, open_database
from adapters.database.jobs import SqlJobRepository
from adapters.database.logins import SqlLogins
from adapters.database.media_assets import SqlMediaAssets
from adapters.database.schema import open_schema
from adapters.database.scripts import SqlScriptRepository
from adapters.database.signing_keys import SqlSigningKeys
from adapters.database.tasks import SqlTaskRepository
from adapters.database.users import SqlUserRepository
from adapters.database.webhooks import SqlWebhookRepository
from adapters.memory import encoder
from application.library.unique_ids import unused
from application.ports.jobs import Submission
from application.webhooks.manage_webhooks import WebhookRequest
from domain.accounts.users import User
from domain.blueprint.model import Difficulty
from domain.jobs.job import Job, JobKind
from domain.library.embeddings import MoveEmbedding
from domain.library.moves import Energy, Move, Style
from domain.library.songs import Song
from domain.rendering.assembly import Assembly
from domain.shared import paths
from domain.webhooks.webhook import WebhookEvent
from entrypoints.settings import Settings
from entrypoints.wiring.wire import wire
from tests.api.memory_backend import ASSEMBLE, GENERATE, MemoryBackend, document, folder_of
from tests.contracts import postgres
from tests.contracts.accounts import opened
from tests.contracts.test_plans import Statement, faults, plan_of, statements
from tests.world.libraries import sql_library
from tests.world.pictures import png
from tests.world.preparing import library_work_ended
from tests.world.studio import CLIPS, blueprint

pytestmark = pytest.mark.anyio

SIZES: Final = (3, 60)
"""Moves, songs and tasks of a library."""
WORDS: Final = {"query": "fast, for beginners, with many turns"}

_OF_JOBS: Final = re.compile(r"advisory|\b(FROM|UPDATE|INTO) (job|idempotency_key)\b")
"""Matches statements that the worker makes at any time; their number depends on the time."""

Ask = Callable[["Guest"], Awaitable[httpx.Response]]


@dataclass(frozen=True)
class Guest:
    """A client, and what it asks about."""

    client: httpx.AsyncClient
    task: str
    preview: str
    """Address of the folder of the task's preview."""


def ask(method: str, address: str, **body: object) -> Ask:
    async def asking(guest: Guest) -> httpx.Response:
        place = address.format(task=guest.task, preview=guest.preview)
        return await guest.client.request(method, place, json=body or None)

    return asking


def bring(address: str, content: bytes, **fields: str) -> Ask:
    async def asking(guest: Guest) -> httpx.Response:
        return await guest.client.post(address, data=fields, files={"file": ("a", content)})

    return asking


async def assemble(guest: Guest) -> httpx.Response:
    return await guest.client.post(ASSEMBLE, json=document())


@dataclass(frozen=True)
class Route:
    """A request, and how many statements it takes."""

    ask: Ask
    count: int
    by_key: bool = False
    """True for a route of one item, whose rows are all found by their keys."""
    again: bool = True
    """True where the second request is counted, when caches are filled."""


ROUTES: Final[dict[str, Route]] = {
    "live": Route(ask("GET", "/health/live"), 0),
    "ready": Route(ask("GET", "/health/ready"), 1),
    "readMetrics": Route(ask("GET", "/metrics"), 0),
    "listSongs": Route(ask("GET", "/api/songs"), 1),
    "getSong": Route(ask("GET", "/api/songs/song-01"), 1, by_key=True),
    "getAnalysis": Route(ask("GET", "/api/songs/song-01/analysis"), 3, by_key=True),
    "getSound": Route(ask("GET", "/api/songs/song-01/sound"), 1, by_key=True),
    "headSound": Route(ask("HEAD", "/api/songs/song-01/sound"), 1, by_key=True),
    "listMoves": Route(ask("GET", "/api/moves"), 1),
    "getMove": Route(ask("GET", "/api/moves/move-01"), 1, by_key=True),
    "getClip": Route(ask("GET", "/api/moves/move-01/clip"), 1, by_key=True),
    "headClip": Route(ask("HEAD", "/api/moves/move-01/clip"), 1, by_key=True),
    "getMovePoster": Route(ask("GET", "/api/moves/move-01/poster"), 1, by_key=True),
    "headMovePoster": Route(ask("HEAD", "/api/moves/move-01/poster"), 1, by_key=True),
    "getBlueprint": Route(ask("GET", "/api/choreography/{task}/blueprint"), 2, by_key=True),
    "explainFilm": Route(ask("GET", "/api/choreography/{task}/explanation"), 4),
    "getCounts": Route(ask("GET", "/api/choreography/{task}/counts.vtt"), 3),
    "headCounts": Route(ask("HEAD", "/api/choreography/{task}/counts.vtt"), 3),
    "getVideoStream": Route(ask("GET", "/api/videos/{task}/stream"), 1, by_key=True),
    "headVideoStream": Route(ask("HEAD", "/api/videos/{task}/stream"), 1, by_key=True),
    "watchTask": Route(ask("GET", "/api/tasks/{task}/events"), 1, by_key=True),
    "getPreview": Route(ask("GET", "/api/choreography/{task}/preview.m3u8"), 2, by_key=True),
    "getPreviewPlaylist": Route(ask("GET", "{preview}/picture.m3u8"), 2, by_key=True),
    "getPreviewSegment": Route(ask("GET", "{preview}/picture/init.mp4"), 2, by_key=True),
    "searchMoves": Route(ask("POST", "/api/moves/search", words="a turn"), 2),
    "listSimilarMoves": Route(ask("GET", "/api/moves/move-01/similar"), 4),
    "parseQuery": Route(ask("POST", "/api/choreography/parse-query", **WORDS), 3),
    "planChoreography": Route(ask("POST", "/api/choreography/plan", song_id="song-01"), 6),
    "generateChoreography": Route(ask("POST", GENERATE, song_id="song-01"), 23),
    "generateFromWords": Route(
        ask("POST", "/api/choreography/generate-with-ai", **WORDS, song_id="song-01"), 28
    ),
    "assembleBlueprint": Route(assemble, 15),
    "correctAnalysis": Route(
        ask("PATCH", "/api/songs/song-01/analysis", beats="half"), 3, by_key=True
    ),
    "correctMove": Route(ask("PATCH", "/api/moves/move-01", shift="half_beat"), 5, by_key=True),
    "uploadSong": Route(
        bring("/api/songs", encoder.song(31), title="New", artist="Ana"), 10, again=False
    ),
    "uploadMove": Route(
        bring("/api/moves", encoder.clip("new", 240, 30), name="New", label="spin"),
        10,
        again=False,
    ),
    "removeSong": Route(ask("DELETE", "/api/songs/song-02"), 6, by_key=True, again=False),
    "removeMove": Route(ask("DELETE", "/api/moves/move-02"), 7, by_key=True, again=False),
}
"""Every operation of the API, in the order they are asked in: those that change come last."""


COUNTS_OF_WEBHOOKS: Final = {
    "addWebhook": 3,
    "listWebhooks": 1,
    "rotateWebhookSecret": 2,
    "listDeliveries": 2,
    "retryDelivery": 3,
    "removeWebhook": 2,
}
"""Operations of webhooks, and how many statements each takes."""

COUNTS_OF_ACCOUNTS: Final = {
    "register": 4,
    "createToken": 11,
    "refreshToken": 2,
    "revokeToken": 1,
    "getAccount": 1,
    "listApiKeys": 2,
    "createApiKey": 4,
    "revokeApiKey": 2,
}
"""Operations of accounts, and how many statements each takes with its check of the caller."""


COUNTS_OF_SCRIPTS: Final = {
    "uploadScript": 1,
    "readScript": 1,
    "generateVideo": 9,
    "readVideoJob": 2,
    "readVideo": 2,
    "listVideos": 2,
    "getVideoDownload": 3,
    "getVideoPoster": 1,
    "getVideoCaptions": 2,
    "removeVideo": 6,
    "uploadAsset": 2,
    "listAssets": 1,
    "readAsset": 1,
    "removeAsset": 2,
    "readStorage": 1,
    "cleanUpStorage": 11,
}
"""Operations of scripts, videos, assets and the storage, and how many statements each takes."""

OF_JOBS_ONLY: Final = {"prepareLibrary", "watchPreparation", "cancelPreparation"}
"""Operations that only read and write jobs; the work of these jobs grows with the library."""


def move(number: int) -> Move:
    return Move(
        id=f"move-{number:02}",
        name=f"Turn {number}",
        label="spin",
        video_path=paths.clip(f"move-{number:02}", "0" * 16, f"{number:012x}"),
        difficulty=Difficulty.BEGINNER,
        energy_level=Energy.MEDIUM,
        style=Style.ROMANTIC,
        duration=8,
        tempo=120,
    )


def song(number: int) -> Song:
    name = f"song-{number:02}"
    path = paths.song(name, "0" * 16, f"{number:012x}")
    return Song(id=name, title=f"Song {number}", artist="Ana", audio_path=path, duration=32)


async def filled(backend: MemoryBackend, database: Database, size: int) -> None:
    """Put moves, songs and tasks into the database and their files into the storage."""
    library = sql_library(database)
    tasks, archive = SqlTaskRepository(database), SqlBlueprintArchive(database)
    backend.ports = replace(
        backend.ports,
        tasks=tasks,
        jobs=SqlJobRepository(database),
        blueprints=archive,
        songs=library.songs,
        moves=library.moves,
        library_files=library.files,
        embeddings=library.embeddings,
    )
    for number in range(size):
        await library.moves.add(move(number), MoveEmbedding(move_id=move(number).id))
        await library.songs.add(song(number))
        name = move(number).id
        backend.storage.objects[move(number).video_path] = encoder.clip(name, 240, 30)
        backend.storage.objects[song(number).audio_path] = encoder.song(32)
        task_id, now = uuid4(), backend.ports.clock.now()
        await tasks.add(Assembly(task_id=task_id, owner="local", created_at=now, updated_at=now))
        await archive.keep(blueprint(task_id, list(CLIPS)))


async def counted(
    backend: MemoryBackend, database: Database, size: int
) -> dict[str, list[Statement]]:
    """Ask every route of a library of ``size`` and return what it has asked the database."""
    await filled(backend, database, size)
    by_route: dict[str, list[Statement]] = {}
    refused: list[str] = []
    async with backend.opened() as app, client_of(app) as client:
        film = (await client.post(ASSEMBLE, json=document())).json()
        run_job = app.state.use_cases.run_job
        guest = Guest(client, film["task_id"], await folder_of(client, film["task_id"]))
        for name, route in ROUTES.items():
            for _ in range(1 + route.again):
                with statements() as statement_list:
                    answer = await route.ask(guest)
                    await library_work_ended(run_job.next_in, backend.ports.jobs)
                by_route[name] = [each for each in statement_list if not _OF_JOBS.search(each[0])]
                if not answer.is_success:
                    refused.append(f"{name}: {answer.text}")
    assert refused == []
    return by_route


def client_of(app: Litestar) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(cast(Any, app))
    return httpx.AsyncClient(transport=transport, base_url="http://backend")


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[str]:
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path}/counted.db"
        return
    with postgres.database(request.getfixturevalue("postgres_server")) as database_url:
        yield database_url


@pytest.mark.parametrize("size", SIZES)
async def test_every_route_asks_a_fixed_number_of_questions(
    url: str, size: int, tmp_path: Path
) -> None:
    async with open_schema(url) as schema:
        await schema.upgrade()
    async with open_database(url) as database:
        by_route = await counted(MemoryBackend(tmp_path / "backend"), database, size)
        counts = {name: len(statement_list) for name, statement_list in by_route.items()}
        assert counts == {name: route.count for name, route in ROUTES.items()}
        if url.startswith("postgresql"):
            # A table of so few rows is faster read whole there; large ones are in `test_plans`.
            return
        for name in (name for name, route in ROUTES.items() if route.by_key):
            for each in by_route[name]:
                assert faults(plan := await plan_of(database, *each)) == [], (name, each, plan)


async def test_every_route_of_the_api_is_counted(tmp_path: Path) -> None:
    async with MemoryBackend(tmp_path).client() as client:
        schema = (await client.get("/schema/openapi.json")).json()
    operations = [each for path in schema["paths"].values() for each in path.values()]
    named = {each["operationId"] for each in operations if "operationId" in each}
    heads = {"headVideoDownload", "headVideoPoster", "headVideoCaptions", "headAssetFile"}
    known = {*ROUTES, *COUNTS_OF_ACCOUNTS, *COUNTS_OF_WEBHOOKS, *COUNTS_OF_SCRIPTS, *OF_JOBS_ONLY}
    # A HEAD asks as the GET does; a cancellation changes only the job.
    known |= heads | {"cancelVideo", "getAssetFile"}
    assert named == known


async def test_the_sixtieth_move_of_a_name_asks_no_more_questions_than_the_tenth() -> None:
    counts: dict[int, int] = {}
    used: set[str] = set()
    for number in range(60):
        tried: list[str] = []

        async def is_used(move_id: str, into: list[str] = tried) -> bool:
            into.append(move_id)
            return move_id in used

        used.add(await unused("turn", is_used))
        counts[number] = len(tried)
    assert len(used) == 60
    assert {"turn", "turn-2", "turn-9"} < used
    assert max(counts.values()) == counts[9] == 9


@pytest.mark.parametrize("size", SIZES)
async def test_every_route_of_accounts_asks_a_fixed_number_of_questions(
    url: str, size: int, tmp_path: Path
) -> None:
    """However many users, log-ins and keys there are."""
    async with open_schema(url) as schema:
        await schema.upgrade()
    backend = MemoryBackend(
        tmp_path / "backend", Settings(allowed_hosts="backend", auth="on", registration="open")
    )
    ana = {"name": "ana", "password": "correct horse battery"}
    async with open_database(url) as database, opened(url) as accounts:
        for number in range(size):
            await accounts.users.add(User(id=f"user-{number}", name=f"User {number}"))
            await accounts.logins.start(uuid4(), f"user-{number}", "digest", timedelta(days=1))
        backend.ports = replace(
            backend.ports,
            users=SqlUserRepository(database),
            logins=SqlLogins(database),
            api_keys=SqlApiKeys(database),
            attempts=SqlAttemptCounter(database),
            signing_keys=SqlSigningKeys(database),
        )
        counts: dict[str, int] = {}
        async with backend.client() as client:

            async def counted(
                name: str, method: str, address: str, json: object = None
            ) -> httpx.Response:
                with statements() as statement_list:
                    answer = await client.request(method, address, json=json)
                assert answer.is_success, answer.text
                counts[name] = len([each for each in statement_list if "advisory" not in each[0]])
                return answer

            await counted("register", "POST", "/api/auth/register", ana)
            tokens: dict[str, str] = {}
            for _ in range(2):
                tokens = (await counted("createToken", "POST", "/api/auth/token", ana)).json()
            refresh = {"refresh_token": tokens["refresh_token"]}
            address = "/api/auth/token/refresh"
            tokens = (await counted("refreshToken", "POST", address, refresh)).json()
            client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
            await counted("getAccount", "GET", "/api/auth/me")
            key_id = ""
            for _ in range(size):
                key = await counted("createApiKey", "POST", "/api/auth/keys", {"name": "k"})
                key_id = key.json()["api_key"]["id"]
            await counted("listApiKeys", "GET", "/api/auth/keys")
            await counted("revokeApiKey", "DELETE", f"/api/auth/keys/{key_id}")
            refresh = {"refresh_token": tokens["refresh_token"]}
            await counted("revokeToken", "POST", "/api/auth/token/revoke", refresh)
    assert counts == COUNTS_OF_ACCOUNTS


@pytest.mark.parametrize("size", SIZES)
async def test_every_route_of_webhooks_asks_a_fixed_number_of_questions(
    url: str, size: int, tmp_path: Path
) -> None:
    """However many webhooks and deliveries there are."""
    async with open_schema(url) as schema:
        await schema.upgrade()
    backend = MemoryBackend(tmp_path / "backend")
    counts: dict[str, int] = {}
    async with open_database(url) as database:
        jobs = SqlJobRepository(database, outbox=outbox(lambda _: "{}"))
        webhooks, deliveries = SqlWebhookRepository(database), SqlDeliveryRepository(database)
        for number in range(min(size, 10)):
            address = f"https://dance.example.org/{number}"
            await webhooks.add(uuid4(), "local", address, tuple(WebhookEvent), "whsec_a")
        for _ in range(size // 10 + 1):
            job = Job(
                job_id=uuid4(),
                kind=JobKind.GENERATE,
                owner="local",
                created_at=backend.ports.clock.now(),
            )
            await jobs.submit(Submission(job=job, payload="{}"))
            await jobs.request_cancel(job.job_id)
        # No server runs, so that no statement is that of a delivery.
        ports = replace(backend.ports, webhooks=webhooks, deliveries=deliveries)
        use_cases = wire(ports, backend.settings)
        with statements() as found:

            async def counted(name: str, work: Awaitable[Any]) -> Any:
                found.clear()
                result = await work
                counts[name] = len(found)
                return result

            url_of_new = WebhookRequest(url="https://dance.example.org/new")
            issued = await counted("addWebhook", use_cases.add_webhook(url_of_new, "local"))
            first = (await counted("listWebhooks", use_cases.list_webhooks("local")))[0]
            await counted("rotateWebhookSecret", use_cases.rotate_webhook_secret(first.id, "local"))
            page = await counted(
                "listDeliveries", use_cases.list_deliveries(first.id, "local", None, 50)
            )
            again = use_cases.retry_delivery(page.items[0].id, first.id, "local")
            await counted("retryDelivery", again)
            await counted("removeWebhook", use_cases.remove_webhook(issued.webhook.id, "local"))
    assert counts == COUNTS_OF_WEBHOOKS


@pytest.mark.parametrize("size", SIZES)
async def test_every_route_of_scripts_asks_a_fixed_number_of_questions(
    url: str, size: int, tmp_path: Path
) -> None:
    """However many scripts, videos and assets there are."""
    async with open_schema(url) as schema:
        await schema.upgrade()
    backend = MemoryBackend(tmp_path / "backend")
    counts: dict[str, int] = {}
    async with open_database(url) as database:
        await filled(backend, database, size)
        backend.ports = replace(
            backend.ports,
            scripts=SqlScriptRepository(database),
            media_assets=SqlMediaAssets(database),
            cleanup_times=SqlCleanupTimes(database),
        )
        async with backend.client() as client:

            async def counted(name: str, method: str, address: str, **body: Any) -> httpx.Response:
                with statements() as statement_list:
                    answer = await client.request(method, address, **body)
                assert answer.is_success, (name, answer.text)
                found = [each for each in statement_list if "advisory" not in each[0]]
                counts[name] = len([each for each in found if not _OF_JOBS.search(each[0])])
                return answer

            upload = {"json": {"content": "Hola a todos.\n\nAdiós a todos."}}
            stored = await counted("uploadScript", "POST", "/api/scripts/upload", **upload)
            script_id = stored.json()["script_id"]
            await counted("readScript", "GET", f"/api/scripts/{script_id}")
            body = {"script_id": script_id}
            video_id = (await client.post("/api/videos/generate", json=body)).json()["id"]
            await client.get(f"/api/tasks/{video_id}/events")
            await counted("readVideoJob", "GET", f"/api/videos/jobs/{video_id}/status")
            await counted("readVideo", "GET", f"/api/videos/{video_id}")
            await counted("listVideos", "GET", "/api/videos")
            await counted("getVideoDownload", "GET", f"/api/videos/{video_id}/download")
            await counted("getVideoPoster", "GET", f"/api/videos/{video_id}/poster")
            await counted("getVideoCaptions", "GET", f"/api/videos/{video_id}/captions.vtt")
            await counted("removeVideo", "DELETE", f"/api/videos/{video_id}")
            files = {"files": {"file": ("sea.png", png())}}
            asset = await counted("uploadAsset", "POST", "/api/media/assets", **files)
            asset_id = asset.json()["asset_id"]
            await counted("listAssets", "GET", "/api/media/assets")
            await counted("readAsset", "GET", f"/api/media/assets/{asset_id}")
            await counted("readStorage", "GET", "/api/storage")
            await counted("cleanUpStorage", "POST", "/api/storage/cleanup", json={"dry_run": True})
            await counted("removeAsset", "DELETE", f"/api/media/assets/{asset_id}")
    expected = {name: count for name, count in COUNTS_OF_SCRIPTS.items() if name in counts}
    assert counts == expected
