"""Users' pictures of every usual kind arrive upright and in their colours; others are refused."""

import struct
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from imageio_ffmpeg import get_ffmpeg_exe  # pyright: ignore[reportMissingTypeStubs]
from PIL import Image

from adapters.drawing.planes import Pixels
from adapters.ffmpeg.ffmpeg_runner import FFmpegRunner, Find
from adapters.ffmpeg.find import FFmpeg, find_ffmpeg
from adapters.ffmpeg.picture_header import form_of, orientation_of
from adapters.ffmpeg.scene_pictures import decode_picture
from domain.scripts.movement import picture_size
from domain.shared.errors import UnreadableMedia
from tests.media import probe

pytestmark = pytest.mark.anyio

SIZE = 320, 180
FFMPEGS: dict[str, Find] = {
    "on this machine": find_ffmpeg,
    "imageio-ffmpeg": lambda: FFmpeg(path=get_ffmpeg_exe(), source="imageio-ffmpeg"),
}


@pytest.fixture(params=list(FFMPEGS))
def runner(request: pytest.FixtureRequest) -> FFmpegRunner:
    return FFmpegRunner(probe().details, FFMPEGS[request.param], at_once=1)


def corners(width: int = 400, height: int = 240) -> Image.Image:
    """Red above left, green above right, blue below left, white below right."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2] = (255, 0, 0)
    pixels[: height // 2, width // 2 :] = (0, 255, 0)
    pixels[height // 2 :, : width // 2] = (0, 0, 255)
    pixels[height // 2 :, width // 2 :] = (255, 255, 255)
    return Image.fromarray(pixels)


def encoded(picture: Image.Image, form: str, **options: Any) -> bytes:
    target = BytesIO()
    picture.save(target, form, **options)
    return target.getvalue()


def exif(orientation: int, order: str) -> bytes:
    """EXIF data with an orientation, in either order of bytes."""
    mark = b"MM" if order == ">" else b"II"
    head = mark + struct.pack(f"{order}HI", 42, 8)
    entry = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
    return b"Exif\0\0" + head + struct.pack(f"{order}H", 1) + entry + bytes(4)


async def decoded(runner: FFmpegRunner, content: bytes, folder: Path) -> Pixels:
    source = written(folder / "picture", content)
    return await decode_picture(runner, source, folder, *SIZE)


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def seen(pixels: Pixels) -> list[str]:
    """Names of the colours in the four quarters, and of clear ones."""
    height, width = pixels.shape[:2]
    rows, columns = (height // 4, height * 3 // 4), (width // 4, width * 3 // 4)
    return [named(pixels[row, column]) for row in rows for column in columns]


def named(pixel: Pixels) -> str:
    red, green, blue, opacity = (int(part) for part in pixel)
    if opacity < 128:
        return "clear"
    names = {(1, 0, 0): "red", (0, 1, 0): "green", (0, 0, 1): "blue", (1, 1, 1): "white"}
    return names.get((red > 160, green > 160, blue > 160), f"{red} {green} {blue}")


KINDS: dict[str, Callable[[], bytes]] = {
    "JPEG": lambda: encoded(corners(), "JPEG", quality=95, subsampling=0),
    "progressive JPEG": lambda: encoded(corners(), "JPEG", progressive=True),
    "JPEG with data behind it": lambda: encoded(corners(), "JPEG") + b"camera" * 900,
    "CMYK JPEG": lambda: encoded(corners().convert("CMYK"), "JPEG", quality=95),
    "PNG": lambda: encoded(corners(), "PNG"),
    "PNG with a palette": lambda: encoded(corners().convert("P"), "PNG"),
    "WebP": lambda: encoded(corners(), "WEBP", quality=95),
    "lossless WebP": lambda: encoded(corners(), "WEBP", lossless=True),
}


@pytest.mark.parametrize("kind", list(KINDS))
async def test_every_usual_kind_is_decoded_in_its_colours(
    kind: str, runner: FFmpegRunner, tmp_path: Path
) -> None:
    pixels = await decoded(runner, KINDS[kind](), tmp_path)
    assert seen(pixels) == ["red", "green", "blue", "white"]
    assert names_in(tmp_path) == ["picture"]


UPRIGHT = {
    1: ["red", "green", "blue", "white"],
    2: ["green", "red", "white", "blue"],
    3: ["white", "blue", "green", "red"],
    4: ["blue", "white", "red", "green"],
    5: ["red", "blue", "green", "white"],
    6: ["blue", "red", "white", "green"],
    7: ["white", "green", "blue", "red"],
    8: ["green", "white", "red", "blue"],
}
"""The quarters as they are to be seen, by orientation (EXIF 2.32, 4.6.4)."""


@pytest.mark.parametrize("orientation", list(UPRIGHT))
async def test_every_orientation_is_made_upright_once(
    orientation: int, runner: FFmpegRunner, tmp_path: Path
) -> None:
    content = encoded(corners(), "JPEG", exif=exif(orientation, "<"))
    pixels = await decoded(runner, content, tmp_path)
    assert seen(pixels) == UPRIGHT[orientation]
    assert (pixels.shape[0] > pixels.shape[1]) is (orientation > 4)


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
async def test_other_kinds_have_orientations_too(
    form: str, runner: FFmpegRunner, tmp_path: Path
) -> None:
    pixels = await decoded(runner, encoded(corners(), form, exif=exif(6, ">")), tmp_path)
    assert seen(pixels) == UPRIGHT[6]


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
async def test_clear_parts_stay_clear(form: str, runner: FFmpegRunner, tmp_path: Path) -> None:
    picture = corners().convert("RGBA")
    picture.paste((0, 0, 0, 0), (0, 0, 200, 120))
    pixels = await decoded(runner, encoded(picture, form, lossless=True), tmp_path)
    assert seen(pixels) == ["clear", "green", "blue", "white"]


@pytest.mark.parametrize("mode", ["L", "LA", "I;16"])
async def test_grey_pictures_are_grey(mode: str, runner: FFmpegRunner, tmp_path: Path) -> None:
    value: Any = {"L": 200, "LA": (200, 255), "I;16": 200 * 257}[mode]
    picture = Image.new(mode, (50, 50), value)
    pixels = await decoded(runner, encoded(picture, "PNG"), tmp_path)
    assert np.abs(pixels[25, 25].astype(int) - (200, 200, 200, 255)).max() <= 2


async def test_a_large_picture_is_as_large_as_a_film_needs_it(tmp_path: Path) -> None:
    runner, large = FFmpegRunner(probe().details, find_ffmpeg, at_once=1), picture_size(*SIZE)
    wide = await decoded(runner, encoded(Image.new("L", (3000, 2000)), "JPEG"), tmp_path)
    assert (wide.shape[1], wide.shape[0]) == (large[0], round(large[0] * 2 / 3))
    panorama = await decoded(runner, encoded(Image.new("L", (6000, 60)), "JPEG"), tmp_path)
    assert panorama.shape[1] <= 2 * large[0]
    small = await decoded(runner, encoded(Image.new("L", (30, 20)), "JPEG"), tmp_path)
    assert small.shape == (20, 30, 4)


def huge() -> bytes:
    """A PNG whose header says 30,000 x 30,000."""
    content = bytearray(encoded(Image.new("L", (8, 8)), "PNG"))
    content[16:24] = struct.pack(">II", 30_000, 30_000)
    return bytes(content)


DAMAGED: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "text": lambda: b"This is no picture, and it is longer than a header.",
    "a playlist": lambda: b"#EXTM3U\n#EXTINF:1,\nhttp://host/a.ts",
    "SVG": lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "GIF": lambda: encoded(corners(), "GIF"),
    "the head of a JPEG": lambda: KINDS["JPEG"]()[:300],
    "the head of a PNG": lambda: KINDS["PNG"]()[:60],
    "the head of a WebP": lambda: KINDS["WebP"]()[:40],
    "half a JPEG": lambda: encoded(noise(), "JPEG")[:15_000],
    "half a progressive JPEG": lambda: encoded(noise(), "JPEG", progressive=True)[:15_000],
    "half a WebP": lambda: encoded(noise(), "WEBP")[:9_000],
    "a moving WebP": lambda: encoded(
        noise(), "WEBP", save_all=True, append_images=[corners(200, 200)]
    ),
    "half a PNG": lambda: encoded(noise(), "PNG")[:60_000],
    "too many pixels": huge,
}


def noise() -> Image.Image:
    return Image.fromarray(np.random.RandomState(1).randint(0, 255, (200, 200, 3)).astype(np.uint8))


@pytest.mark.parametrize("kind", list(DAMAGED))
async def test_a_damaged_or_other_file_is_refused(
    kind: str, runner: FFmpegRunner, tmp_path: Path
) -> None:
    with pytest.raises(UnreadableMedia):
        await decoded(runner, DAMAGED[kind](), tmp_path)


@given(content=st.binary(max_size=400), form=st.sampled_from(["JPEG", "PNG", "WEBP", ""]))
def test_any_bytes_have_an_orientation(content: bytes, form: str) -> None:
    start = {"JPEG": b"\xff\xd8\xff", "PNG": b"\x89PNG\r\n\x1a\n", "WEBP": b"RIFF\0\0\0\0WEBP"}
    assert 1 <= orientation_of(start.get(form, b"") + content) <= 8


@given(data=st.data(), order=st.sampled_from("<>"), orientation=st.integers(0, 20))
def test_a_damaged_orientation_does_no_harm(
    data: st.DataObject, order: str, orientation: int
) -> None:
    content = bytearray(encoded(Image.new("L", (8, 8)), "JPEG", exif=exif(orientation, order)))
    assert orientation_of(bytes(content)) == (orientation if 1 <= orientation <= 8 else 1)
    at = data.draw(st.integers(3, len(content) - 1))
    content[at] = data.draw(st.integers(0, 255))
    assert form_of(bytes(content)) == "jpeg"
    assert 1 <= orientation_of(bytes(content)) <= 8
