"""The contract of every Encoder: each encoder of `encoder_cases`."""

import asyncio
from fractions import Fraction
from pathlib import Path

import msgspec
import pytest

from application.ports.footage import Footage
from domain.blueprint.model import OutputConfig
from domain.blueprint.timeline import Cue, Cut, Soundtrack, Timeline
from domain.shared.errors import Broken, ClipTooShort, FilmFlawed, UnreadableMedia
from tests.cases.ffmpeg.drawn import names_in
from tests.contracts.encoder_cases import HARNESSES, EncoderCase, frames_in, near

pytestmark = pytest.mark.anyio

OUTPUT = OutputConfig(output_path="output/user_local/film.mp4", width=320, height=180)
A, B = "moves/a.mp4", "moves/b.mp4"
SONG = "songs/song.wav"


@pytest.fixture(params=list(HARNESSES))
def case(request: pytest.FixtureRequest) -> EncoderCase:
    return HARNESSES[request.param]()


@pytest.fixture
def files(case: EncoderCase, tmp_path: Path) -> dict[str, Path]:
    """Two clips of two seconds and a song of one, by storage path."""
    folder = tmp_path / "fetched"
    folder.mkdir()
    case.make_clip(folder / "a.mp4", 60, 30, sound=True)
    case.make_clip(folder / "b.mp4", 60, 30, sound=False)
    case.make_song(folder / "song.wav", 1.0)
    return {A: folder / "a.mp4", B: folder / "b.mp4", SONG: folder / "song.wav"}


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A folder for what is made."""
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


def cut(clip: str, first: int, frames: int, rate: str = "1") -> Cut:
    return Cut(clip=clip, first=first, frames=frames, rate=Fraction(rate))


def sound(frames: int, song: str | None = SONG, cues: tuple[Cue, ...] = ()) -> Soundtrack:
    return Soundtrack(
        frames=frames, frame_rate=30, codec="aac", bitrate="128k", song=song, cues=cues
    )


def timeline(soundtrack: Soundtrack, *cuts: Cut) -> Timeline:
    return Timeline(cuts=cuts, soundtrack=soundtrack, output=OUTPUT)


async def joined(case: EncoderCase, files: dict[str, Path], work: Path, *cuts: Cut) -> Footage:
    pieces = [
        await case.encoder.normalise(each, near(case, files), OUTPUT, work / f"{index}.mp4")
        for index, each in enumerate(cuts)
    ]
    return await case.encoder.concatenate(pieces, work / "joined.mp4")


def of(clip: str, first: int, frames: int) -> list[tuple[str, int]]:
    return [(clip.rpartition("/")[2], number) for number in range(first, first + frames)]


async def test_a_clip_is_measured(case: EncoderCase, files: dict[str, Path]) -> None:
    clip = await case.probe.measure(files[A])
    assert clip.seconds == 2
    assert clip.picture is not None
    assert (clip.picture.frames, clip.picture.frame_rate) == (60, 30)
    assert clip.sound is not None
    assert (await case.probe.measure(files[B])).sound is None


async def test_a_song_is_measured(case: EncoderCase, files: dict[str, Path]) -> None:
    song = await case.probe.measure(files[SONG])
    assert song.seconds == 1
    assert song.picture is None
    assert song.sound is not None


@pytest.mark.parametrize(("first", "frames"), [(0, 1), (0, 60), (7, 31), (59, 1)])
async def test_a_cut_has_the_frames_that_were_asked_for(
    case: EncoderCase, files: dict[str, Path], work: Path, first: int, frames: int
) -> None:
    footage = await case.encoder.normalise(
        cut(A, first, frames), near(case, files), OUTPUT, work / "cut.mp4"
    )
    assert (footage.frames, footage.lasting) == (frames, frames)
    assert frames_in(case, footage) == of(A, first, frames)


@pytest.mark.parametrize(
    ("rate", "frames"), [("2", of(A, 0, 60)[3:53:2]), ("0.5", [])], ids=["faster", "slower"]
)
async def test_with_a_constant_frame_rate_a_cut_has_as_many_frames_as_it_lasts(
    case: EncoderCase,
    files: dict[str, Path],
    work: Path,
    rate: str,
    frames: list[tuple[str, int]],
) -> None:
    constant = msgspec.structs.replace(OUTPUT, frame_rate_mode="constant")
    each = cut(A, 3, 25, rate)
    footage = await case.encoder.normalise(each, near(case, files), constant, work / "cut.mp4")
    assert (footage.frames, footage.lasting) == (25, 25)
    if frames:
        assert frames_in(case, footage) == frames


@pytest.mark.parametrize("rate", ["2", "1.1", "0.93", "0.5"])
async def test_with_a_variable_frame_rate_a_cut_may_keep_all_frames_of_its_clip(
    case: EncoderCase, files: dict[str, Path], work: Path, rate: str
) -> None:
    each = cut(A, 3, 25, rate)
    footage = await case.encoder.normalise(each, near(case, files), OUTPUT, work / "cut.mp4")
    assert footage.lasting == 25
    assert footage.frames in (25, each.pictures(OUTPUT))
    if footage.frames != 25:
        assert frames_in(case, footage) == of(A, 3, each.pictures(OUTPUT))
    await case.encoder.add_audio(footage, sound(25), near(case, files), work / "film.mp4")
    assert abs((await case.probe.measure(work / "film.mp4")).seconds - Fraction(25, 30)) < 0.02
    await case.encoder.inspect(work / "film.mp4", timeline(sound(25), each))


async def test_joining_keeps_order_and_every_frame(
    case: EncoderCase, files: dict[str, Path], work: Path
) -> None:
    film = await joined(case, files, work, cut(B, 40, 7), cut(A, 5, 31), cut(B, 0, 1))
    assert film.frames == 39
    assert frames_in(case, film) == of(B, 40, 7) + of(A, 5, 31) + of(B, 0, 1)


async def test_one_piece_may_be_joined_many_times(
    case: EncoderCase, files: dict[str, Path], work: Path
) -> None:
    piece = await case.encoder.normalise(cut(A, 10, 3), near(case, files), OUTPUT, work / "cut.mp4")
    film = await case.encoder.concatenate([piece] * 4, work / "joined.mp4")
    assert frames_in(case, film) == of(A, 10, 3) * 4


async def test_a_clip_may_be_short_by_half_a_frame(
    case: EncoderCase, files: dict[str, Path], work: Path
) -> None:
    footage = await case.encoder.normalise(
        cut(A, 0, 55, "1.1"), near(case, files), OUTPUT, work / "whole.mp4"
    )
    assert footage.lasting == 55
    assert len(frames_in(case, footage)) == footage.frames


async def test_a_clip_that_is_too_short_is_refused_by_name_and_lengths(
    case: EncoderCase, files: dict[str, Path], work: Path
) -> None:
    with pytest.raises(ClipTooShort) as refused:
        await case.encoder.normalise(cut(A, 30, 45), near(case, files), OUTPUT, work / "cut.mp4")
    for part in (A, "2", "2.5"):
        assert part in str(refused.value)
    assert names_in(work) == []


@pytest.mark.parametrize("content", [b"", b"no film at all", b"\0\0\0\x18ftypisom" + bytes(4000)])
async def test_a_broken_file_is_unreadable(
    case: EncoderCase, files: dict[str, Path], work: Path, content: bytes
) -> None:
    broken = files[A]
    broken.write_bytes(content)
    with pytest.raises(UnreadableMedia) as refused:
        await case.probe.measure(broken)
    assert str(broken.parent) not in f"{refused.value} {refused.value.details}"
    with pytest.raises(UnreadableMedia) as refused:
        await case.encoder.normalise(cut(A, 0, 5), near(case, files), OUTPUT, work / "cut.mp4")
    assert A in str(refused.value)
    assert names_in(work) == []


async def test_half_a_file_is_unreadable(
    case: EncoderCase, files: dict[str, Path], work: Path
) -> None:
    whole = files[A].read_bytes()
    files[A].write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UnreadableMedia) as refused:
        await case.encoder.normalise(cut(A, 0, 60), near(case, files), OUTPUT, work / "cut.mp4")
    assert A in str(refused.value)
    assert names_in(work) == []


async def test_what_was_cancelled_leaves_nothing(
    case: EncoderCase, files: dict[str, Path], work: Path
) -> None:
    task = asyncio.create_task(
        case.encoder.normalise(cut(A, 0, 60), near(case, files), OUTPUT, work / "cut.mp4")
    )
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    if task.cancelled():
        assert names_in(work) == []
    else:
        assert case.frames_of(work / "cut.mp4") == of(A, 0, 60)


@pytest.mark.parametrize("frames", [20, 30, 50], ids=["longer", "as-long", "shorter"])
async def test_a_song_of_any_length_ends_with_the_film(
    case: EncoderCase, files: dict[str, Path], work: Path, frames: int
) -> None:
    film = await joined(case, files, work, cut(A, 0, frames))
    await case.encoder.add_audio(film, sound(frames), near(case, files), work / "film.mp4")
    await case.encoder.inspect(work / "film.mp4", timeline(sound(frames), cut(A, 0, frames)))
    assert case.frames_of(work / "film.mp4") == of(A, 0, frames)
    media = await case.probe.measure(work / "film.mp4")
    assert media.sound == "aac"
    assert abs(media.seconds - Fraction(frames, 30)) < Fraction(1, 60)


async def test_a_film_without_a_song_has_sound_all_the_same(
    case: EncoderCase, files: dict[str, Path], work: Path
) -> None:
    cues = tuple(
        Cue(clip=clip, first=0, frames=10, rate=Fraction(1), volume=1.0) for clip in (A, B)
    )
    film = await joined(case, files, work, cut(A, 0, 10), cut(B, 0, 10))
    for soundtrack in (sound(20, None, cues), sound(20, None)):
        await case.encoder.add_audio(film, soundtrack, near(case, files), work / "film.mp4")
        await case.encoder.inspect(
            work / "film.mp4", timeline(soundtrack, cut(A, 0, 10), cut(B, 0, 10))
        )
        assert (await case.probe.measure(work / "film.mp4")).sound == "aac"


async def test_a_song_that_is_none_is_unreadable(
    case: EncoderCase, files: dict[str, Path], work: Path
) -> None:
    film = await joined(case, files, work, cut(A, 0, 10))
    files[SONG].write_bytes(b"no song at all")
    before = names_in(work)
    with pytest.raises(UnreadableMedia) as refused:
        await case.encoder.add_audio(film, sound(10), near(case, files), work / "film.mp4")
    assert SONG in str(refused.value)
    assert names_in(work) == before


async def test_a_film_that_is_not_what_was_asked_for_is_flawed(
    case: EncoderCase, files: dict[str, Path], work: Path
) -> None:
    film = await joined(case, files, work, cut(A, 0, 20))
    await case.encoder.add_audio(film, sound(20), near(case, files), work / "film.mp4")
    film_timeline = timeline(sound(20), cut(A, 0, 20))
    await case.encoder.inspect(work / "film.mp4", film_timeline)
    with pytest.raises(FilmFlawed, match="21"):
        await case.encoder.inspect(work / "film.mp4", timeline(sound(21), cut(A, 0, 21)))
    with pytest.raises(FilmFlawed):
        await case.encoder.inspect(film.shots[0].takes[0].path, film_timeline)
    (work / "film.mp4").write_bytes(b"no film at all")
    with pytest.raises(FilmFlawed):
        await case.encoder.inspect(work / "film.mp4", film_timeline)


async def test_it_says_what_does_the_work(case: EncoderCase) -> None:
    assert await case.encoder.ready()


async def test_it_makes_a_film_of_no_clip_to_try_itself(case: EncoderCase, work: Path) -> None:
    await case.encoder.self_test(OUTPUT, work)
    with pytest.raises((Broken, OSError)):
        await case.encoder.self_test(OUTPUT, work / "that is not there")
