"""Bytes are copied whole, by whatever way the machine knows, or nothing is left."""

import errno
import os
import resource
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from adapters.mp4.copying import WAYS, CopyStopped, Way, by_hand, copy_all, in_the_kernel, send
from adapters.mp4.errors import UnreadableTrack
from adapters.mp4.samples import Run
from adapters.mp4.writer import join
from tests.cases.mp4.cuts import Cut, cut_out
from tests.cases.mp4.reference import ReferenceFiles

CUTS: list[Cut] = [(0, 0, 150, None), (2, 0, 61, None), (0, 60, 1, None)]


@pytest.fixture
def expected(artifacts: ReferenceFiles, tmp_path: Path) -> bytes:
    join(tmp_path / "expected.mp4", cut_out(artifacts, CUTS), artifacts.song)
    return (tmp_path / "expected.mp4").read_bytes()


@pytest.mark.parametrize("way", WAYS)
def test_each_way_copies_the_same_bytes(
    artifacts: ReferenceFiles, tmp_path: Path, expected: bytes, way: Way
) -> None:
    join(tmp_path / "film.mp4", cut_out(artifacts, CUTS), artifacts.song, ways=[way])
    assert (tmp_path / "film.mp4").read_bytes() == expected


@pytest.mark.parametrize("number", [errno.EXDEV, errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP])
def test_a_way_that_does_not_work_gives_way_to_the_next(
    artifacts: ReferenceFiles, tmp_path: Path, expected: bytes, number: int
) -> None:
    def unknown(source: int, into: int, offset: int, length: int) -> int:
        raise OSError(number, "not here")

    def nothing(source: int, into: int, offset: int, length: int) -> int:
        return 0

    ways = [unknown, nothing, send, by_hand]
    join(tmp_path / "film.mp4", cut_out(artifacts, CUTS), artifacts.song, ways=ways)
    assert (tmp_path / "film.mp4").read_bytes() == expected


@pytest.mark.parametrize("way", WAYS)
def test_a_way_that_stops_half_way_is_gone_on_with(
    artifacts: ReferenceFiles, tmp_path: Path, expected: bytes, way: Way
) -> None:
    def little(source: int, into: int, offset: int, length: int) -> int:
        return way(source, into, offset, min(length, 999))

    join(tmp_path / "film.mp4", cut_out(artifacts, CUTS), artifacts.song, ways=[little])
    assert (tmp_path / "film.mp4").read_bytes() == expected


@contextmanager
def at_most(what: int, limit: int) -> Generator[None]:
    """Lower one of the system's limits for a while."""
    before = resource.getrlimit(what)
    resource.setrlimit(what, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(what, before)


@pytest.mark.parametrize("room", [100, 10_000, 30_000])
@pytest.mark.parametrize("way", WAYS)
def test_when_the_disk_is_full_nothing_is_left(
    artifacts: ReferenceFiles, tmp_path: Path, way: Way, room: int
) -> None:
    (tmp_path / "film.mp4").write_bytes(b"the film before")
    with pytest.raises(OSError), at_most(resource.RLIMIT_FSIZE, room):
        join(tmp_path / "film.mp4", cut_out(artifacts, CUTS), artifacts.song, ways=[way])
    assert [path.name for path in tmp_path.iterdir()] == ["film.mp4"]
    assert (tmp_path / "film.mp4").read_bytes() == b"the film before"


@pytest.mark.parametrize("ways", [WAYS, [in_the_kernel], [send], [by_hand]])
def test_a_clip_that_has_become_shorter_is_told_and_nothing_is_left(
    artifacts: ReferenceFiles, tmp_path: Path, ways: list[Way]
) -> None:
    folder = tmp_path / "films"
    folder.mkdir()
    short = tmp_path / "short.mp4"
    short.write_bytes(artifacts.clips[0].path.read_bytes()[:-100])
    pieces = cut_out(artifacts, [(0, 0, 150, None)])
    track = msgspec.structs.replace(pieces[0].track, path=short)
    with pytest.raises(UnreadableTrack, match="shorter"):
        join(folder / "film.mp4", [msgspec.structs.replace(pieces[0], track=track)], ways=ways)
    assert list(folder.iterdir()) == []


def test_a_clip_that_is_gone_is_told_and_nothing_is_left(
    artifacts: ReferenceFiles, tmp_path: Path
) -> None:
    piece = cut_out(artifacts, [(0, 0, 150, None)])[0]
    track = msgspec.structs.replace(piece.track, path=tmp_path / "gone.mp4")
    with pytest.raises(FileNotFoundError):
        join(tmp_path / "film.mp4", [msgspec.structs.replace(piece, track=track)])
    assert list(tmp_path.iterdir()) == []


def test_a_device_without_room_is_told() -> None:
    with pytest.raises(OSError) as failure, Path("/dev/full").open("wb", buffering=0) as full:
        copy_all([Run(Path(__file__), 0, 100)], full.fileno(), [by_hand])
    assert failure.value.errno == errno.ENOSPC


def test_more_files_than_may_be_open_are_copied_all_the_same(tmp_path: Path) -> None:
    paths = [tmp_path / str(index) for index in range(200)]
    for index, path in enumerate(paths):
        path.write_bytes(bytes([index]) * 10)
    runs = [Run(path, 2, 3) for path in [*paths, *paths]]
    opened = len(list(Path("/proc/self/fd").iterdir()))
    with (
        (tmp_path / "all").open("wb", buffering=0) as into,
        at_most(resource.RLIMIT_NOFILE, opened + 100),
    ):
        copy_all(runs, into.fileno())
    assert (tmp_path / "all").read_bytes() == bytes(i for i in range(200) for _ in range(3)) * 2


@pytest.mark.parametrize("way", WAYS)
def test_holes_in_a_file_are_zeros(tmp_path: Path, way: Way) -> None:
    with (tmp_path / "sparse").open("wb") as sparse:
        sparse.seek(3_000_000)
        sparse.write(b"end")
    with (tmp_path / "copy").open("wb", buffering=0) as into:
        copy_all([Run(tmp_path / "sparse", 5, 2_999_998)], into.fileno(), [way])
    assert (tmp_path / "copy").read_bytes() == bytes(2_999_995) + b"end"


@pytest.mark.parametrize("missing", [("copy_file_range",), ("copy_file_range", "posix_fallocate")])
def test_a_film_is_the_same_on_a_system_without_calls_of_linux(
    artifacts: ReferenceFiles,
    tmp_path: Path,
    expected: bytes,
    missing: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in missing:
        monkeypatch.delattr(os, name)
    for ways in (WAYS, [in_the_kernel, by_hand]):
        join(tmp_path / "film.mp4", cut_out(artifacts, CUTS), artifacts.song, ways=ways)
        assert (tmp_path / "film.mp4").read_bytes() == expected


@pytest.mark.parametrize("number", [errno.EINVAL, errno.EOPNOTSUPP])
def test_a_file_system_that_reserves_no_space_takes_the_film(
    artifacts: ReferenceFiles,
    tmp_path: Path,
    expected: bytes,
    number: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(file: int, offset: int, length: int) -> None:
        raise OSError(number, "not here")

    monkeypatch.setattr(os, "posix_fallocate", refuse)
    join(tmp_path / "film.mp4", cut_out(artifacts, CUTS), artifacts.song)
    assert (tmp_path / "film.mp4").read_bytes() == expected


@pytest.mark.parametrize("blocks", [0, 1, 2, 3])
def test_a_copy_that_nobody_waits_for_stops_before_the_next_block_and_leaves_nothing(
    artifacts: ReferenceFiles, tmp_path: Path, blocks: int
) -> None:
    copied = 0

    def slow(source: int, into: int, offset: int, length: int) -> int:
        nonlocal copied
        copied += 1
        return by_hand(source, into, offset, min(length, 1_000))

    with pytest.raises(CopyStopped):
        join(
            tmp_path / "film.mp4",
            cut_out(artifacts, CUTS),
            artifacts.song,
            ways=[slow],
            is_stopped=lambda: copied == blocks,
        )
    assert copied == blocks
    assert list(tmp_path.iterdir()) == []


def test_a_long_run_is_copied_without_copy_file_range(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "copy_file_range")
    source = tmp_path / "source"
    source.write_bytes(os.urandom(1 << 20))
    with (tmp_path / "copy").open("wb") as into:
        copy_all([Run(source, 0, 1 << 20)], into.fileno(), [in_the_kernel, by_hand])
    assert (tmp_path / "copy").read_bytes() == source.read_bytes()
