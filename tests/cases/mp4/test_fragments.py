"""Segments play one after another as the joined film does."""

import hashlib
import tempfile
from array import array
from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.mp4.boxes import box
from adapters.mp4.errors import ImpossiblePiece
from adapters.mp4.fragments import FORM, init_segment, segment
from adapters.mp4.pieces import Piece
from adapters.mp4.samples import Durations, Places, Run, Sizes, Track
from tests.cases.mp4 import reference
from tests.cases.mp4.cuts import Cut, cut, cut_out
from tests.cases.mp4.reference import ReferenceFiles
from tests.cases.mp4.test_joining import content, expected_moments
from tests.cases.mp4.test_large import fat


def played(pieces: list[Piece]) -> bytes:
    """The init segment, then each piece as a segment."""
    moments = accumulate(
        (sum(count * delta for count, delta in p.spans) for p in pieces), initial=0
    )
    parts: list[bytes | Run] = [init_segment(pieces[0].track)]
    for index, (piece, moment) in enumerate(zip(pieces, moments, strict=False)):
        head, runs = segment(piece, moment, index + 1)
        parts += [head, *runs]
    return b"".join(map(content, parts))


@given(cuts=st.lists(cut(retimed=True), min_size=1, max_size=5))
@settings(
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_segments_are_their_pieces_frames_at_their_moments(
    artifacts: ReferenceFiles, cuts: list[Cut]
) -> None:
    pieces = cut_out(artifacts, cuts)
    with tempfile.TemporaryDirectory() as folder:
        film = Path(folder) / "film.mp4"
        film.write_bytes(played(pieces))
        packets, pictures = reference.frames_of(film)
    assert [packet.md5 for packet in packets] == reference.stored(artifacts, pieces)
    assert [picture.md5 for picture in pictures] == reference.decoded(artifacts, pieces)
    assert [packet.pts for packet in packets] == expected_moments(pieces)[:-1]
    assert [packet.dts for packet in packets] == expected_moments(pieces)[:-1]


def test_segments_of_the_song_sound_like_the_song(
    artifacts: ReferenceFiles, tmp_path: Path
) -> None:
    song = artifacts.song
    edges = [*range(0, song.count, 100), song.count]
    pieces = [Piece(song, a, b - a) for a, b in pairwise(edges)]
    (tmp_path / "song.mp4").write_bytes(played(pieces))
    sound = reference.sound_of(tmp_path / "song.mp4")
    np.testing.assert_array_equal(sound[: len(artifacts.sound)], artifacts.sound)
    assert len(sound) - len(artifacts.sound) < 1024


def test_one_init_segment_does_for_all_clips(artifacts: ReferenceFiles) -> None:
    assert len({init_segment(clip.track) for clip in artifacts.clips}) == 1


def test_a_piece_of_a_clip_is_one_run_of_bytes(artifacts: ReferenceFiles) -> None:
    piece = cut_out(artifacts, [(0, 60, 50, None)])[0]
    head, runs = segment(piece, 0, 1)
    assert runs == tuple(artifacts.clips[0].track.runs(60, 50))
    assert len(runs) == 1
    assert head.endswith((runs[0].length + 8).to_bytes(4) + b"mdat")


def test_a_segment_begins_with_a_keyframe_and_is_not_too_large(
    artifacts: ReferenceFiles, tmp_path: Path
) -> None:
    with pytest.raises(ImpossiblePiece, match="keyframe"):
        segment(Piece(artifacts.clips[0].track, 30, 5), 0, 1)
    with pytest.raises(ImpossiblePiece, match="too large"):
        segment(Piece(fat(artifacts.clips[0].track, tmp_path / "sparse", 5), 0, 5), 0, 1)


def test_the_form_is_counted_on_when_the_bytes_become_others() -> None:
    """Players keep segments at addresses that `FORM` is part of: with other bytes it is raised."""
    track = Track(
        path=Path("clip.mp4"),
        kind="video",
        timescale=15_360,
        entry=box(b"avc1", bytes(78)),
        configuration=b"avcC",
        sizes=Sizes.differing(array("I", range(100, 130))),
        durations=Durations.of(array("I", [30]), array("I", [512])),
        places=Places(array("Q", [0]), array("Q", [1_000])),
        sync=array("I", [0, 12]),
        width=320,
        height=180,
        length=30 * 512,
    )
    plain, retimed = Piece(track, 0, 30), Piece(track, 12, 10, ((4, 400), (6, 410)))
    heads = [init_segment(track), segment(plain, 0, 1)[0], segment(retimed, 15_360, 17)[0]]

    digest = hashlib.sha256(b"".join(heads)).hexdigest()

    assert (FORM, digest) == (
        1,
        "39f7b46d630f348cfeb2cfb5a86cdadd0be599834af07c0e33048a57a6a4f67b",
    )
