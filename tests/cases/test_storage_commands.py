"""The commands that show, clean up and verify what is stored, over ports in memory."""

import asyncio
import json
from collections.abc import Generator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from adapters.memory.clock import MemoryClock
from adapters.memory.storage import MemoryStorage
from application.operations.recover_storage import FEW
from domain.shared.errors import StorageFailed
from domain.storage.asset_files import asset_path
from domain.storage.assets import AssetKind, MediaAsset
from domain.storage.kinds import StorageKind
from tests.api.memory_backend import MemoryBackend
from tests.world.commands import Run, Said, commands_over
from tests.world.failing import failing
from tests.world.stored import scene
from tests.world.studio import OWNER

LONG = timedelta(days=40)


@pytest.fixture
def clock() -> MemoryClock:
    return MemoryClock()


@pytest.fixture
def backend(tmp_path: Path, clock: MemoryClock) -> MemoryBackend:
    backend = MemoryBackend(tmp_path / "backend")
    backend.storage = MemoryStorage(now=clock.now)
    backend.ports = replace(backend.ports, storage=backend.storage)
    return backend


@pytest.fixture
def run(
    backend: MemoryBackend, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Generator[Run]:
    """Runs a command as from a shell."""
    with commands_over(backend, monkeypatch, capsys) as command:
        yield command


def upload(backend: MemoryBackend) -> str:
    path = asset_path(OWNER, AssetKind.IMAGE, uuid4(), "jpg")
    backend.storage.objects[path] = b"12345"
    return path


def document(said: Said) -> dict[str, Any]:
    return json.loads(said.out)


def test_the_usage_is_a_table_or_json(run: Run, backend: MemoryBackend) -> None:
    backend.storage.objects[scene(1)] = bytes(1_500_000)
    shown = run("storage", "usage")
    assert shown.status == 0
    [line] = [each for each in shown.out.splitlines() if "temp" in each]
    assert "1.5 MB" in line
    assert "30 days" in line
    assert "preserved" in shown.out
    assert "free" in shown.err
    usage = document(run("storage", "usage", "--json"))
    assert (usage["files"], usage["bytes"]) == (1, 1_500_000)
    assert [each["kind"] for each in usage["kinds"]] == [each.value for each in StorageKind]


def test_a_cleanup_says_what_would_go_and_what_went(
    run: Run, backend: MemoryBackend, clock: MemoryClock
) -> None:
    backend.storage.objects[scene(1)] = b"12345"
    orphan = upload(backend)
    clock.advance(LONG)
    rehearsal = run("storage", "cleanup", "--dry-run")
    assert rehearsal.status == 0
    assert f"would go: {scene(1)}, 5 bytes, too_old" in rehearsal.err
    assert f"would go: {orphan}, 5 bytes, orphaned" in rehearsal.err
    assert "2 files would go, 10 bytes." in rehearsal.err
    assert len(backend.storage.objects) == 2
    only = run("storage", "cleanup", "--kind", "images", "--kind", "images", "--json")
    assert [each["path"] for each in document(only)["files"]] == [orphan]
    assert set(backend.storage.objects) == {scene(1)}
    done = run("storage", "cleanup")
    assert (done.status, "1 files removed, 5 bytes." in done.err) == (0, True)
    assert backend.storage.objects == {}


def test_a_cleanup_that_fails_at_a_file_exits_with_1(
    run: Run, backend: MemoryBackend, clock: MemoryClock
) -> None:
    bad, good = upload(backend), upload(backend)
    clock.advance(LONG)
    broken = failing(backend.storage, "delete", [bad], lambda: StorageFailed("No answer."))
    backend.ports = replace(backend.ports, storage=broken)
    said = run("storage", "cleanup")
    assert said.status == 1
    assert f"failed: {bad}: No answer. The next cleanup tries it again." in said.err
    assert f"removed: {good}" in said.err


def test_what_is_held_back_is_told(run: Run, backend: MemoryBackend, clock: MemoryClock) -> None:
    paths = [upload(backend) for _ in range(FEW + 1)]
    clock.advance(LONG)
    for words in (("cleanup",), ("cleanup", "--dry-run"), ("verify",), ("verify", "--fix")):
        said = run("storage", *words)
        assert said.status == 1
        assert f"{FEW + 1} files or records belong to nothing" in said.err
    assert set(backend.storage.objects) == set(paths)


def test_a_verification_exits_with_1_until_all_is_repaired(
    run: Run, backend: MemoryBackend, clock: MemoryClock
) -> None:
    orphan = upload(backend)
    asset_id = uuid4()
    asset = MediaAsset(
        asset_id=asset_id,
        owner=OWNER,
        kind=AssetKind.IMAGE,
        path=asset_path(OWNER, AssetKind.IMAGE, asset_id, "jpg"),
        size=7,
        digest="ab" * 32,
        name="sea",
        created_at=clock.now(),
    )
    asyncio.run(backend.ports.media_assets.add(asset))
    clock.advance(LONG)
    said = run("storage", "verify")
    assert said.status == 1
    assert f"file without row: {orphan}, 5 bytes" in said.err
    assert f"row without file: {asset.path}, of the asset {asset_id}" in said.err
    assert "1 files compared; 2 faults, 2 of them left." in said.err
    report = document(run("storage", "verify", "--json"))
    assert {each["fault"] for each in report["faults"]} == {"file_without_row", "row_without_file"}
    assert set(backend.storage.objects) == {orphan}
    fixed = run("storage", "verify", "--fix")
    assert fixed.status == 0
    assert f"repaired: file without row: {orphan}" in fixed.err
    assert "2 faults, 0 of them left." in fixed.err
    assert run("storage", "verify").status == 0


def test_a_file_of_another_size_is_told_with_both(run: Run, backend: MemoryBackend) -> None:
    path = upload(backend)
    asset = MediaAsset(
        asset_id=uuid4(),
        owner=OWNER,
        kind=AssetKind.IMAGE,
        path=path,
        size=7,
        digest="ab" * 32,
        name="sea",
        created_at=MemoryClock().now(),
    )
    asyncio.run(backend.ports.media_assets.add(asset))
    said = run("storage", "verify", "--fix")
    assert said.status == 1
    assert f"wrong size: {path}, of the asset {asset.asset_id}, 5 bytes instead of 7" in said.err


def test_another_kind_is_a_wrong_command_line(run: Run) -> None:
    said = run("storage", "cleanup", "--kind", "films")
    assert (said.status, "'films' is not one of" in said.err) == (2, True)
