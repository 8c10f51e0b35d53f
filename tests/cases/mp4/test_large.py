"""A film of more than 4 GB is found in, sample by sample, as a small one is."""

import os
from array import array
from pathlib import Path

import av
import msgspec
import pytest

from adapters.mp4.layout import Layout, layout
from adapters.mp4.pieces import Piece
from adapters.mp4.reader import read_track
from adapters.mp4.samples import Durations, Places, Run, Sizes, Track
from adapters.mp4.writer import join
from tests.cases.mp4.cuts import cut_out
from tests.cases.mp4.reference import FRAME, ReferenceFiles

FAT = 500_000_000
"""Bytes of a frame."""


def fat(track: Track, path: Path, frames: int) -> Track:
    """A clip of enormous frames, in a file that takes no room."""
    with path.open("wb") as file:
        file.truncate(1_000 + frames * FAT)
    return msgspec.structs.replace(
        track,
        path=path,
        sizes=Sizes(frames, FAT),
        durations=Durations.of(array("I", [frames]), array("I", [FRAME])),
        places=Places(array("Q", [0]), array("Q", [1_000])),
        sync=array("I", [0]),
        length=frames * FRAME,
    )


def written_with_holes(plan: Layout, into: Path, sparse: Path) -> None:
    """Write a plan's file, with holes where a sparse file's bytes go."""
    with into.open("wb") as file:
        file.write(plan.header)
        for run in plan.runs:
            if run.path == sparse:
                file.seek(run.length, os.SEEK_CUR)
                continue
            with run.path.open("rb") as source:
                source.seek(run.offset)
                file.write(source.read(run.length))
        file.truncate(plan.size)


def test_every_sample_beyond_4_gb_is_found(artifacts: ReferenceFiles, tmp_path: Path) -> None:
    huge = fat(artifacts.clips[0].track, tmp_path / "sparse", 10)
    real = cut_out(artifacts, [(0, 0, 60, None), (1, 0, 75, 30_000)])
    plan = layout([real[0], Piece(huge, 0, 10), real[1]], artifacts.song)
    assert plan.size > 5_000_000_000
    assert b"co64" in plan.header
    film = tmp_path / "film.mp4"
    written_with_holes(plan, film, huge.path)
    picture, sound = read_track(film, "video"), read_track(film, "audio")
    assert picture.runs(70, 1)[0].offset > 5_000_000_000
    with av.open(str(film)) as container:
        for track, stream in (
            (picture, container.streams.video[0]),
            (sound, container.streams.audio[0]),
        ):
            entries = list(stream.index_entries)
            assert [Run(film, entry.pos, entry.size) for entry in entries] == [
                track.runs(sample, 1)[0] for sample in range(track.count)
            ]
    expected = content(real[1].runs)
    assert content(picture.runs(70, 75)) == expected
    rest = sound.places.firsts[-1]
    assert content(sound.runs(rest, 5)) == content(artifacts.song.runs(rest, 5))


def content(runs: list[Run]) -> bytes:
    parts: list[bytes] = []
    for run in runs:
        with run.path.open("rb") as file:
            file.seek(run.offset)
            parts.append(file.read(run.length))
    return b"".join(parts)


def test_what_plays_beyond_4_gb_plays(artifacts: ReferenceFiles, tmp_path: Path) -> None:
    huge = fat(artifacts.clips[0].track, tmp_path / "sparse", 9)
    plan = layout([Piece(huge, 0, 9), *cut_out(artifacts, [(1, 0, 60, None)])])
    written_with_holes(plan, tmp_path / "film.mp4", huge.path)
    with av.open(str(tmp_path / "film.mp4")) as container:
        stream = container.streams.video[0]
        container.seek(9 * FRAME, stream=stream)
        frames = [frame.to_ndarray(format="gray") for frame in container.decode(stream)]
    with av.open(str(artifacts.clips[1].path)) as container:
        clip = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
    assert len(frames) == 60
    assert all((frame == own).all() for frame, own in zip(frames, clip, strict=False))


@pytest.mark.parametrize("over", [-1, 0, 1])
def test_offsets_grow_only_when_a_file_does_not_fit_32_bits(
    artifacts: ReferenceFiles, tmp_path: Path, over: int
) -> None:
    track = fat(artifacts.clips[0].track, tmp_path / "sparse", 1)

    def of_size(size: int) -> Layout:
        sized = msgspec.structs.replace(track, sizes=Sizes(1, size))
        return layout([Piece(sized, 0, 1)])

    # The header ends with a page, whether its one offset has four bytes or eight.
    about = of_size(FAT).size - FAT
    plan = of_size((1 << 32) - 1 - about + over)
    assert plan.size == (1 << 32) - 1 + over
    assert (b"co64" in plan.header) == (over > 0)
    assert (b"stco" in plan.header) == (over <= 0)


def test_a_film_of_many_days_has_its_length(artifacts: ReferenceFiles, tmp_path: Path) -> None:
    ticks = 150 * 0x7FFF_FFFF
    pieces = cut_out(artifacts, [(0, 0, 150, ticks), (0, 0, 150, ticks)])
    join(tmp_path / "film.mp4", pieces)
    track = read_track(tmp_path / "film.mp4")
    assert (track.length, track.durations.total) == (2 * ticks, 2 * ticks)
    with av.open(str(tmp_path / "film.mp4")) as container:
        stream = container.streams.video[0]
        assert stream.duration == 2 * ticks
        assert stream.index_entries[299].timestamp == 299 * 0x7FFF_FFFF


def test_a_sparse_clip_is_joined_like_any_other(artifacts: ReferenceFiles, tmp_path: Path) -> None:
    track = fat(artifacts.clips[0].track, tmp_path / "sparse", 1)
    small = msgspec.structs.replace(track, sizes=Sizes(1, 2_000_000))
    plan = join(tmp_path / "film.mp4", [Piece(small, 0, 1), *cut_out(artifacts, [(3, 0, 1, None)])])
    film_track = read_track(tmp_path / "film.mp4")
    assert content(film_track.runs(0, 1)) == bytes(2_000_000)
    assert content(film_track.runs(1, 1)) == content(artifacts.clips[3].track.runs(0, 1))
    assert plan.size == (tmp_path / "film.mp4").stat().st_size
