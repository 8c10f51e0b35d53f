"""A preview's version is another whenever its segments may be."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from adapters.cage.cage import Cage
from adapters.ffmpeg.encoder import FFmpegEncoder
from adapters.ffmpeg.find import FFmpeg
from adapters.memory.artifact_cache import MemoryArtifactCache
from adapters.mp4 import hls_fragments as projectors
from adapters.mp4.encoder import JoiningEncoder
from adapters.mp4.hls_fragments import FragmentPreviewStreamer
from domain.blueprint.model import OutputConfig
from domain.blueprint.timeline import Soundtrack, Timeline
from tests.cases.ffmpeg.test_process import install
from tests.media import probe

pytestmark = pytest.mark.anyio

OUTPUT = OutputConfig(output_path="output/user_local/a.mp4", width=320, height=180)
SOUND = Soundtrack(frames=30, frame_rate=30, codec="aac", bitrate="128k")
FILM = Timeline(cuts=(), soundtrack=SOUND, output=OUTPUT)


@pytest.fixture
def ffmpeg(tmp_path: Path) -> Path:
    """A program that is FFmpeg 7.0.2, or says so."""
    install(tmp_path / "ffmpeg", "7.0.2", "libavcodec 61.3")
    return tmp_path / "ffmpeg"


@pytest.fixture
def preview_streamer(ffmpeg: Path) -> FragmentPreviewStreamer:
    program = FFmpeg(path=str(ffmpeg))
    room = FFmpegEncoder(probe().details, lambda: program, at_once=1, cage=Cage("off"))
    joining = JoiningEncoder(room, MemoryArtifactCache())
    return FragmentPreviewStreamer(joining, joining.store)


async def test_another_ffmpeg_is_another_version_without_a_restart_too(
    preview_streamer: FragmentPreviewStreamer, ffmpeg: Path
) -> None:
    first = await preview_streamer.version(FILM)
    assert await preview_streamer.version(FILM) == first

    others: set[str] = set()
    for version, library in (("7.0.2", "61.4"), ("7.0.3", "61.4"), ("8.0", "62.1")):
        install(ffmpeg, version, f"libavcodec {library}")
        others.add(await preview_streamer.version(FILM))
    assert len(others - {first}) == 3

    install(ffmpeg, "7.0.2", "libavcodec 61.3")
    assert await preview_streamer.version(FILM) == first


async def test_clips_of_another_ffmpeg_are_not_asked_for_once_it_is_exchanged(
    preview_streamer: FragmentPreviewStreamer, ffmpeg: Path
) -> None:
    assert "ffmpeg 7 " in await preview_streamer.version(FILM)
    install(ffmpeg, "8.0")
    assert "ffmpeg 7 " not in await preview_streamer.version(FILM)


@pytest.mark.parametrize(
    "changed",
    [
        {"output": msgspec.structs.replace(OUTPUT, video_bitrate="3M")},
        {"output": msgspec.structs.replace(OUTPUT, width=640, height=360)},
        {"soundtrack": msgspec.structs.replace(SOUND, bitrate="96k")},
        {"soundtrack": msgspec.structs.replace(SOUND, loudness=-16.0)},
    ],
    ids=["bitrate", "size", "sound", "loudness"],
)
async def test_what_is_encoded_otherwise_is_another_version(
    preview_streamer: FragmentPreviewStreamer, changed: dict[str, Any]
) -> None:
    other = msgspec.structs.replace(FILM, **changed)
    assert await preview_streamer.version(other) != await preview_streamer.version(FILM)


async def test_fragments_of_another_form_are_another_version(
    preview_streamer: FragmentPreviewStreamer, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await preview_streamer.version(FILM)
    monkeypatch.setattr(projectors, "FORM", projectors.FORM + 1)
    assert await preview_streamer.version(FILM) != first
