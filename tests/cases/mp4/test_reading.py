"""Of a file that is not ours, whatever is in it, nothing is read but a refusal."""

import os
import struct
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from adapters.mp4.boxes import box, full
from adapters.mp4.errors import UnreadableTrack
from adapters.mp4.reader import read_track
from tests.cases.ffmpeg import drawn
from tests.cases.mp4 import reference
from tests.cases.mp4.reference import ReferenceFiles, require_inside


@given(content=st.binary(max_size=400))
@example(content=b"")
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_bytes_whatever_are_a_track(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "noise").write_bytes(content)
    with pytest.raises(UnreadableTrack):
        read_track(tmp_path / "noise")


def test_a_file_cut_off_anywhere_is_refused(headers: list[bytes], tmp_path: Path) -> None:
    path = tmp_path / "short.mp4"
    clip = headers[0]
    for length in range(0, len(clip), 7):
        path.write_bytes(clip[:length])
        with pytest.raises(UnreadableTrack):
            read_track(path)


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, tmp_path / "none", Path("/dev/zero"), Path("a\0b")):
        with pytest.raises(UnreadableTrack):
            read_track(path)


def test_a_header_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.mp4"
    with path.open("wb") as file:
        file.write(box(b"ftyp", b"isom" + bytes(4)) + struct.pack(">I4s", 70 << 20, b"moov"))
        file.truncate(80 << 20)
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableTrack, match="too large"):
            read_track(path)
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()


def test_boxes_without_end_or_without_content_do_not_keep_us(tmp_path: Path) -> None:
    path = tmp_path / "many.mp4"
    brand = box(b"ftyp", b"isom" + bytes(4))
    path.write_bytes(brand + box(b"free") * 100_000)
    with pytest.raises(UnreadableTrack):
        read_track(path)
    path.write_bytes(brand + box(b"moov", box(b"free") * 100_000))
    with pytest.raises(UnreadableTrack, match="too many"):
        read_track(path)
    nested = b""
    for _ in range(5_000):
        nested = box(b"trak", nested)
    path.write_bytes(brand + box(b"moov", box(b"mvhd", bytes(100)), nested))
    with pytest.raises(UnreadableTrack):
        read_track(path)


def test_equal_samples_without_number_take_no_memory(headers: list[bytes], tmp_path: Path) -> None:
    clip = bytearray(headers[0])
    sizes = clip.index(b"stsz")
    count = 0xFFFF_FFF0
    for at, number in ((8, 1), (12, count)):
        clip[sizes + at : sizes + at + 4] = struct.pack(">I", number)
    edits = clip.index(b"edts")
    clip[edits : edits + 4] = b"free"
    for kind, at in ((b"stts", 12), (b"stsc", 16)):
        place = clip.index(kind) + at
        clip[place : place + 4] = struct.pack(">I", count)
    path = tmp_path / "sparse.mp4"
    with path.open("wb") as file:
        file.write(clip)
        file.truncate(5 << 30)
    tracemalloc.start()
    try:
        track = read_track(path)
        assert tracemalloc.get_traced_memory()[1] < 200_000
    finally:
        tracemalloc.stop()
    assert track.count == count
    require_inside(track, 5 << 30)


def changed(header: bytes, old: bytes, new: bytes) -> bytes:
    assert old in header
    return header.replace(old, new, 1)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b"avc1\0\0\0\0\0\0\0\1", b"encv\0\0\0\0\0\0\0\1", "codec is 'encv'"),
        (b"avc1\0\0\0\0\0\0\0\1", b"av01\0\0\0\0\0\0\0\1", "codec is 'av01'"),
        (b"avcC", b"free", "configuration of the decoder"),
        (b"url \0\0\0\1", b"url \0\0\0\0", "another file"),
        (b"stco", b"free", "exactly one table"),
        (b"stts", b"free", "no 'stts'"),
        (b"vide", b"text", "no tracks"),
        (b"udta", b"mvex", "fragments"),
        (b"ftyp", b"moof", "not an MP4"),
    ],
)
def test_what_is_foreign_is_refused_by_name(
    headers: list[bytes], tmp_path: Path, old: bytes, new: bytes, why: str
) -> None:
    (tmp_path / "foreign.mp4").write_bytes(changed(headers[0], old, new))
    with pytest.raises(UnreadableTrack, match=why):
        read_track(tmp_path / "foreign.mp4")


def test_frames_out_of_order_are_refused(tmp_path: Path) -> None:
    source = drawn.draw(tmp_path / "source.mp4", 40)
    with pytest.raises(UnreadableTrack, match="order"):
        read_track(source)


def test_sound_that_is_not_aac_is_refused(tmp_path: Path) -> None:
    wave = drawn.tone_file(tmp_path / "tone.wav", 1)
    reference.run("-i", str(wave), "-c:a", "libmp3lame", str(tmp_path / "tone.mp4"))
    with pytest.raises(UnreadableTrack, match=r"1024|not AAC|description"):
        read_track(tmp_path / "tone.mp4")


def test_of_picture_and_sound_the_one_asked_for_is_read(
    headers: list[bytes], tmp_path: Path
) -> None:
    (tmp_path / "film.mp4").write_bytes(headers[2])
    assert read_track(tmp_path / "film.mp4", "video").kind == "video"
    assert read_track(tmp_path / "film.mp4", "audio").kind == "audio"
    with pytest.raises(UnreadableTrack, match="2 tracks"):
        read_track(tmp_path / "film.mp4")


def test_more_than_one_picture_is_refused(headers: list[bytes], tmp_path: Path) -> None:
    clip = headers[0]
    start = clip.index(b"trak") - 4
    length = int.from_bytes(clip[start : start + 4])
    film = clip.index(b"moov") - 4
    twice = bytearray(clip[: start + length] + clip[start:])
    grown = int.from_bytes(clip[film : film + 4]) + length
    twice[film : film + 4] = struct.pack(">I", grown)
    (tmp_path / "two.mp4").write_bytes(twice)
    with pytest.raises(UnreadableTrack, match="2 pictures"):
        read_track(tmp_path / "two.mp4", "video")


def test_bitrates_do_not_tell_clips_apart(artifacts: ReferenceFiles, headers: list[bytes]) -> None:
    assert b"btrt" in headers[0]
    assert b"btrt" not in artifacts.clips[3].track.entry
    assert len({clip.track.entry for clip in artifacts.clips}) == 1


def test_a_header_after_the_frames_is_read_too(artifacts: ReferenceFiles, tmp_path: Path) -> None:
    clip = artifacts.clips[0].path.read_bytes()
    start = clip.index(b"moov") - 4
    end = start + int.from_bytes(clip[start : start + 4])
    # Hidden where it was, so that every frame stays where the tables say.
    hidden = clip[: start + 4] + b"free" + clip[start + 8 :]
    (tmp_path / "late.mp4").write_bytes(hidden + clip[start:end])
    assert read_track(tmp_path / "late.mp4").runs(0, 150)[0].offset == (
        artifacts.clips[0].track.runs(0, 150)[0].offset
    )


def test_sizes_of_boxes_in_64_bits_are_read(artifacts: ReferenceFiles, tmp_path: Path) -> None:
    clip = artifacts.clips[0].path.read_bytes()
    start = clip.index(b"moov") - 4
    end = start + int.from_bytes(clip[start : start + 4])
    hidden = clip[: start + 4] + b"free" + clip[start + 8 :]
    content = clip[start + 8 : end]
    wide = struct.pack(">I4sQ", 1, b"moov", len(content) + 16) + content
    (tmp_path / "wide.mp4").write_bytes(hidden + wide)
    assert read_track(tmp_path / "wide.mp4").count == 150
    endless = struct.pack(">I4s", 0, b"moov") + content
    (tmp_path / "endless.mp4").write_bytes(hidden + endless)
    assert read_track(tmp_path / "endless.mp4").count == 150


def test_every_table_of_shifts_that_shifts_nothing_is_fine(
    artifacts: ReferenceFiles, tmp_path: Path
) -> None:
    """Some muxers write one even when no frame is out of order."""
    clip = bytearray(artifacts.clips[0].path.read_bytes())
    start = clip.index(b"moov") - 4
    end = start + int.from_bytes(clip[start : start + 4])
    none = full(b"ctts", 0, 0, struct.pack(">III", 1, 150, 0))
    header = bytearray(clip[start:end])
    for kind in (b"moov", b"trak", b"mdia", b"minf", b"stbl"):
        at = header.index(kind) - 4
        header[at : at + 4] = struct.pack(">I", int.from_bytes(header[at : at + 4]) + len(none))
    tables = header.index(b"stsd") - 4
    header[tables:tables] = none
    clip[start + 4 : start + 8] = b"free"
    (tmp_path / "shifts.mp4").write_bytes(clip + header)
    assert read_track(tmp_path / "shifts.mp4").count == 150
