"""A disk that fills up at any moment of a film's making is told as what it is, and left clean."""

from fractions import Fraction
from pathlib import Path

import pytest

from adapters.ffmpeg.encoder import FFmpegEncoder
from adapters.memory.artifact_cache import MemoryArtifactCache
from adapters.mp4.encoder import JoiningEncoder
from application.media.fetched_files import OnHand
from domain.blueprint.model import OutputConfig
from domain.blueprint.timeline import Cut, Soundtrack
from domain.shared.errors import DiskFull
from tests.cases.ffmpeg import drawn
from tests.media import ffmpeg_encoder, probe
from tests.world.small_disk import small_disk

pytestmark = pytest.mark.anyio

FRAMES = 150
OUTPUT = OutputConfig(
    output_path="output/user_local/a.mp4", width=320, height=180, video_bitrate="4M"
)
SOUND = Soundtrack(frames=4 * FRAMES, frame_rate=30, codec="aac", bitrate="128k", song="song")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("sources")
    clip = drawn.draw(folder / "clip.mp4", 4 * FRAMES, film=1, sound=True)
    return {"clip": clip, "song": clip}


@pytest.fixture(scope="module")
def kept() -> MemoryArtifactCache:
    """One cache for the films of this module, so that their clip is encoded once."""
    return MemoryArtifactCache()


def encoders(kept: MemoryArtifactCache) -> list[FFmpegEncoder | JoiningEncoder]:
    encoder: FFmpegEncoder = ffmpeg_encoder(1)
    return [encoder, JoiningEncoder(encoder, kept)]


@pytest.mark.parametrize("which", [0, 1], ids=["FFmpeg", "joining"])
@pytest.mark.parametrize("left", [0, 8_000, 60_000])
async def test_a_film_for_which_the_disk_is_too_small_says_so(
    tmp_path: Path, files: dict[str, Path], kept: MemoryArtifactCache, which: int, left: int
) -> None:
    encoder = encoders(kept)[which]
    hand = OnHand(files, probe())
    cut = Cut(clip="clip", first=0, frames=FRAMES, rate=Fraction(1))
    plenty = tmp_path / "plenty"
    plenty.mkdir()
    piece = await encoder.normalise(cut, hand, OUTPUT, plenty / "cut.mp4")
    reel = await encoder.concatenate([piece] * 4, plenty / "reel.mp4")
    with small_disk(1_000_000) as disk:
        disk.fill(left)
        with pytest.raises(DiskFull, match="The disk is full: free some space"):
            await encoder.add_audio(reel, SOUND, hand, disk.root / "film.mp4")
        assert not (disk.root / "film.mp4").exists()
        assert not list(disk.root.glob("*.part")) + list(disk.root.glob(".*.part"))


@pytest.mark.parametrize("left", [0, 8_000])
async def test_a_cut_for_which_the_disk_is_too_small_says_so(
    tmp_path: Path, files: dict[str, Path], left: int
) -> None:
    hand = OnHand(files, probe())
    cut = Cut(clip="clip", first=0, frames=4 * FRAMES, rate=Fraction(1))
    for encoder in encoders(MemoryArtifactCache()):
        with small_disk(1_000_000) as disk:
            disk.fill(left)
            with pytest.raises(DiskFull):
                await encoder.normalise(cut, hand, OUTPUT, disk.root / "cut.mp4")
