"""Clips that the service stored as mezzanines are joined as they are, and no others."""

import shutil
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Final

import anyio
import msgspec
import pytest
from imageio_ffmpeg import get_ffmpeg_exe  # pyright: ignore[reportMissingTypeStubs]

from adapters.clip_mark import add_mark, has_mark
from adapters.ffmpeg.commands import build_add_audio_command
from adapters.ffmpeg.encoder import FFmpegEncoder
from adapters.ffmpeg.ffmpeg_runner import Find
from adapters.ffmpeg.find import FFmpeg, find_ffmpeg
from adapters.ffmpeg.scene_encoder import FFmpegSceneEncoder
from adapters.memory.artifact_cache import MemoryArtifactCache
from adapters.mp4.encoder import JoiningEncoder
from adapters.mp4.reader import read_track
from adapters.mp4.samples import Track
from application.media.fetched_files import OnHand
from application.ports.footage import Footage
from application.ports.media_files import MediaFiles
from domain.blueprint.model import OutputConfig
from domain.blueprint.timeline import Cut, Soundtrack, Timeline
from domain.scripts.movement import Movement
from domain.scripts.palettes import Mood
from domain.scripts.shots import SCENE_CLIPS, Shot, ShownText
from tests.cases.ffmpeg import drawn
from tests.media import probe, run_ffmpeg, scene_encoder

pytestmark = pytest.mark.anyio

OUTPUT = OutputConfig(
    output_path="output/user_local/a.mp4", width=320, height=180, video_bitrate="400k"
)
FRAMES = 40
OWN = f"{SCENE_CLIPS}one.mp4"
SHOT = Shot(
    texts=(ShownText(text="Hola", first=0, frames=FRAMES),),
    frames=FRAMES,
    style="card",
    mood=Mood.CALM,
    seed=1,
    movement=Movement.LEFT,
)
FFMPEGS: Final[dict[str, Find]] = {
    "on this machine": find_ffmpeg,
    "imageio-ffmpeg": lambda: FFmpeg(path=get_ffmpeg_exe(), source="imageio-ffmpeg"),
}


class CountedEncoder(FFmpegEncoder):
    """FFmpeg, and what it encoded; samples of one frame do not count."""

    def __init__(self, find: Find = find_ffmpeg) -> None:
        super().__init__(probe().details, find, at_once=2)
        self.encoded: Counter[str] = Counter()

    async def whole(self, clip: str, files: MediaFiles, output: OutputConfig, into: Path) -> None:
        self.encoded[f"whole {clip}"] += 1
        await super().whole(clip, files, output, into)

    async def normalise(
        self, cut: Cut, files: MediaFiles, output: OutputConfig, into: Path
    ) -> Footage:
        self.encoded[f"cut {cut.clip}"] += 1
        return await super().normalise(cut, files, output, into)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip of a scene; each test that changes it copies it."""
    into = tmp_path_factory.mktemp("scene") / "scene.mp4"
    anyio.run(scene_encoder().encode, SHOT, None, OUTPUT, into)
    return into


async def film_of(
    encoder: CountedEncoder, clips: dict[str, Path], folder: Path, output: OutputConfig, *cuts: Cut
) -> Path:
    """Make a film of cuts, and look it over frame by frame."""
    made(folder)
    files = OnHand(clips, probe())
    joining = JoiningEncoder(encoder, MemoryArtifactCache())
    pieces = [
        await joining.normalise(cut, files, output, folder / f"{number}.mp4")
        for number, cut in enumerate(cuts)
    ]
    frames = sum(piece.lasting for piece in pieces)
    sound = Soundtrack(frames=frames, frame_rate=30, codec="aac", bitrate="128k")
    film = await joining.concatenate(pieces, folder / "joined.mp4")
    await joining.add_audio(film, sound, files, folder / "film.mp4")
    timeline = Timeline(cuts=cuts, soundtrack=sound, output=output)
    await encoder.inspect(folder / "film.mp4", timeline)
    return folder / "film.mp4"


def whole(path: str, frames: int = FRAMES) -> Cut:
    return Cut(clip=path, first=0, frames=frames, rate=Fraction(1))


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
@pytest.mark.parametrize("ffmpeg", list(FFMPEGS))
async def test_a_scene_is_joined_byte_for_byte_and_nothing_is_encoded(
    ffmpeg: str, codec: str, tmp_path: Path
) -> None:
    output = msgspec.structs.replace(OUTPUT, video_codec=codec)
    maker = FFmpegSceneEncoder(probe().details, FFMPEGS[ffmpeg], at_once=2)
    one, other = tmp_path / "one.mp4", tmp_path / "other.mp4"
    await maker.encode(SHOT, None, output, one)
    shorter = msgspec.structs.replace(SHOT, frames=5, style="caption", movement=Movement.IN)
    await maker.encode(shorter, None, output, other)
    encoder = CountedEncoder(FFMPEGS[ffmpeg])
    clips = {OWN: one, f"{SCENE_CLIPS}two.mp4": other}
    cuts = whole(OWN), whole(f"{SCENE_CLIPS}two.mp4", 5), whole(OWN)
    film = await film_of(encoder, clips, tmp_path / "work", output, *cuts)
    assert encoder.encoded == Counter()
    expected = [samples(one), samples(other), samples(one)]
    assert samples(film) == b"".join(expected)


def samples(film: Path) -> bytes:
    track = read_track(film, "video")
    content = film.read_bytes()
    return b"".join(
        content[run.offset : run.offset + run.length] for run in track.runs(0, track.count)
    )


async def test_a_part_of_a_scene_is_joined_too_from_its_first_frame(
    scene: Path, tmp_path: Path
) -> None:
    encoder = CountedEncoder()
    await film_of(encoder, {OWN: scene}, tmp_path / "work", OUTPUT, whole(OWN, 33))
    assert encoder.encoded == Counter()


async def test_a_scene_that_is_a_frame_too_short_is_encoded_as_before(
    scene: Path, tmp_path: Path
) -> None:
    encoder = CountedEncoder()
    await film_of(encoder, {OWN: scene}, tmp_path / "work", OUTPUT, whole(OWN, FRAMES + 1))
    assert encoder.encoded == {f"whole {OWN}": 1}


async def test_a_scene_of_another_bitrate_is_encoded(scene: Path, tmp_path: Path) -> None:
    encoder, other = CountedEncoder(), msgspec.structs.replace(OUTPUT, video_bitrate="900k")
    await film_of(encoder, {OWN: scene}, tmp_path / "work", other, whole(OWN))
    assert encoder.encoded == {f"whole {OWN}": 1}


@pytest.mark.parametrize(
    "path", ["clips/one.mp4", "assets/clipsone.mp4", "stock/assets/clips/1.mp4"]
)
async def test_a_copy_outside_of_the_folder_of_the_service_is_encoded(
    scene: Path, tmp_path: Path, path: str
) -> None:
    encoder = CountedEncoder()
    await film_of(encoder, {path: scene}, tmp_path / "work", OUTPUT, whole(path))
    assert encoder.encoded == {f"whole {path}": 1}


def other_level(content: bytearray) -> None:
    """Name another level in the decoder configuration."""
    content[content.index(b"avcC") + 7] += 1


def hidden_frame(content: bytearray) -> None:
    """Let the edit list begin at the second frame."""
    at = content.index(b"elst") + 16
    content[at : at + 4] = (512).to_bytes(4)


def longer_frames(content: bytearray) -> None:
    """Let each frame last a tick longer."""
    at = content.index(b"stts") + 16
    assert content[at : at + 4] == (512).to_bytes(4)
    content[at : at + 4] = (513).to_bytes(4)


def no_mark(content: bytearray) -> None:
    """Take the mark off."""
    del content[-56:]


def turned(content: bytearray) -> None:
    """Turn the picture upside down."""
    at = content.index(b"tkhd") + 4 + 40
    content[at : at + 4] = (-0x10000).to_bytes(4, signed=True)


async def finished(clip: Path, folder: Path) -> Track | None:
    """Return the clip as it is joined; None if it is encoded before."""
    made(folder)
    store = JoiningEncoder(CountedEncoder(), MemoryArtifactCache()).store
    return await store.finished_clip(OWN, FRAMES, OnHand({OWN: clip}, probe()), OUTPUT, folder)


@pytest.mark.parametrize("change", [other_level, hidden_frame, longer_frames, no_mark, turned])
async def test_a_scene_that_was_changed_is_not_joined(
    change: Callable[[bytearray], None], scene: Path, tmp_path: Path
) -> None:
    content = bytearray(read(scene))
    change(content)
    assert (
        await finished(written(tmp_path / "changed.mp4", bytes(content)), tmp_path / "work") is None
    )
    assert await finished(scene, tmp_path / "work") is not None


async def test_another_film_with_a_mark_is_not_joined(tmp_path: Path) -> None:
    film = drawn.draw(tmp_path / "other.mp4", FRAMES)
    add_mark(film, await CountedEncoder().profile(OUTPUT))
    assert await finished(film, tmp_path / "work") is None


async def test_a_scene_with_a_second_track_is_not_joined(scene: Path, tmp_path: Path) -> None:
    song, film = drawn.tone_file(tmp_path / "song.wav", 2.0), tmp_path / "sound.mp4"
    command = build_add_audio_command(
        *(scene, song, film, "copy", "aac", "1M", "64k"),
        audio_format="wav",
        ffmpeg=find_ffmpeg().path,
    )
    await run_ffmpeg(command)
    add_mark(film, await CountedEncoder().profile(OUTPUT))
    assert await finished(film, tmp_path / "work") is None


def made(folder: Path) -> None:
    folder.mkdir(exist_ok=True)


def read(path: Path) -> bytes:
    return path.read_bytes()


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


async def test_a_scene_stays_in_the_work_folder_when_its_file_is_removed(
    scene: Path, tmp_path: Path
) -> None:
    clip = Path(shutil.copy(scene, tmp_path / "clip.mp4"))
    track = await finished(clip, tmp_path / "work")
    removed(clip)
    assert track is not None
    assert track.path.parent == tmp_path / "work"
    assert samples(track.path) == samples(scene)


def removed(path: Path) -> None:
    path.unlink()


def test_a_mark_is_of_one_profile(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"\0\0\0\x10ftypisom\0\0\0\0")
    assert not has_mark(clip, "one")
    add_mark(clip, "one")
    assert has_mark(clip, "one")
    assert not has_mark(clip, "other")
    clip.write_bytes(b"")
    assert not has_mark(clip, "one")
