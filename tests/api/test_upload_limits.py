"""An upload has a place, reserved disk space, and a time limit for silence."""

import asyncio
import errno
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from litestar import Litestar

from adapters.memory.workspace import MemoryWorkspace
from application.library import receive_file
from application.library.upload_places import MARGIN, Uploads
from domain.library.limits import CLIP, Pace
from domain.shared.errors import Busy, CallerBusy, DiskFull
from entrypoints.http.app import create_app
from entrypoints.ports import Ports
from entrypoints.settings import Settings
from tests.api.asgi import Exchange
from tests.api.memory_backend import ASSEMBLE, MemoryBackend
from tests.api.test_leaving import PATIENCE
from tests.api.test_uploads import DANCED, FORM, MOVES, SONGS, form, nothing_is_left
from tests.journeys.server import until

pytestmark = pytest.mark.anyio

QUICK = Pace(idle=0.05, grace=0.1, least=1_000_000)
HEAD = form(name=b"A", file=DANCED)[:150]


@asynccontextmanager
async def opened(backend: MemoryBackend, pace: Pace = QUICK) -> AsyncGenerator[Litestar]:
    @asynccontextmanager
    async def ports(_: Settings) -> AsyncGenerator[Ports]:
        yield backend.ports

    app = create_app(backend.settings, cast(Any, ports), pace=pace)
    async with app.lifespan():
        yield app


class Trickle(Exchange):
    """A client that goes on sending a byte now and then."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.begun = False

    async def _receive(self) -> dict[str, Any]:
        piece, self.begun = b"x" if self.begun else self.body, True
        await asyncio.sleep(0)
        return {"type": "http.request", "body": piece, "more_body": True}


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("POST", MOVES, FORM),
        ("POST", SONGS, FORM),
        ("POST", ASSEMBLE, {"Content-Type": "application/json"}),
        ("PATCH", "/api/songs/song/analysis", {"Content-Type": "application/json"}),
        ("PATCH", "/api/moves/move-0", {"Content-Type": "application/json"}),
    ],
)
@pytest.mark.parametrize("kind", [Exchange, Trickle])
async def test_a_body_that_stalls_or_trickles_is_given_up(
    tmp_path: Path, method: str, path: str, headers: dict[str, str], kind: type[Exchange]
) -> None:
    backend = MemoryBackend(tmp_path)
    exchange = kind(method, path, headers, HEAD, whole=False)
    async with opened(backend) as app, asyncio.timeout(PATIENCE):
        await exchange.run(app)

    assert exchange.status == 408
    assert json.loads(exchange.content)["code"] == "too-slow"
    assert exchange.answered["connection"] == "close"
    await nothing_is_left(backend)


class Silent(Exchange):
    """A client whose server goes on saying that nothing has come."""

    async def _receive(self) -> dict[str, Any]:
        await asyncio.sleep(0)
        return {"type": "http.request", "body": b"", "more_body": True}


async def test_nothing_is_no_piece(tmp_path: Path) -> None:
    exchange = Silent("POST", MOVES, FORM)
    async with opened(MemoryBackend(tmp_path), Pace(idle=0.05, grace=1e6)) as app:
        async with asyncio.timeout(PATIENCE):
            await exchange.run(app)

    assert exchange.status == 408


async def test_whoever_has_sent_everything_may_wait(tmp_path: Path) -> None:
    backend = MemoryBackend(tmp_path)
    exchange = Exchange("POST", MOVES, FORM, form(name=b"A", file=DANCED))
    async with opened(backend, Pace(idle=0.5, grace=0.0, least=10**12)) as app:
        await exchange.run(app)

    assert exchange.status == 201, exchange.content


def test_a_pace_counts_from_the_beginning() -> None:
    pace = Pace(idle=30, grace=30, least=10_000)
    assert pace.time_left(0, 0, 0) == 30
    assert pace.time_left(29, 0, 0) == 1
    assert pace.time_left(31, 0, 0) < 0
    assert pace.time_left(31, 0, 400_000) == 9
    assert pace.time_left(100, 25, 10**9) == 5


async def test_there_are_so_many_places_and_a_stalled_upload_gives_its_own_back(
    tmp_path: Path,
) -> None:
    backend = MemoryBackend(tmp_path, Settings(allowed_hosts="backend", max_uploads=2))
    stalled = [Exchange("POST", MOVES, FORM, HEAD, whole=False) for _ in range(2)]
    async with opened(backend, Pace(idle=60)) as app, asyncio.timeout(PATIENCE):
        bringing = [asyncio.ensure_future(each.run(app)) for each in stalled]
        await until(lambda: len(list(tmp_path.rglob("arrived"))) == 2, within=PATIENCE)
        refused = await Exchange("POST", SONGS, FORM, HEAD).run(app)
        for each in stalled:
            each.leave.set()
        await asyncio.gather(*bringing)
        accepted = await Exchange("POST", MOVES, FORM, form(name=b"A", file=DANCED)).run(app)

    assert (refused.status, accepted.status) == (429, 201)
    assert json.loads(refused.content)["code"] == "caller-busy"
    assert int(refused.answered["retry-after"]) > 0


async def test_all_callers_together_have_so_many_places() -> None:
    uploads = Uploads(MemoryWorkspace(), most=2, each=1)
    async with uploads.place("ana", 1), uploads.place("eva", 1):
        with pytest.raises(CallerBusy):
            await uploads.place("ana", 1).__aenter__()
        with pytest.raises(Busy) as refused:
            await uploads.place("leo", 1).__aenter__()
        assert not isinstance(refused.value, CallerBusy)
    async with uploads.place("leo", 1):
        pass


async def test_the_disk_of_running_uploads_is_not_promised_twice() -> None:
    workspace = MemoryWorkspace()
    workspace.room = MARGIN + 1000
    uploads = Uploads(workspace, most=9, each=9)
    async with uploads.place("ana", 600) as first:
        with pytest.raises(DiskFull):
            await uploads.place("ana", 401).__aenter__()
        async with uploads.place("ana", 400):
            pass
        # What has come is on the disk, and no longer only promised.
        first.use(500)
        workspace.room -= 500
        with pytest.raises(DiskFull):
            await uploads.place("ana", 401).__aenter__()
        async with uploads.place("ana", 400):
            pass
    async with uploads.place("ana", 500):
        pass


async def test_what_has_come_is_promised_no_longer() -> None:
    workspace = MemoryWorkspace()
    workspace.room = MARGIN + 1000
    bring = receive_file.ReceiveFile(workspace, Uploads(workspace, most=9, each=9))
    async with bring(CLIP, "ana", 600) as arriving:
        await arriving.write(bytes(500))
        await arriving.end()
        workspace.room -= 500
        async with bring(CLIP, "ana", 400):
            pass
        with pytest.raises(DiskFull):
            await bring(CLIP, "ana", 401).__aenter__()


@pytest.mark.parametrize("announced", [None, 400_000_000])
async def test_a_disk_without_room_is_told_before_the_first_byte(
    tmp_path: Path, announced: int | None
) -> None:
    backend = MemoryBackend(tmp_path)
    backend.workspace.room = MARGIN + 350_000_000
    more = {} if announced is None else {"Content-Length": str(announced)}
    exchange = Exchange("POST", MOVES, {**FORM, **more}, HEAD)
    async with opened(backend) as app:
        await exchange.run(app)

    assert exchange.status == 507
    problem = json.loads(exchange.content)
    assert problem["code"] == "disk-full"
    assert ("50 MB" if announced else f"{CLIP.size // 10**6 - 350} MB") in problem["error"]
    assert exchange.asked is False
    await nothing_is_left(backend)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
async def test_a_disk_that_fills_meanwhile_is_told_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    class Full(receive_file.FileIO):
        def write(self, piece: Any, /) -> int:
            raise OSError(number, "No space left on device")

    monkeypatch.setattr(receive_file, "FileIO", Full)
    backend = MemoryBackend(tmp_path)
    exchange = Exchange("POST", MOVES, FORM, form(name=b"A", file=DANCED))
    async with opened(backend) as app:
        await exchange.run(app)

    assert (exchange.status, json.loads(exchange.content)["code"]) == (507, "disk-full")
    await nothing_is_left(backend)
