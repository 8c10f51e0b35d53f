"""Films joined of what is kept: exact to the frame, encoded where they must be and nowhere else."""

import asyncio
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.ffmpeg import video_options
from adapters.ffmpeg.encoder import FFmpegEncoder
from adapters.memory.artifact_cache import MemoryArtifactCache
from adapters.mp4.copying import CopyStopped
from adapters.mp4.encoder import JoiningEncoder
from adapters.mp4.errors import MismatchedTrack
from adapters.mp4.reader import read_track
from adapters.storage.artifact_cache import LocalArtifactCache
from adapters.storage.local import LocalStorage
from application.media.fetched_files import OnHand
from application.ports.footage import Footage
from application.ports.media_files import MediaFiles
from domain.blueprint.model import OutputConfig
from domain.blueprint.timeline import Crossfade, Cut, Soundtrack, Timeline
from domain.shared.errors import ClipTooShort
from tests.cases.ffmpeg import drawn
from tests.cases.mp4 import reference
from tests.media import ffmpeg_encoder, probe

pytestmark = pytest.mark.anyio

OUTPUT = OutputConfig(
    output_path="output/user_local/a.mp4", width=320, height=180, video_bitrate="200k"
)
CONSTANT = msgspec.structs.replace(OUTPUT, frame_rate_mode="constant")
FRAMES = 150
GROUP = 60
CLIPS = ("a", "b")


class CountedEncoder(FFmpegEncoder):
    """FFmpeg, and what was asked of it."""

    def __init__(self) -> None:
        super().__init__(probe().details, at_once=2)
        self.asked: Counter[str] = Counter()

    async def whole(self, clip: str, files: MediaFiles, output: OutputConfig, into: Path) -> None:
        self.asked[f"whole {clip}"] += 1
        await super().whole(clip, files, output, into)

    async def normalise(
        self, cut: Cut, files: MediaFiles, output: OutputConfig, into: Path
    ) -> Footage:
        self.asked[f"cut {cut.clip} {cut.first}"] += 1
        return await super().normalise(cut, files, output, into)

    async def encode_sound(
        self, soundtrack: Soundtrack, files: MediaFiles, into: Path, samples: int | None = None
    ) -> Path:
        self.asked["sound"] += 1
        return await super().encode_sound(soundtrack, files, into, samples)


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two clips of five seconds, and a song of eight."""
    folder = tmp_path_factory.mktemp("sources")
    clips = {
        name: drawn.draw(folder / f"{name}.mp4", FRAMES, film=film, sound=True)
        for film, name in enumerate(CLIPS)
    }
    return {**clips, "song": drawn.tone_file(folder / "song.wav", 8.0)}


@pytest.fixture(scope="module")
def kept() -> MemoryArtifactCache:
    """Return one cache for all films of this module, so that nothing is encoded twice."""
    return MemoryArtifactCache()


@pytest.fixture(scope="module")
def loop() -> Generator[asyncio.Runner]:
    """One loop for all films of a test, which one encoder makes, as in a service."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def joining(kept: MemoryArtifactCache) -> JoiningEncoder:
    return JoiningEncoder(ffmpeg_encoder(), kept)


@pytest.fixture
def ffmpeg() -> CountedEncoder:
    return CountedEncoder()


def cut(clip: str, first: int, frames: int, rate: str = "1") -> Cut:
    return Cut(clip=clip, first=first, frames=frames, rate=Fraction(rate))


def timeline(cuts: list[Cut], output: OutputConfig = OUTPUT) -> Timeline:
    frames = sum(each.frames for each in cuts)
    sound = Soundtrack(frames=frames, frame_rate=30, codec="aac", bitrate="96k", song="song")
    return Timeline(cuts=tuple(cuts), soundtrack=sound, output=output)


async def filmed(
    encoder: FFmpegEncoder | JoiningEncoder,
    film_timeline: Timeline,
    files: MediaFiles,
    folder: Path,
) -> Path:
    """Make a film as the application does."""
    pieces = [
        await encoder.normalise(each, files, film_timeline.output, folder / f"{index}.mp4")
        for index, each in enumerate(film_timeline.cuts)
    ]
    reel = await encoder.concatenate(pieces, folder / "reel.mp4")
    film = folder / "film.mp4"
    await encoder.add_audio(reel, film_timeline.soundtrack, files, film)
    await encoder.inspect(film, film_timeline)
    return film


@st.composite
def cuts(draw: st.DrawFn) -> Cut:
    """Cuts whose beginnings are few, so that what is encoded for one serves others."""
    rate = Fraction(draw(st.sampled_from(["1", "1", "0.91", "1.07", "2", "0.5"])))
    first = draw(st.sampled_from([0, 1, 60, 89, 120, 131]))
    most = max(1, int((FRAMES - first) / rate) - 1)
    frames = draw(st.integers(1, most) | st.just(min(12, most)))
    return Cut(clip=draw(st.sampled_from(CLIPS)), first=first, frames=frames, rate=rate)


def expected(film_timeline: Timeline) -> list[tuple[int, int]]:
    """Return the visible clip and its frame, frame by frame."""
    return [
        (CLIPS.index(each.clip), each.first + index)
        for each in film_timeline.cuts
        for index in range(each.pictures(film_timeline.output))
    ]


def moments(film_timeline: Timeline) -> Iterator[int]:
    """The tick each frame is first seen at, and the film's end."""
    begin = Fraction(0)
    for each in film_timeline.cuts:
        for index in range(each.pictures(film_timeline.output)):
            yield 512 * int(begin) + reference.nearest(512 * index / each.rate)
        begin += each.frames
    yield 512 * int(begin)


@given(st.lists(cuts(), min_size=1, max_size=4))
@settings(max_examples=100)
def test_every_frame_is_the_clips_own_and_seen_at_its_moment(
    sources: dict[str, Path], joining: JoiningEncoder, loop: asyncio.Runner, cut_list: list[Cut]
) -> None:
    film_timeline = timeline(cut_list)
    with tempfile.TemporaryDirectory() as folder:
        files = OnHand(sources, probe())
        film = loop.run(filmed(joining, film_timeline, files, Path(folder)))
        assert drawn.drawn_frames(film) == expected(film_timeline)
        packets = reference.packets_of(film)
        ticks = list(moments(film_timeline))
        assert [packet.dts for packet in packets] == ticks[:-1]
        assert [packet.duration for packet in packets] == [b - a for a, b in pairwise(ticks)]


async def test_what_is_copied_is_the_same_bit_for_bit(
    sources: dict[str, Path], ffmpeg: CountedEncoder, tmp_path: Path
) -> None:
    encoder = JoiningEncoder(ffmpeg, MemoryArtifactCache())
    files = OnHand(sources, probe())
    film_timeline = timeline([cut("a", 0, 130), cut("b", 45, 60), cut("a", 60, 20, "1.1")])
    film = await filmed(encoder, film_timeline, files, tmp_path)
    normalised = sorted(_kept(tmp_path, "clip-"), key=_film_of)
    clips = {name: reference.packets_of(path) for name, path in zip("ab", normalised, strict=True)}
    packets = [packet.md5 for packet in reference.packets_of(film)]
    assert packets[:130] == [packet.md5 for packet in clips["a"][:130]]
    assert packets[145:190] == [packet.md5 for packet in clips["b"][60:105]]
    assert packets[190:] == [packet.md5 for packet in clips["a"][60:82]]
    assert dict(ffmpeg.asked) == {"whole a": 1, "whole b": 1, "cut b 45": 1, "sound": 1}


def _film_of(path: Path) -> int:
    return drawn.drawn_frames(path)[0][0]


async def test_a_second_film_encodes_nothing(
    sources: dict[str, Path], ffmpeg: CountedEncoder, tmp_path: Path
) -> None:
    artifacts = LocalArtifactCache(tmp_path / "cache", LocalStorage(tmp_path / "media"), 10**9)
    film_timeline = timeline([cut("a", 7, 100), cut("b", 0, 30), cut("a", 7, 20)])
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        encoder = JoiningEncoder(ffmpeg, artifacts)
        await filmed(encoder, film_timeline, OnHand(sources, probe()), tmp_path / name)
    assert dict(ffmpeg.asked) == {"whole a": 1, "whole b": 1, "cut a 7": 1, "sound": 1}
    first, second = (tmp_path / name / "film.mp4" for name in ("first", "second"))
    assert first.read_bytes() == second.read_bytes()


async def test_however_many_films_at_once_each_clip_is_encoded_once(
    sources: dict[str, Path], ffmpeg: CountedEncoder, tmp_path: Path
) -> None:
    encoder = JoiningEncoder(
        ffmpeg, LocalArtifactCache(tmp_path / "c", LocalStorage(tmp_path / "m"), 10**9)
    )
    film_timeline = timeline([cut("a", 0, 20), cut("b", 0, 20)])
    folders = [tmp_path / str(index) for index in range(6)]
    for folder in folders:
        folder.mkdir()
    await asyncio.gather(
        *(filmed(encoder, film_timeline, OnHand(sources, probe()), folder) for folder in folders)
    )
    assert dict(ffmpeg.asked) == {"whole a": 1, "whole b": 1, "sound": 1}


async def test_a_film_that_nobody_waits_for_is_written_no_further(
    sources: dict[str, Path],
    ffmpeg: CountedEncoder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    encoder, files = JoiningEncoder(ffmpeg, MemoryArtifactCache()), OnHand(sources, probe())
    film_timeline = timeline([cut("a", 0, 20)])
    piece = await encoder.normalise(
        film_timeline.cuts[0], files, film_timeline.output, tmp_path / "cut.mp4"
    )
    begun, stopped = threading.Event(), threading.Event()

    def copy_for_long(*_: object, is_stopped: Callable[[], bool]) -> None:
        begun.set()
        for _again in range(3_000):
            if is_stopped():
                stopped.set()
                raise CopyStopped
            stopped.wait(0.01)

    monkeypatch.setattr("adapters.mp4.encoder.join", copy_for_long)
    work = encoder.add_audio(piece, film_timeline.soundtrack, files, tmp_path / "film.mp4")
    writing = asyncio.ensure_future(work)
    assert await asyncio.get_running_loop().run_in_executor(None, begun.wait, 30)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert stopped.is_set()


FADED = msgspec.structs.replace(cut("a", 0, 140), fade_in=10, fade_out=10)
OVER = msgspec.structs.replace(
    cut("b", 0, 140), crossfade=Crossfade(clip="a", first=60, rate=Fraction(1), frames=15)
)


@pytest.mark.parametrize(
    ("each", "copied"),
    [(FADED, range(60, 130)), (OVER, range(60, 140))],
    ids=["fades", "a crossfade"],
)
async def test_an_effect_is_as_the_plain_encoder_makes_it_and_the_rest_is_copied(
    sources: dict[str, Path], ffmpeg: CountedEncoder, tmp_path: Path, each: Cut, copied: range
) -> None:
    files = OnHand(sources, probe())
    film_timeline = timeline([each])
    film = await filmed(
        JoiningEncoder(ffmpeg, MemoryArtifactCache()), film_timeline, files, tmp_path
    )
    (clip,) = _kept(tmp_path, "clip-")
    ours, whole = reference.packets_of(film), reference.packets_of(clip)
    assert [ours[at].md5 for at in copied] == [whole[at].md5 for at in copied]
    await ffmpeg_encoder(1).normalise(each, files, OUTPUT, tmp_path / "plain.mp4")
    pairs = zip(drawn.greys(film), drawn.greys(tmp_path / "plain.mp4"), strict=True)
    differences = [abs(a.astype(int) - b.astype(int)).mean() for a, b in pairs]
    assert max(differences) < 4


async def test_an_evenly_timed_cut_at_another_tempo_is_encoded_once(
    sources: dict[str, Path], ffmpeg: CountedEncoder, tmp_path: Path
) -> None:
    film_timeline = timeline([cut("a", 3, 40, "1.1")] * 2, CONSTANT)
    film = await filmed(
        JoiningEncoder(ffmpeg, MemoryArtifactCache()),
        film_timeline,
        OnHand(sources, probe()),
        tmp_path,
    )
    packets = reference.packets_of(film)
    assert [packet.duration for packet in packets] == [512] * 80
    assert dict(ffmpeg.asked) == {"cut a 3": 1, "sound": 1}


async def test_of_a_long_clip_only_the_cut_is_encoded(
    sources: dict[str, Path],
    ffmpeg: CountedEncoder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("adapters.mp4.encoder.LONGEST", 4)
    film_timeline = timeline([cut("a", 7, 30, "1.1")])
    film = await filmed(
        JoiningEncoder(ffmpeg, MemoryArtifactCache()),
        film_timeline,
        OnHand(sources, probe()),
        tmp_path,
    )
    assert drawn.drawn_frames(film) == expected(film_timeline)
    assert dict(ffmpeg.asked) == {"cut a 7": 1, "sound": 1}


async def test_a_cut_beyond_the_clips_end_is_refused_by_name(
    sources: dict[str, Path], ffmpeg: CountedEncoder, tmp_path: Path
) -> None:
    encoder = JoiningEncoder(ffmpeg, MemoryArtifactCache())
    with pytest.raises(ClipTooShort, match=r"'a' lasts 5\.000 s; .* up to 5\.133 s"):
        await encoder.normalise(
            cut("a", 140, 14), OnHand(sources, probe()), OUTPUT, tmp_path / "cut.mp4"
        )
    assert not ffmpeg.asked


async def test_every_clip_of_a_kind_has_one_decoder_configuration_whatever_the_preset(
    sources: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = drawn.draw(tmp_path / "odd.mp4", 20, 25, film=9, size=(242, 318), pixels="yuv444p")
    files = {**sources, "odd": odd}
    configurations: set[bytes] = set()
    for preset in ("veryfast", "faster", "fast", "medium"):
        monkeypatch.setattr(video_options, "PRESET", preset)
        ffmpeg = ffmpeg_encoder()
        for clip in ("a", "odd"):
            into = tmp_path / f"{preset}-{clip}.mp4"
            await ffmpeg.whole(clip, OnHand(files, probe()), OUTPUT, into)
            track = read_track(into)
            configurations.add(track.configuration + track.entry)
    assert len(configurations) == 1


Spoiling = Callable[[Path, Path], None]


def truncated(file: Path, _: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1000])


def emptied(file: Path, _: Path) -> None:
    file.write_bytes(b"")


def hostile(file: Path, _: Path) -> None:
    file.write_bytes(b"#EXTM3U\nhttp://127.0.0.1/\n" * 100)


def foreign(file: Path, other: Path) -> None:
    file.write_bytes(other.read_bytes())


SPOILED: dict[str, Spoiling] = {
    "truncated": truncated,
    "emptied": emptied,
    "hostile": hostile,
    "foreign": foreign,
}


@pytest.fixture(scope="module")
def other(sources: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip of another size."""
    into = tmp_path_factory.mktemp("other") / "other.mp4"
    larger = msgspec.structs.replace(OUTPUT, width=640, height=360)
    asyncio.run(ffmpeg_encoder().whole("b", OnHand(sources, probe()), larger, into))
    return into


@pytest.mark.parametrize("spoil", SPOILED)
@pytest.mark.parametrize("everywhere", [True, False], ids=["also in the storage", "on the disk"])
async def test_a_spoiled_file_is_never_joined_but_made_again(
    sources: dict[str, Path],
    other: Path,
    ffmpeg: CountedEncoder,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    spoil: str,
    everywhere: bool,
) -> None:
    artifacts = LocalArtifactCache(tmp_path / "cache", LocalStorage(tmp_path / "media"), 10**9)
    encoder = JoiningEncoder(ffmpeg, artifacts)
    film_timeline = timeline([cut("a", 0, 50)])
    films: list[bytes] = []
    for name in ("before", "after"):
        (tmp_path / name).mkdir()
        film = await filmed(encoder, film_timeline, OnHand(sources, probe()), tmp_path / name)
        films.append(film.read_bytes())
        if name == "before":
            folders = ["cache", "media/cache"] if everywhere else ["cache"]
            for file in [path for folder in folders for path in _kept(tmp_path / folder, "clip-")]:
                copy = file.with_name("spoiled")
                copy.write_bytes(file.read_bytes())
                SPOILED[spoil](copy, other)
                copy.replace(file)
    assert films[0] == films[1]
    assert ffmpeg.asked["whole a"] == (2 if everywhere else 1)
    codes = {record.__dict__.get("code") for record in caplog.records}
    assert codes & {"unreadable-track", MismatchedTrack.code}


def _kept(folder: Path, beginning: str) -> list[Path]:
    return list(folder.glob(f"{beginning}*"))


@pytest.mark.parametrize("frames", [100, 240, 290], ids=["shorter", "as long", "longer"])
async def test_a_song_is_encoded_once_and_a_longer_film_ends_in_silence(
    sources: dict[str, Path],
    kept: MemoryArtifactCache,
    ffmpeg: CountedEncoder,
    tmp_path: Path,
    frames: int,
) -> None:
    parts = [cut("a", 0, min(140, left)) for left in range(frames, 0, -140)]
    film_timeline = timeline(parts)
    film = await filmed(
        JoiningEncoder(ffmpeg, kept), film_timeline, OnHand(sources, probe()), tmp_path
    )
    sound = reference.sound_of(film)[:, 0]
    assert abs(len(sound) - frames * 1600) <= 1024
    loud = abs(sound) > 0.01
    assert loud[: min(frames, 240) * 1600 - 2048 : 50].any()
    assert not loud[240 * 1600 + 2048 :].any()
    before = film.read_bytes()
    film.unlink()
    await filmed(JoiningEncoder(ffmpeg, kept), film_timeline, OnHand(sources, probe()), tmp_path)
    assert film.read_bytes() == before
    assert ffmpeg.asked["sound"] <= 1
