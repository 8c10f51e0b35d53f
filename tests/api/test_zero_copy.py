"""The system copies files of the local disk to their readers; the bytes are those of the file."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from adapters.memory.stored_files import MemoryStoredFiles
from adapters.storage.local import LocalStorage
from application.ports.storage import Storage, Stored
from application.quotas.counted_storage import CountedStorage
from domain.storage.assets import AssetKind, MediaAsset
from domain.storage.quota import Quota
from entrypoints.http.zero_copy import WINDOW
from tests.api.memory_backend import MemoryBackend
from tests.api.served import served
from tests.journeys.server import until
from tests.world.loopback import NO_TLS

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

CONTENT = b"".join(number.to_bytes(4) for number in range(2_250_000))
SIZE = len(CONTENT)
SOON = 20.0


@asynccontextmanager
async def on_disk(root: Path, storage: Storage | None = None) -> AsyncGenerator[tuple[int, str]]:
    """Serve a recording from a disk; yields the port and the recording's path."""
    backend = MemoryBackend(root / "work")
    backend.ports = replace(backend.ports, storage=storage or LocalStorage(root / "media"))
    asset_id = uuid4()
    path = f"assets/audio/local/{asset_id}.wav"
    asset = MediaAsset(
        asset_id=asset_id,
        owner="local",
        kind=AssetKind.AUDIO,
        path=path,
        size=SIZE,
        digest=hashlib.sha256(CONTENT).hexdigest(),
        name="song.wav",
        created_at=datetime(2026, 1, 2, tzinfo=UTC),
    )
    (root / "song.wav").write_bytes(CONTENT)
    await backend.ports.storage.put(root / "song.wav", path)
    await backend.ports.media_assets.add(asset)
    async with served(backend) as port:
        yield port, f"/api/media/assets/{asset_id}/file"


@pytest.fixture
def copies(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The bytes that the system was asked to copy, by copy."""
    counts: list[int] = []
    original = asyncio.SelectorEventLoop.sendfile

    async def sendfile(self: Any, transport: Any, file: Any, offset: int, count: int) -> int:
        counts.append(count)
        return await original(self, transport, file, offset, count)

    monkeypatch.setattr(asyncio.SelectorEventLoop, "sendfile", sendfile)
    return counts


async def raw(port: int, *requests: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Send requests over one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**16)
    writer.write("".join(f"{each}\r\nHost: 127.0.0.1\r\n\r\n" for each in requests).encode())
    await writer.drain()
    return reader, writer


async def test_a_file_is_larger_than_a_window_and_arrives_whole(
    tmp_path: Path, copies: list[int]
) -> None:
    assert SIZE > WINDOW
    async with (
        on_disk(tmp_path) as (port, path),
        httpx.AsyncClient(verify=NO_TLS, timeout=SOON) as client,
    ):
        url = f"http://127.0.0.1:{port}{path}"
        whole = await client.get(url)
        head = await client.head(url)
        none = await client.get(url, headers={"If-None-Match": whole.headers["etag"]})
        wrong = await client.get(url, headers={"Range": f"bytes={SIZE}-"})
    assert whole.content == CONTENT
    assert whole.headers["content-length"] == head.headers["content-length"] == str(SIZE)
    assert (head.content, none.status_code, wrong.status_code) == (b"", 304, 416)
    assert sum(copies) == SIZE


async def test_random_ranges_are_those_of_the_file(tmp_path: Path, copies: list[int]) -> None:
    async with on_disk(tmp_path) as (port, path):
        url = f"http://127.0.0.1:{port}{path}"

        def fetch(ranges: str) -> httpx.Response:
            with httpx.Client(verify=NO_TLS, timeout=SOON) as client:
                return client.get(url, headers={"Range": ranges})

        @settings(max_examples=100)
        @given(st.integers(0, SIZE - 1), st.integers(1, 70_000))
        def expect(first: int, length: int) -> None:
            answer = fetch(f"bytes={first}-{first + length - 1}")
            part = CONTENT[first : first + length]
            assert answer.status_code == 206
            assert answer.content == part
            assert answer.headers["content-length"] == str(len(part))

        await asyncio.to_thread(expect)
    assert copies


async def test_requests_of_one_connection_are_answered_in_turn(tmp_path: Path) -> None:
    async with on_disk(tmp_path) as (port, path):
        reader, writer = await raw(port, *[f"GET {path} HTTP/1.1"] * 3)
        async with asyncio.timeout(SOON):
            for _ in range(3):
                head = await reader.readuntil(b"\r\n\r\n")
                assert b" 200 OK" in head
                assert await reader.readexactly(SIZE) == CONTENT
        writer.close()


async def test_a_file_that_is_deleted_while_it_is_read_is_read_to_its_end(tmp_path: Path) -> None:
    async with on_disk(tmp_path) as (port, path):
        reader, writer = await raw(port, f"GET {path} HTTP/1.1")
        async with asyncio.timeout(SOON):
            await reader.readuntil(b"\r\n\r\n")
            async with httpx.AsyncClient(verify=NO_TLS) as client:
                removed = await client.delete(
                    f"http://127.0.0.1:{port}{path.removesuffix('/file')}"
                )
                assert removed.status_code == 204
            assert await reader.readexactly(SIZE) == CONTENT
        writer.close()


def open_files() -> int:
    return len(list(Path("/dev/fd").iterdir()))


async def test_clients_that_leave_half_way_leave_nothing_open(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with on_disk(tmp_path) as (port, path):
        before = open_files()
        for _ in range(5):
            reader, writer = await raw(port, f"GET {path} HTTP/1.1")
            async with asyncio.timeout(SOON):
                await reader.readexactly(10_000)
            writer.transport.abort()
        await until(lambda: open_files() <= before, within=SOON)
        async with httpx.AsyncClient(verify=NO_TLS, timeout=SOON) as client:
            assert (await client.get(f"http://127.0.0.1:{port}{path}")).content == CONTENT
    shown = "".join(capsys.readouterr())
    assert "Traceback" not in shown
    assert "could not be sent" not in shown


class Longer(LocalStorage):
    """A disk whose files have become shorter than they were described."""

    async def describe(self, path: str) -> Stored:
        stored = await super().describe(path)
        return msgspec.structs.replace(stored, size=stored.size + 5)


async def test_an_answer_that_cannot_be_completed_is_cut_off_and_logged(tmp_path: Path) -> None:
    with capture_logs() as logs:
        async with on_disk(tmp_path, Longer(tmp_path / "media")) as (port, path):
            reader, writer = await raw(port, f"GET {path} HTTP/1.1")
            async with asyncio.timeout(SOON):
                await reader.readuntil(b"\r\n\r\n")
                with pytest.raises((asyncio.IncompleteReadError, ConnectionResetError)):
                    await reader.readexactly(SIZE + 5)
            writer.close()
    [line] = [each for each in logs if each["event"] == "a file could not be sent to its end"]
    assert line["log_level"] == "warning"
    assert str(tmp_path) not in str(line)


class Elsewhere(CountedStorage):
    """A storage without descriptors, as a bucket is."""

    async def open(self, path: str) -> None:
        """See `application.ports.storage.Storage`."""


async def test_a_storage_without_descriptors_is_streamed(tmp_path: Path, copies: list[int]) -> None:
    async with (
        on_disk(
            tmp_path, Elsewhere(LocalStorage(tmp_path / "media"), MemoryStoredFiles(), Quota())
        ) as (port, path),
        httpx.AsyncClient(verify=NO_TLS, timeout=SOON) as client,
    ):
        assert (await client.get(f"http://127.0.0.1:{port}{path}")).content == CONTENT
    assert not copies
