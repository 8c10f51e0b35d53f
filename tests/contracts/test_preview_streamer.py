"""The contract of every PreviewStreamer, with films of drawn frames and films of named frames."""

import asyncio
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Protocol

import msgspec
import pytest

from adapters.memory.artifact_cache import MemoryArtifactCache
from adapters.memory.encoder import Reel
from adapters.memory.preview_streamer import MemoryPreviewStreamer
from adapters.mp4.encoder import JoiningEncoder
from adapters.mp4.hls_fragments import FragmentPreviewStreamer
from adapters.mp4.mezzanine_store import MezzanineStore
from application.media.fetched_files import OnHand
from application.ports.media_files import Known
from application.ports.preview_streamer import PreviewStreamer
from domain.blueprint.model import OutputConfig
from domain.blueprint.timeline import Crossfade, Cut, Soundtrack, Timeline
from domain.rendering.hls_playlist import PACKET, SAMPLES, Kind, ends
from domain.shared.errors import ClipTooShort, MediaNotFound
from tests.cases.ffmpeg import drawn
from tests.contracts.encoder_cases import EncoderCase, JoiningCase, MemoryCase
from tests.media import ffmpeg_encoder

pytestmark = pytest.mark.anyio

OUTPUT = OutputConfig(output_path="output/user_local/film.mp4", width=320, height=180)
A, B, SONG = "moves/a.mp4", "moves/b.mp4", "songs/song.wav"


class Cinema(Protocol):
    """A projector, media of the kind it shows, and an audience."""

    preview_streamer: PreviewStreamer
    case: EncoderCase

    def seen(self, segments: Sequence[bytes], film: Path) -> list[tuple[str, int]]:
        """Name and number of every frame of a beginning and what follows."""
        ...

    def heard(self, segments: Sequence[bytes], film: Path) -> Fraction:
        """Return the seconds of sound."""
        ...


class FragmentCinema:
    def __init__(self) -> None:
        artifacts, ffmpeg = MemoryArtifactCache(), ffmpeg_encoder()
        self.preview_streamer: PreviewStreamer = FragmentPreviewStreamer(
            JoiningEncoder(ffmpeg, artifacts), MezzanineStore(ffmpeg, artifacts)
        )
        self.case: EncoderCase = JoiningCase()

    def seen(self, segments: Sequence[bytes], film: Path) -> list[tuple[str, int]]:
        film.write_bytes(b"".join(segments))
        return self.case.frames_of(film)

    def heard(self, segments: Sequence[bytes], film: Path) -> Fraction:
        film.write_bytes(b"".join(segments))
        return Fraction(len(drawn.sound_of(film)), SAMPLES)


class MemoryCinema:
    def __init__(self) -> None:
        self.preview_streamer: PreviewStreamer = MemoryPreviewStreamer()
        self.case: EncoderCase = MemoryCase()

    def seen(self, segments: Sequence[bytes], film: Path) -> list[tuple[str, int]]:
        return [frame for reel in _reels(segments) for frame in reel.frames]

    def heard(self, segments: Sequence[bytes], film: Path) -> Fraction:
        seconds = sum(reel.sound_seconds or 0 for reel in _reels(segments))
        return Fraction(round(seconds * SAMPLES), SAMPLES)


def _reels(segments: Sequence[bytes]) -> list[Reel]:
    return [msgspec.json.decode(line, type=Reel) for line in b"".join(segments).splitlines()]


CINEMAS: dict[str, Callable[[], Cinema]] = {"fragments": FragmentCinema, "memory": MemoryCinema}


class MotionCache:
    """Files on hand; which of them were asked for is written down."""

    def __init__(self, files: OnHand) -> None:
        self._files = files
        self.asked: set[str] = set()

    async def local(self, path: str) -> Path:
        self.asked.add(path)
        return await self._files.local(path)

    async def known(self, path: str) -> Known:
        self.asked.add(path)
        return await self._files.known(path)


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module", params=list(CINEMAS))
def cinema(request: pytest.FixtureRequest) -> Cinema:
    return CINEMAS[request.param]()


@pytest.fixture(scope="module")
def media(cinema: Cinema, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two clips of three seconds and a song of two, by storage path."""
    folder = tmp_path_factory.mktemp("media")
    cinema.case.make_clip(folder / "a.mp4", 90, 30, sound=True)
    cinema.case.make_clip(folder / "b.mp4", 90, 30, sound=False)
    cinema.case.make_song(folder / "song.wav", 2.0)
    return {A: folder / "a.mp4", B: folder / "b.mp4", SONG: folder / "song.wav"}


@pytest.fixture
def files(cinema: Cinema, media: dict[str, Path]) -> MotionCache:
    return MotionCache(OnHand(media, cinema.case.probe))


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


def cut(clip: str, first: int, frames: int, rate: str = "1") -> Cut:
    return Cut(clip=clip, first=first, frames=frames, rate=Fraction(rate))


def timeline(*cuts: Cut, song: str | None = SONG) -> Timeline:
    frames = sum(each.frames for each in cuts)
    soundtrack = Soundtrack(frames=frames, frame_rate=30, codec="aac", bitrate="128k", song=song)
    return Timeline(cuts=cuts, soundtrack=soundtrack, output=OUTPUT)


FILM = timeline(cut(B, 0, 20), cut(A, 70, 15), cut(A, 7, 1), cut(B, 50, 13))
FRAMES = [
    *(("b.mp4", number) for number in range(20)),
    *(("a.mp4", number) for number in range(70, 85)),
    ("a.mp4", 7),
    *(("b.mp4", number) for number in range(50, 63)),
]


async def stream(
    cinema: Cinema, kind: Kind, film: Timeline, files: MotionCache, work: Path
) -> list[bytes]:
    """The beginning, and all segments."""
    preview_streamer = cinema.preview_streamer
    parts = [
        await preview_streamer.part(kind, index, film, files, work)
        for index in range(len(ends(kind, film)))
    ]
    return [await preview_streamer.beginning(kind, film, files, work), *parts]


async def test_the_segments_of_the_picture_are_the_cuts_frames(
    cinema: Cinema, files: MotionCache, work: Path, tmp_path: Path
) -> None:
    segments = await stream(cinema, Kind.PICTURE, FILM, files, work)

    assert len(segments) == 1 + len(FILM.cuts)
    assert cinema.seen(segments, tmp_path / "film.mp4") == FRAMES


async def test_a_player_may_begin_with_any_segment(
    cinema: Cinema, files: MotionCache, work: Path, tmp_path: Path
) -> None:
    beginning, *parts = await stream(cinema, Kind.PICTURE, FILM, files, work)

    assert cinema.seen([beginning, *parts[1:]], tmp_path / "film.mp4") == FRAMES[20:]
    assert cinema.seen([beginning, parts[3]], tmp_path / "film.mp4") == FRAMES[36:]


@pytest.mark.parametrize("frames", [30, 49, 75], ids=["song-longer", "about", "song-shorter"])
async def test_the_segments_of_the_sound_last_as_long_as_the_film(
    cinema: Cinema, files: MotionCache, work: Path, tmp_path: Path, frames: int
) -> None:
    film = timeline(cut(A, 0, 1), cut(A, 0, frames - 2), cut(B, 0, 1))

    segments = await stream(cinema, Kind.SOUND, film, files, work)

    seconds = cinema.heard(segments, tmp_path / "sound.mp4")
    assert 0 <= seconds - film.soundtrack.seconds < Fraction(PACKET, SAMPLES)


async def test_a_film_without_a_song_has_sound_all_the_same(
    cinema: Cinema, files: MotionCache, work: Path, tmp_path: Path
) -> None:
    film = timeline(cut(A, 0, 20), song=None)

    segments = await stream(cinema, Kind.SOUND, film, files, work)

    assert cinema.heard(segments, tmp_path / "sound.mp4") >= film.soundtrack.seconds


async def test_a_segment_asks_for_nothing_but_its_own_media(
    cinema: Cinema, files: MotionCache, work: Path
) -> None:
    preview_streamer = cinema.preview_streamer

    await preview_streamer.part(Kind.PICTURE, 1, FILM, files, work)
    assert files.asked == {A}
    files.asked.clear()
    await preview_streamer.beginning(Kind.PICTURE, FILM, files, work)
    assert files.asked == {B}
    files.asked.clear()
    await preview_streamer.beginning(Kind.SOUND, FILM, files, work)
    await preview_streamer.part(Kind.SOUND, 2, FILM, files, work)
    assert files.asked == {SONG}


async def test_a_segment_is_the_same_bytes_every_time(
    cinema: Cinema, files: MotionCache, work: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for kind in Kind:
        first = await stream(cinema, kind, FILM, files, work)
        assert await stream(cinema, kind, FILM, files, elsewhere) == first


async def test_a_version_is_the_same_for_as_long_as_the_output_is(cinema: Cinema) -> None:
    version = cinema.preview_streamer.version
    assert await version(FILM) == await version(timeline(*FILM.cuts)) != ""


async def test_segments_may_be_asked_for_all_at_once(
    cinema: Cinema, files: MotionCache, tmp_path: Path
) -> None:
    async def part(index: int, folder: str) -> bytes:
        work = tmp_path / f"{folder}-{index}"
        work.mkdir()
        return await cinema.preview_streamer.part(Kind.PICTURE, index, FILM, files, work)

    every = range(len(FILM.cuts))
    at_once = await asyncio.gather(*(part(index, "at-once") for index in every))

    assert at_once == [await part(index, "in-turn") for index in every]


@pytest.mark.parametrize("mode", ["variable", "constant"])
async def test_a_move_at_another_tempo_and_a_crossfade_are_shown(
    cinema: Cinema, files: MotionCache, work: Path, tmp_path: Path, mode: str
) -> None:
    under = Crossfade(clip=A, first=20, rate=Fraction(1), frames=5)
    faded = msgspec.structs.replace(cut(B, 3, 70), crossfade=under, fade_out=4)
    output = msgspec.convert({**msgspec.to_builtins(OUTPUT), "frame_rate_mode": mode}, OutputConfig)
    film = msgspec.structs.replace(
        timeline(cut(A, 0, 20), faded, cut(A, 3, 25, "1.25")), output=output
    )

    segments = await stream(cinema, Kind.PICTURE, film, files, work)

    frames = cinema.seen(segments, tmp_path / "film.mp4")
    assert len(frames) in (film.pictures, film.frames)
    assert frames[:20] == [("a.mp4", n) for n in range(20)]
    assert frames[30:80] == [("b.mp4", n) for n in range(13, 63)]


async def test_what_is_missing_is_missed_in_its_own_segment(
    cinema: Cinema, media: dict[str, Path], work: Path
) -> None:
    class Missing(MotionCache):
        async def local(self, path: str) -> Path:
            if path == B:
                raise MediaNotFound(path)
            return await super().local(path)

        async def known(self, path: str) -> Known:
            if path == B:
                raise MediaNotFound(path)
            return await super().known(path)

    files = Missing(OnHand(media, cinema.case.probe))
    with pytest.raises(MediaNotFound, match=B):
        await cinema.preview_streamer.part(Kind.PICTURE, 0, FILM, files, work)
    assert await cinema.preview_streamer.part(Kind.PICTURE, 1, FILM, files, work)


async def test_a_clip_that_is_too_short_is_refused_by_name(
    cinema: Cinema, files: MotionCache, work: Path
) -> None:
    film = timeline(cut(A, 0, 20), cut(A, 80, 20))
    with pytest.raises(ClipTooShort, match=A):
        await cinema.preview_streamer.part(Kind.PICTURE, 1, film, files, work)
