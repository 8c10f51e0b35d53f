"""Whatever is broken in a header, it is refused by name, or read within the bounds of its file."""

import os
import random
import struct
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from adapters.mp4.errors import UnreadableTrack
from adapters.mp4.reader import read_track
from adapters.mp4.samples import Kind
from tests.cases.mp4.reference import require_inside

MUTATIONS = 10_000
KINDS: tuple[Kind | None, ...] = (None, None, "video", "video", "audio", "audio")
"""The kinds of track that the tests read from a clip, a song and a film."""
BOXES = (
    *(b"ftyp", b"moov", b"mvhd", b"trak", b"tkhd", b"edts", b"elst", b"mdia", b"mdhd", b"hdlr"),
    *(b"minf", b"dinf", b"dref", b"stbl", b"stsd", b"stts", b"stss", b"stsc", b"stsz", b"stco"),
    *(b"co64", b"avcC", b"esds", b"avc1", b"mp4a", b"ctts", b"free", b"mvex"),
)
NUMBERS = (0, 1, 2, 7, 8, 16, 255, 65_535, 1 << 20, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF)


def mutations(header: bytes, seed: int) -> Iterator[bytes]:
    """Headers that are broken in ever the same ways."""
    chance = random.Random(seed)  # noqa: S311
    kinds = [kind for kind in BOXES if kind in header]
    while True:
        broken = bytearray(header)
        for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
            if len(broken) > 16:
                chance.choice(WAYS)(broken, chance, kinds)
        yield bytes(broken)


Mutation = Callable[[bytearray, random.Random, list[bytes]], None]


def flipped(header: bytearray, chance: random.Random, kinds: list[bytes]) -> None:
    header[chance.randrange(len(header))] ^= 1 << chance.randrange(8)


def random_byte(header: bytearray, chance: random.Random, kinds: list[bytes]) -> None:
    header[chance.randrange(len(header))] = chance.randrange(256)


def cut_off(header: bytearray, chance: random.Random, kinds: list[bytes]) -> None:
    del header[chance.randrange(8, len(header)) :]


def spliced(header: bytearray, chance: random.Random, kinds: list[bytes]) -> None:
    start, at = chance.randrange(len(header)), chance.randrange(len(header))
    piece = header[start : start + chance.randrange(1, 200)]
    if chance.random() < 0.5:
        header[at : at + len(piece)] = piece
    else:
        header[at:at] = piece


def taken_out(header: bytearray, chance: random.Random, kinds: list[bytes]) -> None:
    start = chance.randrange(len(header))
    del header[start : start + chance.randrange(1, 64)]


def inflated(header: bytearray, chance: random.Random, kinds: list[bytes]) -> None:
    """Another number at one of the first words of a box, its size among them."""
    at = header.find(chance.choice(kinds))
    at += 4 * chance.randrange(-1, 8)
    if 0 <= at <= len(header) - 4:
        header[at : at + 4] = struct.pack(">I", chance.choice(NUMBERS))


def renamed(header: bytearray, chance: random.Random, kinds: list[bytes]) -> None:
    at = header.find(chance.choice(kinds))
    if at >= 0:
        header[at : at + 4] = chance.choice(BOXES)


WAYS: tuple[Mutation, ...] = (
    *(flipped, random_byte, cut_off, spliced, taken_out),
    *(inflated, inflated, inflated, inflated, inflated, renamed),
)


def broken_files(files: list[bytes], path: Path, many: int, seed: int) -> Iterator[int]:
    """Write one broken file after another to ``path``; yields how long each is.

    In most the header alone is broken, and there is as much after it as there was.
    """
    headers = [content[: content.index(b"mdat") + 4] for content in files]
    sources = [mutations(header, seed + index) for index, header in enumerate(headers)]
    for index in range(many):
        which = index % len(files)
        broken = next(sources[which])
        # Emptied and written again, a file would go to the disk each time.
        path.unlink(missing_ok=True)
        path.write_bytes(broken)
        if index % 7:
            os.truncate(path, max(len(broken), len(files[which])))
        yield path.stat().st_size


def test_a_broken_header_is_refused_or_read_within_the_file(
    headers: list[bytes], tmp_path: Path
) -> None:
    path = tmp_path / "broken.mp4"
    reasons: Counter[str] = Counter()
    for index, size in enumerate(broken_files(headers, path, MUTATIONS, 0)):
        try:
            track = read_track(path, KINDS[index % 6])
        except UnreadableTrack as refusal:
            reasons[str(refusal)] += 1
            continue
        require_inside(track, size)
        reasons["read"] += 1
    # All is in vain if everything is refused at the door, or nothing is broken enough.
    assert MUTATIONS // 20 < reasons["read"] < MUTATIONS // 2
    assert len(reasons) > 25


def test_a_broken_header_takes_no_more_memory_than_it_is_long(
    headers: list[bytes], tmp_path: Path
) -> None:
    path = tmp_path / "broken.mp4"
    longest = max(content.index(b"mdat") for content in headers) + 2_000
    tracemalloc.start()
    try:
        for _ in broken_files(headers, path, 1_000, 100):
            tracemalloc.reset_peak()
            before, _ = tracemalloc.get_traced_memory()
            with suppress(UnreadableTrack):
                read_track(path)
            _, peak = tracemalloc.get_traced_memory()
            assert peak - before < 50_000 + 8 * longest
    finally:
        tracemalloc.stop()
