"""The contract of every PictureProbe: memory, and the media worker."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.media.caged import CagedPictureProbe
from adapters.memory.picture_probe import MemoryPictureProbe
from application.ports.picture_probe import PictureProbe
from domain.library.limits import Allowance
from domain.shared.errors import TooLarge, UnacceptedMedia, UnreadableMedia
from domain.storage.asset_files import PICTURE, Pixels
from tests.media import worker
from tests.world.pictures import claiming, encoded, png

pytestmark = pytest.mark.anyio

KINDS: dict[str, Callable[[], PictureProbe]] = {
    "memory": MemoryPictureProbe,
    "caged": lambda: CagedPictureProbe(worker()),
}
SMALL = Allowance(what="picture", size=1000, seconds=0, pixels=20)


@pytest.fixture(params=list(KINDS))
def probe(request: pytest.FixtureRequest) -> PictureProbe:
    return KINDS[request.param]()


def write(file: Path, content: bytes) -> None:
    file.write_bytes(content)


def caged() -> CagedPictureProbe:
    return CagedPictureProbe(worker())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "-o; rm.txt"


async def test_a_picture_is_measured_by_its_content(probe: PictureProbe, file: Path) -> None:
    write(file, png(7, 5))
    assert await probe.measure_picture(file, PICTURE) == Pixels(7, 5)


async def test_another_kind_of_file_is_not_accepted(probe: PictureProbe, file: Path) -> None:
    for content in (b"", b"GIF89a" + bytes(50), b"<svg/>", b"%!PS", b"RIFF\0\0\0\0WAVE"):
        write(file, content)
        with pytest.raises(UnacceptedMedia, match="JPEG, PNG or WebP"):
            await probe.measure_picture(file, PICTURE)


async def test_a_damaged_picture_is_told_from_another_file(probe: PictureProbe, file: Path) -> None:
    write(file, png(40, 40)[:60])
    with pytest.raises(UnreadableMedia) as refused:
        await probe.measure_picture(file, PICTURE)
    assert not isinstance(refused.value, UnacceptedMedia)
    assert str(file.parent) not in f"{refused.value} {refused.value.details}"


async def test_too_many_pixels_are_refused_by_the_header(probe: PictureProbe, file: Path) -> None:
    write(file, png(7, 3))
    with pytest.raises(TooLarge, match="7x3"):
        await probe.measure_picture(file, SMALL)
    write(file, claiming(60_000, 60_000))
    with pytest.raises(TooLarge, match="36 megapixels at most; this one has 60000x60000"):
        await probe.measure_picture(file, PICTURE)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(("orientation", "size"), [(1, (6, 4)), (3, (6, 4)), (6, (4, 6))])
async def test_the_size_is_that_of_the_upright_picture(
    form: str, orientation: int, size: tuple[int, int], file: Path
) -> None:
    write(file, encoded(form, (6, 4), orientation))
    assert await caged().measure_picture(file, PICTURE) == Pixels(*size)


async def test_what_is_no_ordinary_file_is_refused_at_once(tmp_path: Path) -> None:
    """Nobody ever writes to the pipe."""
    pipe = tmp_path / "picture.png"
    os.mkfifo(pipe)
    for file in (pipe, tmp_path, Path("/dev/zero")):
        with pytest.raises(UnreadableMedia, match="not a regular file"):
            await caged().measure_picture(file, PICTURE)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
async def test_any_damage_is_a_refusal_or_a_picture(form: str, tmp_path: Path) -> None:
    """No damage ends the worker."""
    content = encoded(form, (40, 30))
    for step in range(0, len(content), max(1, len(content) // 40)):
        file = tmp_path / f"{step}"
        write(file, content[:step] + bytes([content[step] ^ 0x55]) + content[step + 1 :])
        try:
            pixels = await caged().measure_picture(file, PICTURE)
        except (UnreadableMedia, TooLarge):
            continue
        assert pixels.width * pixels.height <= PICTURE.pixels


@given(st.binary(max_size=200))
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_a_signature_with_anything_after_it_is_refused(file: Path, rest: bytes) -> None:
    for beginning in (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP"):
        write(file, beginning + rest)
        with pytest.raises((UnreadableMedia, TooLarge)):
            await caged().measure_picture(file, PICTURE)
