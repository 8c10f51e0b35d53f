"""A file or a folder that the system gives nobody at stops no other one."""

import asyncio
import gzip
import os
from pathlib import Path
from typing import Any

import pytest

from adapters import owned_folders
from adapters.seeds.fixtures import open_fixtures
from adapters.storage.artifact_cache import LocalArtifactCache
from adapters.storage.evictor import Evictor
from adapters.storage.local import LocalStorage

pytestmark = pytest.mark.anyio

MANY = 5
BLOCK = 4096
EVERY = range(MANY)


def refuse(monkeypatch: pytest.MonkeyPatch, call: str, name: str) -> None:
    """Have a call of the system fail for the file of one name."""
    real = getattr(os, call)

    def call_for_others(path: Any, *args: Any, **options: Any) -> Any:
        if str(path).endswith(name):
            raise OSError(5, "Input/output error", str(path))
        return real(path, *args, **options)

    monkeypatch.setattr(os, call, call_for_others)


@pytest.mark.parametrize("bad", EVERY)
def test_a_cached_file_that_cannot_be_removed_keeps_no_other_from_being_evicted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bad: int
) -> None:
    for number in EVERY:
        file = tmp_path / f"k-{number}"
        file.write_bytes(b"x" * BLOCK)
        os.utime(file, (number, number))
    refuse(monkeypatch, "unlink", f"k-{bad}")
    Evictor(tmp_path, BLOCK).trim()
    assert {file.name for file in tmp_path.glob("k-*")} == {f"k-{bad}"}


@pytest.mark.parametrize("bad", EVERY)
async def test_a_file_that_cannot_be_looked_at_keeps_no_other_from_being_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bad: int
) -> None:
    for number in EVERY:
        (tmp_path / "clips").mkdir(exist_ok=True)
        (tmp_path / "clips" / f"{number}.mp4").write_bytes(b"x")
    storage = LocalStorage(tmp_path)
    refuse(monkeypatch, "stat", f"{bad}.mp4")
    listed = {each.path async for each in storage.files("clips")}
    assert listed == {f"clips/{number}.mp4" for number in EVERY if number != bad}


@pytest.mark.parametrize("bad", EVERY)
def test_a_folder_that_cannot_be_opened_keeps_no_other_from_being_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bad: int
) -> None:
    for number in EVERY:
        (tmp_path / f"making-{number}").mkdir()
    refuse(monkeypatch, "open", f"making-{bad}")
    assert owned_folders.remove_leftovers(tmp_path) == MANY - 1
    assert [each.name for each in tmp_path.iterdir()] == [f"making-{bad}"]


@pytest.mark.parametrize("bad", EVERY)
def test_a_leftover_that_cannot_be_removed_keeps_no_other_in_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bad: int
) -> None:
    making = tmp_path / "making"
    making.mkdir()
    for number in EVERY:
        (making / f"left-{number}").write_bytes(b"x")
        os.utime(making / f"left-{number}", (0, 0))
    refuse(monkeypatch, "unlink", f"left-{bad}")
    asyncio.run(LocalArtifactCache(tmp_path, None, 100 * BLOCK).remove_leftovers())
    assert [each.name for each in making.iterdir()] == [f"left-{bad}"]


async def test_a_packed_file_that_is_damaged_is_passed_over_and_the_others_are_read(
    tmp_path: Path,
) -> None:
    good = b'[{"model": "core.song", "pk": 1, "fields": {"title": "A"}}]'
    (tmp_path / "good.json").write_bytes(good)
    packed = bytearray(gzip.compress(good * 50))
    packed[12:40] = b"\xff" * 28
    (tmp_path / "bad.json.gz").write_bytes(packed)
    source = await open_fixtures(tmp_path)
    assert len(await source.passed_over()) == 1
