"""A joined film is the frames of its pieces, each at its moment, and the song under them."""

import subprocess
import tempfile
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate, pairwise
from pathlib import Path

import av
import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from adapters.ffmpeg.commands import build_concat_command
from adapters.ffmpeg.find import find_ffmpeg
from adapters.mp4.boxes import Inside
from adapters.mp4.errors import ImpossiblePiece, MismatchedPieces
from adapters.mp4.layout import PAGE, layout
from adapters.mp4.pieces import Piece, parted, spread
from adapters.mp4.reader import read_track
from adapters.mp4.samples import AAC_PACKET, Run, Sizes, Track
from adapters.mp4.writer import join
from tests.cases.ffmpeg import drawn
from tests.cases.mp4 import reference
from tests.cases.mp4.cuts import Cut, cut, cut_out
from tests.cases.mp4.reference import FRAME, RATE, ReferenceFiles

slow = settings(
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
films = st.lists(cut(retimed=True), min_size=1, max_size=6)


@given(cuts=films, sounds=st.booleans())
@slow
def test_every_frame_is_a_piece_s_own_and_at_its_moment(
    artifacts: ReferenceFiles, cuts: list[Cut], sounds: bool
) -> None:
    pieces = cut_out(artifacts, cuts)
    with tempfile.TemporaryDirectory() as folder:
        film = Path(folder) / "film.mp4"
        plan = join(film, pieces, artifacts.song if sounds else None)
        packets, pictures = reference.frames_of(film)
    assert [packet.md5 for packet in packets] == reference.stored(artifacts, pieces)
    assert [picture.md5 for picture in pictures] == reference.decoded(artifacts, pieces)
    moments = expected_moments(pieces)
    assert [packet.pts for packet in packets] == moments[:-1]
    assert [packet.dts for packet in packets] == moments[:-1]
    assert [packet.duration for packet in packets] == steps(moments)
    assert (plan.frames, plan.duration) == (len(packets), moments[-1])


@given(cuts=films, sounds=st.booleans())
@slow
def test_a_long_piece_lies_on_its_pages_as_in_its_own_file(
    artifacts: ReferenceFiles, cuts: list[Cut], sounds: bool
) -> None:
    pieces = cut_out(artifacts, cuts)
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patched:
        # The pieces of these tests are short.
        patched.setattr("adapters.mp4.layout.LONG", PAGE)
        film = Path(folder) / "film.mp4"
        plan = join(film, pieces, artifacts.song if sounds else None)
        assert film.stat().st_size == plan.size
        packets = reference.packets_of(film)
        whole = read_track(film, "video")
    assert [packet.md5 for packet in packets] == reference.stored(artifacts, pieces)
    first = 0
    for piece in pieces:
        lies, lay = whole.runs(first, piece.count)[0], piece.runs[0]
        assert lay.length < PAGE or (lies.offset - lay.offset) % PAGE == 0
        first += piece.count


def expected_moments(pieces: Sequence[Piece]) -> list[int]:
    """The tick each frame begins at, and the film's end."""
    moments = [0]
    for piece in pieces:
        begin = moments.pop()
        ticks = sum(count * delta for count, delta in piece.timing or [(piece.count, FRAME)])
        moments += [
            begin + reference.nearest(Fraction(index * ticks, piece.count))
            for index in range(piece.count + 1)
        ]
    return moments


def steps(moments: Sequence[int]) -> list[int]:
    return [later - moment for moment, later in pairwise(moments)]


@given(cuts=st.lists(cut(), min_size=1, max_size=5))
@slow
def test_the_film_is_what_ffmpeg_joins_by_copying(
    artifacts: ReferenceFiles, cuts: list[Cut]
) -> None:
    pieces = cut_out(artifacts, cuts)
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = Path(folder) / "ours.mp4", Path(folder) / "theirs.mp4"
        join(ours, pieces)
        listing = Path(folder) / "pieces.ffconcat"
        listing.write_text("\n".join(["ffconcat version 1.0", *map(listed, pieces), ""]))
        command = build_concat_command(listing, theirs, ffmpeg=find_ffmpeg().path)
        # Otherwise the parameters of the whole film are put before each keyframe again.
        reference.run("-auto_convert", "0", *command[command.index("-protocol_whitelist") :])
        assert reference.frames_of(ours) == reference.frames_of(theirs)


def listed(piece: Piece) -> str:
    """A piece as a list file names it: half a frame is spared at its end, against rounding."""
    begin, end = piece.first / 30, (piece.first + piece.count - 0.5) / 30
    return (
        f"file '{piece.track.path}'\ninpoint {begin:.6f}\noutpoint {end:.6f}\n"
        f"duration {piece.count / 30:.6f}"
    )


@given(cuts=films)
@example(cuts=[(0, 0, 92, 89_878)])  # ends a fifth of a sample after a packet of sound
@slow
def test_pyav_and_we_read_the_same_tables(artifacts: ReferenceFiles, cuts: list[Cut]) -> None:
    pieces = cut_out(artifacts, cuts)
    with tempfile.TemporaryDirectory() as folder:
        film = Path(folder) / "film.mp4"
        plan = join(film, pieces, artifacts.song)
        picture, sound = read_track(film, "video"), read_track(film, "audio")
        assert film.stat().st_size == plan.size
        with av.open(str(film)) as container:
            require_same(picture, container.streams.video[0])
            require_same(sound, container.streams.audio[0])
            # The sound may be told to end with the sample that the film's end falls in.
            assert container.duration == pytest.approx(plan.duration / 15_360 * 1e6, abs=24)
    assert (picture.entry, picture.timescale) == (pieces[0].track.entry, 15_360)
    assert (picture.width, picture.height, picture.length) == (320, 180, plan.duration)
    assert (sound.entry, sound.media_time) == (artifacts.song.entry, artifacts.song.media_time)


def require_same(track: Track, stream: av.VideoStream | av.AudioStream) -> None:
    entries = list(stream.index_entries)
    offsets = [track.runs(sample, 1)[0].offset for sample in range(track.count)]
    assert [entry.pos for entry in entries] == offsets
    sizes = [track.sizes.before(sample) for sample in range(track.count + 1)]
    assert [entry.size for entry in entries] == steps(sizes)
    keys = [sample for sample, entry in enumerate(entries) if entry.flags & 1]
    assert keys == list(track.syncs(0, track.count))
    spans = track.durations.cut(0, track.count)
    deltas = [delta for count, delta in spans for _ in range(count)]
    moments = list(accumulate(deltas, initial=-track.media_time))[:-1]
    assert [entry.timestamp for entry in entries] == moments
    assert stream.codec_context.extradata == track.configuration
    assert stream.time_base == Fraction(1, track.timescale)


@given(cuts=films)
@slow
def test_the_song_starts_and_ends_with_the_film(artifacts: ReferenceFiles, cuts: list[Cut]) -> None:
    pieces = cut_out(artifacts, cuts)
    with tempfile.TemporaryDirectory() as folder:
        film = Path(folder) / "film.mp4"
        plan = join(film, pieces, artifacts.song)
        sound = reference.sound_of(film)
        sound_length = read_track(film, "audio").length
    length = min(Fraction(plan.duration * RATE, 15_360), Fraction(artifacts.song.length))
    assert abs(sound_length - length) <= 1 + Fraction(RATE, 15_360), "more than a tick of the film"
    # Not every player ends before the last packet does.
    assert -1 < len(sound) - length < AAC_PACKET
    # The last packet is decoded without the next one, yet is the same: so it is laid over before.
    np.testing.assert_array_equal(sound, artifacts.sound[: len(sound)])


def test_the_song_is_heard_not_a_sample_early_or_late(
    artifacts: ReferenceFiles, tmp_path: Path
) -> None:
    join(tmp_path / "film.mp4", cut_out(artifacts, [(0, 0, 150, None)]), artifacts.song)
    sound = reference.sound_of(tmp_path / "film.mp4")[:, 0]
    size = 1 << 19
    spectrum = np.fft.rfft(sound, size) * np.conj(np.fft.rfft(artifacts.sound[:, 0], size))
    assert int(np.argmax(np.fft.irfft(spectrum))) == 0


def test_a_film_goes_on_when_the_song_is_over(artifacts: ReferenceFiles, tmp_path: Path) -> None:
    plan = join(tmp_path / "film.mp4", cut_out(artifacts, [(0, 0, 150, None)] * 3), artifacts.song)
    assert plan.duration == 450 * FRAME
    np.testing.assert_array_equal(reference.sound_of(tmp_path / "film.mp4"), artifacts.sound)


def test_the_sound_lies_beside_the_picture_it_is_heard_with(
    artifacts: ReferenceFiles, tmp_path: Path
) -> None:
    cuts: list[Cut] = [(0, 0, 45, None), (1, 0, 30, None), (2, 0, 61, None)]
    join(tmp_path / "film.mp4", cut_out(artifacts, cuts), artifacts.song)
    picture = read_track(tmp_path / "film.mp4", "video")
    sound = read_track(tmp_path / "film.mp4", "audio")
    ends = [picture.durations.total * frames / 136 / 15_360 for frames in (45, 75)]
    moments = [(int(packet) * 1024 - 1024) / RATE for packet in sound.places.firsts[1:]]
    assert all(0 <= moment - end < 1024 / RATE for moment, end in zip(moments, ends, strict=True))
    assert sorted([*picture.places.offsets, *sound.places.offsets])[::2] == list(
        picture.places.offsets
    )


def test_what_is_written_twice_is_the_same(artifacts: ReferenceFiles, tmp_path: Path) -> None:
    pieces = cut_out(artifacts, [(0, 60, 40, None), (1, 0, 75, 40_000)])
    join(tmp_path / "one.mp4", pieces, artifacts.song)
    join(tmp_path / "two.mp4", pieces, artifacts.song, durable=True)
    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "two.mp4").read_bytes()


def test_a_joined_film_can_be_cut_and_joined_again(
    artifacts: ReferenceFiles, tmp_path: Path
) -> None:
    once = cut_out(artifacts, [(0, 60, 90, None), (1, 0, 60, 31_000), (1, 60, 15, None)])
    join(tmp_path / "once.mp4", once, artifacts.song)
    joined = read_track(tmp_path / "once.mp4", "video")
    assert not joined.contiguous
    join(tmp_path / "twice.mp4", [Piece(joined, 90, 75), Piece(joined, 0, 90)])
    packets = reference.packets_of(tmp_path / "twice.mp4")
    expected = reference.stored(artifacts, [*once[1:], once[0]])
    assert [packet.md5 for packet in packets] == expected
    assert [packet.pts for packet in packets] == expected_moments([*once[1:], once[0]])[:-1]


@given(ticks=st.integers(1, 10**7), count=st.integers(1, 500))
@settings(max_examples=300)
def test_a_piece_that_is_retimed_ends_where_it_should(ticks: int, count: int) -> None:
    spans = spread(ticks, count)
    assert sum(each for each, _ in spans) == count
    moments = accumulate((delta for each, delta in spans for _ in range(each)), initial=0)
    nearest = [reference.nearest(Fraction(index * ticks, count)) for index in range(count + 1)]
    assert list(moments) == nearest


@given(
    lasting=st.integers(1, 500),
    rate=st.fractions("0.5", 2, max_denominator=1000),
    data=st.data(),
)
@settings(max_examples=300)
def test_a_cut_at_another_tempo_shows_each_frame_at_its_moment(
    lasting: int, rate: Fraction, data: st.DataObject
) -> None:
    count = max(1, reference.nearest(lasting * rate))
    spans = spread(lasting * FRAME, count, FRAME / rate)
    durations = [delta for each, delta in spans for _ in range(each)]
    moments = list(accumulate(durations, initial=0))
    assert moments[:-1] == [reference.nearest(index * FRAME / rate) for index in range(count)]
    assert moments[-1] == lasting * FRAME
    assert min(durations) > 0
    assert count == 1 or durations[-1] <= 1.5 * FRAME / rate + 1
    # Parted anywhere, the parts follow one another as the whole does.
    at = data.draw(st.integers(0, count))
    first, second = parted(spans, [at, count - at])
    assert [d for each, d in [*first, *second] for _ in range(each)] == durations
    assert sum(each for each, _ in first) == at


@given(cuts=st.lists(cut(), min_size=1, max_size=5), data=st.data())
@slow
def test_any_part_of_a_film_can_be_served_without_the_film(
    artifacts: ReferenceFiles, cuts: list[Cut], data: st.DataObject
) -> None:
    pieces = cut_out(artifacts, cuts)
    plan = layout(pieces, artifacts.song)
    start = data.draw(st.integers(0, plan.size + 10))
    length = data.draw(st.integers(0, plan.size + 10))
    with tempfile.TemporaryDirectory() as folder:
        join(Path(folder) / "film.mp4", pieces, artifacts.song)
        whole = (Path(folder) / "film.mp4").read_bytes()
    served = b"".join(map(content, plan.part(start, length)))
    assert served == whole[start : start + length]
    assert b"".join(map(content, plan.part(0, plan.size))) == whole


def content(part: bytes | Run) -> bytes:
    if isinstance(part, bytes):
        return part
    with part.path.open("rb") as file:
        file.seek(part.offset)
        return file.read(part.length)


def test_pieces_that_follow_one_another_are_copied_at_once(artifacts: ReferenceFiles) -> None:
    plan = layout(cut_out(artifacts, [(0, 0, 60, None), (0, 60, 60, None), (0, 120, 30, None)]))
    assert list(plan.runs) == artifacts.clips[0].track.runs(0, 150)


def test_the_header_comes_before_the_frames(artifacts: ReferenceFiles) -> None:
    plan = layout(cut_out(artifacts, [(0, 0, 60, None)]), artifacts.song)
    film = Inside(memoryview(plan.header[: plan.header.index(b"mdat") - 4]))
    assert film.one(b"ftyp")[:4] == b"isom"
    assert [len(film.every(kind)) for kind in (b"ftyp", b"moov")] == [1, 1]


def test_pieces_of_another_size_are_refused_by_name(
    artifacts: ReferenceFiles, tmp_path: Path
) -> None:
    source = drawn.draw(tmp_path / "drawn.mp4", 10)
    small = read_track(reference.normalised(source, tmp_path / "small.mp4", width=160, height=90))
    with pytest.raises(MismatchedPieces, match=r"Piece 2 .* decoder configuration") as refusal:
        layout([Piece(artifacts.clips[0].track, 0, 5), Piece(small, 0, 5)])
    assert (refusal.value.piece, refusal.value.details) == (1, "small.mp4")


def test_hevc_is_joined_too(tmp_path: Path) -> None:
    source = drawn.draw(tmp_path / "drawn.mp4", 20)
    try:
        clip = reference.normalised(source, tmp_path / "clip.mp4", codec="libx265")
    except subprocess.CalledProcessError:
        pytest.skip("This FFmpeg does not encode HEVC.")
    track = read_track(clip)
    join(tmp_path / "film.mp4", [Piece(track, 0, 20), Piece(track, 0, 7)])
    stored, decoded = reference.frames_of(clip)
    packets, pictures = reference.frames_of(tmp_path / "film.mp4")
    assert [p.md5 for p in packets] == [p.md5 for p in [*stored, *stored[:7]]]
    assert [p.md5 for p in pictures] == [p.md5 for p in [*decoded, *decoded[:7]]]


def test_pieces_of_another_rate_are_refused_by_name(
    artifacts: ReferenceFiles, tmp_path: Path
) -> None:
    source = drawn.draw(tmp_path / "drawn.mp4", 10)
    path = reference.normalised(source, tmp_path / "fast.mp4", frame_rate=60)
    faster = msgspec.structs.replace(
        read_track(path),
        entry=artifacts.clips[0].track.entry,
        configuration=artifacts.clips[0].track.configuration,
    )
    with pytest.raises(MismatchedPieces, match="timescale"):
        layout([Piece(artifacts.clips[0].track, 0, 5), Piece(faster, 0, 5)])


@pytest.mark.parametrize(
    ("first", "count", "timing", "why"),
    [
        (1, 5, None, "keyframe"),
        (59, 1, None, "keyframe"),
        (0, 151, None, "has not"),
        (120, 31, None, "has not"),
        (150, 1, None, "has not"),
        (-1, 2, None, "has not"),
        (0, 0, None, "has not"),
        (0, 5, ((4, 512),), "timed"),
        (0, 5, ((5, 0),), "timed"),
        (0, 5, ((5, 512), (0, 9)), "timed"),
        (0, 2, ((2, 1 << 31),), "timed"),
    ],
)
def test_a_piece_that_its_clip_has_not_is_refused(
    artifacts: ReferenceFiles,
    first: int,
    count: int,
    timing: tuple[tuple[int, int], ...] | None,
    why: str,
) -> None:
    track = artifacts.clips[0].track
    with pytest.raises(ImpossiblePiece, match=f"Piece 2 .*{why}"):
        layout([Piece(track, 0, 1), Piece(track, first, count, timing)])


def test_nothing_and_what_is_of_the_other_kind_are_refused(artifacts: ReferenceFiles) -> None:
    picture = Piece(artifacts.clips[0].track, 0, 5)
    with pytest.raises(ImpossiblePiece, match="nothing"):
        layout([])
    with pytest.raises(ImpossiblePiece, match="no video"):
        layout([Piece(artifacts.song, 0, 5)])
    with pytest.raises(ImpossiblePiece, match="sound track contains video"):
        layout([picture], picture.track)
    endless = msgspec.structs.replace(picture.track, sizes=Sizes(1 << 32, 1), sync=None)
    with pytest.raises(ImpossiblePiece, match="more frames"):
        layout([Piece(endless, 0, 1 << 32)])
