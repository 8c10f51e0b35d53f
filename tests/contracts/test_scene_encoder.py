"""The contract of every SceneEncoder: FFmpeg's and the one in memory."""

import asyncio
from pathlib import Path
from typing import Protocol

import msgspec
import numpy as np
import pytest
from PIL import Image

from adapters.memory.encoder import opened
from adapters.memory.scene_encoder import MemorySceneEncoder, Poster, picture
from application.ports.scene_encoder import SceneEncoder
from domain.blueprint.model import OutputConfig
from domain.scripts.movement import Movement
from domain.scripts.palettes import Mood
from domain.scripts.shots import Shot, ShownText
from domain.shared.errors import UnreadableMedia
from tests.media import probe, scene_encoder

pytestmark = pytest.mark.anyio

OUTPUT = OutputConfig(output_path="output/user_local/film.mp4", width=320, height=180)
SHOT = Shot(
    texts=(ShownText(text="¿Bailamos, corazón?", first=0, frames=12),),
    frames=12,
    style="caption",
    mood=Mood.ROMANTIC,
    seed=4,
    movement=Movement.RIGHT,
)


class SceneCase(Protocol):
    """A scene encoder, and a reader of its results."""

    encoder: SceneEncoder

    def make_picture(self, path: Path) -> None: ...

    async def frames_of(self, clip: Path) -> int: ...

    def size_of(self, poster: Path) -> tuple[int, int]: ...


class FFmpegScenes:
    def __init__(self) -> None:
        self.encoder: SceneEncoder = scene_encoder()

    def make_picture(self, path: Path) -> None:
        pixels = np.random.RandomState(1).randint(0, 255, (90, 160, 3)).astype(np.uint8)
        Image.fromarray(pixels).save(path, "JPEG")

    async def frames_of(self, clip: Path) -> int:
        film = (await probe().measure(clip)).picture
        assert film is not None
        return film.frames

    def size_of(self, poster: Path) -> tuple[int, int]:
        with Image.open(poster) as opened_picture:
            assert opened_picture.format == "JPEG"
            return opened_picture.size


class MemoryScenes:
    def __init__(self) -> None:
        self.encoder: SceneEncoder = MemorySceneEncoder()

    def make_picture(self, path: Path) -> None:
        path.write_bytes(picture("rose"))

    async def frames_of(self, clip: Path) -> int:
        return len(opened(clip).frames)

    def size_of(self, poster: Path) -> tuple[int, int]:
        content = msgspec.json.decode(poster.read_bytes(), type=Poster)
        return content.width, content.height


@pytest.fixture(params=[FFmpegScenes, MemoryScenes], ids=["ffmpeg", "memory"])
def case(request: pytest.FixtureRequest) -> SceneCase:
    return request.param()


@pytest.fixture
def photo(case: SceneCase, tmp_path: Path) -> Path:
    path = tmp_path / "photo"
    case.make_picture(path)
    return path


async def test_a_clip_has_exactly_the_frames_of_its_shot(
    case: SceneCase, photo: Path, tmp_path: Path
) -> None:
    for number, (frames, source) in enumerate([(1, None), (12, photo), (61, None)]):
        into = tmp_path / f"{number}.mp4"
        shot = msgspec.structs.replace(SHOT, frames=frames)
        await case.encoder.encode(shot, source, OUTPUT, into)
        assert await case.frames_of(into) == frames


async def test_equal_arguments_give_equal_clips(
    case: SceneCase, photo: Path, tmp_path: Path
) -> None:
    one, other = tmp_path / "one.mp4", tmp_path / "other.mp4"
    await asyncio.gather(
        case.encoder.encode(SHOT, photo, OUTPUT, one),
        case.encoder.encode(SHOT, photo, OUTPUT, other),
    )
    assert one.read_bytes() == other.read_bytes()


async def test_every_part_of_a_shot_changes_its_clip(
    case: SceneCase, photo: Path, tmp_path: Path
) -> None:
    shots = [
        SHOT,
        msgspec.structs.replace(SHOT, movement=Movement.LEFT),
        msgspec.structs.replace(SHOT, style="card"),
        msgspec.structs.replace(SHOT, texts=()),
    ]
    clips = set[bytes]()
    for number, shot in enumerate(shots):
        await case.encoder.encode(shot, photo, OUTPUT, tmp_path / f"{number}.mp4")
        clips.add((tmp_path / f"{number}.mp4").read_bytes())
    for seed in (4, 5):
        drawn = msgspec.structs.replace(SHOT, seed=seed)
        await case.encoder.encode(drawn, None, OUTPUT, tmp_path / "drawn.mp4")
        clips.add((tmp_path / "drawn.mp4").read_bytes())
    assert len(clips) == len(shots) + 2


async def test_a_poster_has_the_size_of_the_film(
    case: SceneCase, photo: Path, tmp_path: Path
) -> None:
    portrait = msgspec.structs.replace(OUTPUT, width=180, height=320)
    for output in (OUTPUT, portrait):
        await case.encoder.poster(SHOT, photo, output, tmp_path / "poster.jpg")
        assert case.size_of(tmp_path / "poster.jpg") == (output.width, output.height)


@pytest.mark.parametrize("content", [b"", b"This is no picture.", b"#EXTM3U\nother.ts"])
async def test_a_file_that_is_no_picture_is_refused_and_leaves_nothing(
    case: SceneCase, tmp_path: Path, content: bytes
) -> None:
    source, folder = tmp_path / "photo.jpg", tmp_path / "work"
    source.write_bytes(content)
    folder.mkdir()
    with pytest.raises(UnreadableMedia):
        await case.encoder.encode(SHOT, source, OUTPUT, folder / "scene.mp4")
    with pytest.raises(UnreadableMedia):
        await case.encoder.poster(SHOT, source, OUTPUT, folder / "poster.jpg")
    with pytest.raises(UnreadableMedia):
        await case.encoder.encode(SHOT, tmp_path / "none", OUTPUT, folder / "scene.mp4")
    assert list(folder.iterdir()) == []


async def test_the_version_tells_outputs_apart(case: SceneCase) -> None:
    other = msgspec.structs.replace(OUTPUT, video_bitrate="1M")
    versions = [await case.encoder.version(each) for each in (OUTPUT, OUTPUT, other)]
    assert versions[0] == versions[1] != versions[2]


def test_characters_without_a_shape_are_named_once(case: SceneCase) -> None:
    assert case.encoder.undrawable("á é í ó ú ñ ç ã õ ü ¿ ¡ « » — “ ” \u2019 … Ñ Ç") == ""
    assert case.encoder.undrawable("a\u0303 e\u0301\n\tn\u0303") == ""
    assert case.encoder.undrawable("日本 bachata 本 日") == "日本"
