"""Indexes that outlive the process, and what happens where FAISS fails."""

import logging
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from adapters.index import faiss_index
from adapters.index.factory import open_index
from adapters.index.faiss_index import ByFaiss
from adapters.index.numpy_index import NumpySearch
from adapters.index.protocols import SearchFactory
from adapters.index.vector_index import VectorIndex
from application.ports.move_index import Among, Entry, SearchResult
from domain.library.moves import Energy
from tests.strategies.entries import entry, vector

pytestmark = pytest.mark.anyio

ENTRIES = [
    entry(f"m{number:03}", seed=number, energy_level=list(Energy)[number % 3])
    for number in range(200)
]
HIGH = Among(energy_level=Energy.HIGH)


@pytest.fixture(params=["numpy", "faiss"])
def search_factory(request: pytest.FixtureRequest) -> SearchFactory:
    if request.param == "numpy":
        return NumpySearch
    pytest.importorskip("faiss", reason="FAISS is not installed")
    return ByFaiss()


async def answers(index: VectorIndex) -> list[SearchResult]:
    query = vector(3, 4, 5)
    return [await index.nearest(query, most, among) for most in (1, 7) for among in (Among(), HIGH)]


async def expected(entries: list[Entry] = ENTRIES) -> list[SearchResult]:
    plain = VectorIndex()
    await plain.swap("v1", entries)
    return await answers(plain)


async def test_a_stored_index_gives_the_same_answers(
    tmp_path: Path, search_factory: SearchFactory
) -> None:
    await VectorIndex(search_factory, tmp_path).swap("v1", ENTRIES)
    later = VectorIndex(search_factory, tmp_path)
    assert await later.restore("v1") is True
    assert await answers(later) == await expected()


async def test_an_empty_index_is_stored_too(tmp_path: Path, search_factory: SearchFactory) -> None:
    await VectorIndex(search_factory, tmp_path).swap("v1", [])
    later = VectorIndex(search_factory, tmp_path)
    assert await later.restore("v1") is True
    assert (await later.nearest(vector(1, 1, 1), 3, Among())).moves == ()


async def test_only_the_last_version_is_stored(tmp_path: Path) -> None:
    index = VectorIndex(folder=tmp_path)
    await index.swap("v1", ENTRIES)
    await index.swap("v2", ENTRIES[:3])
    assert [each.name for each in os.scandir(tmp_path)] == ["moves.index"]
    later = VectorIndex(folder=tmp_path)
    assert (await later.restore("v1"), await later.restore("v2")) == (False, True)


@pytest.mark.parametrize("damage", ["cut", "grown", "mark", "opening", "empty", "gone"])
async def test_a_spoiled_index_is_not_taken_up(tmp_path: Path, damage: str) -> None:
    await VectorIndex(folder=tmp_path).swap("v1", ENTRIES)
    file = tmp_path / "moves.index"
    body = file.read_bytes()
    spoiled = {
        "cut": body[:-1],
        "grown": body + b"x",
        "mark": b"?" + body[1:],
        "opening": body.replace(b"m001", b"m0x1"),
        "empty": b"",
    }
    file.unlink()
    if damage in spoiled:
        file.write_bytes(spoiled[damage])
    assert await VectorIndex(folder=tmp_path).restore("v1") is False


async def test_an_index_that_cannot_be_stored_is_searched(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_bytes(b"")
    index = VectorIndex(folder=tmp_path / "file" / "below")
    await index.swap("v1", ENTRIES)
    assert await answers(index) == await expected()
    assert "could not be stored" in caplog.text


async def test_without_faiss_numpy_answers_and_the_log_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "faiss", None)
    index = await open_index()
    await index.swap("v1", ENTRIES)
    assert await answers(index) == await expected()
    assert "NumPy" in await index.ready()
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


class Broken:
    """FAISS, with a part that fails."""

    def __init__(self, *broken: str) -> None:
        self._broken = broken
        self._real: Any = pytest.importorskip("faiss", reason="FAISS is not installed")

    def __getattr__(self, name: str) -> Any:
        if name in self._broken:
            raise RuntimeError(f"{name} failed.")
        return getattr(self._real, name)


@pytest.mark.parametrize("part", ["IndexFlatIP", "IDSelectorBitmap"])
async def test_where_faiss_fails_numpy_answers_and_the_log_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, part: str
) -> None:
    monkeypatch.setitem(sys.modules, "faiss", Broken(part))
    index = await open_index()
    await index.swap("v1", ENTRIES)
    assert await answers(index) == await expected()
    assert "NumPy" in caplog.text


async def test_a_gpu_that_is_not_there_is_done_without(caplog: pytest.LogCaptureFixture) -> None:
    faiss: Any = pytest.importorskip("faiss", reason="FAISS is not installed")
    if hasattr(faiss, "StandardGpuResources"):
        pytest.skip("this FAISS may have a GPU")
    index = await open_index(gpu=True)
    await index.swap("v1", ENTRIES)
    assert await answers(index) == await expected()
    assert "supports no GPU" in caplog.text


async def test_parts_are_looked_at_only_of_many_moves_and_filters_lose_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("faiss", reason="FAISS is not installed")
    few = VectorIndex(ByFaiss(nprobe=2))
    await few.swap("v1", ENTRIES)
    assert "every one" in await few.ready()
    monkeypatch.setattr(faiss_index, "LARGE", 100)
    monkeypatch.setattr(faiss_index, "_TRAINED", 10)
    many = VectorIndex(ByFaiss(nprobe=2))
    await many.swap("v1", ENTRIES)
    assert "2 of 14 parts" in await many.ready()
    assert len((await many.nearest(vector(3, 4, 5), 60, HIGH)).moves) == 60
    own = await many.nearest(ENTRIES[9].vector, 1, Among())
    assert own.moves[0].move_id == "m009"
    narrow = Among(banned=frozenset(each.move_id for each in ENTRIES[:-2]))
    assert len((await many.nearest(vector(3, 4, 5), 5, narrow)).moves) == 2


async def test_what_a_dead_process_was_storing_is_removed_at_the_next_start(tmp_path: Path) -> None:
    (left := tmp_path / "making-of-the-dead").mkdir()
    (left / "moves.index").write_bytes(b"half")
    (old := tmp_path / "moves.index.of-an-earlier-version").write_bytes(b"half")
    os.utime(old, (1, 1))
    (tmp_path / "moves.index").write_bytes(b"whole")
    await open_index(tmp_path)
    assert [each.name for each in os.scandir(tmp_path)] == ["moves.index"]
