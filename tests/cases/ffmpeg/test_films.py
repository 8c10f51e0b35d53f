"""A finished film is looked over, and hostile or broken media do no harm."""

import asyncio
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import anyio
import msgspec
import pytest

from adapters.ffmpeg.commands import build_add_audio_command
from adapters.ffmpeg.encoder import FFmpegEncoder
from adapters.ffmpeg.find import find_ffmpeg
from adapters.ffmpeg.inspection import starts_fast
from application.media.fetched_files import OnHand
from application.ports.footage import Footage
from domain.blueprint.model import OutputConfig
from domain.blueprint.timeline import Cut, Soundtrack, Timeline
from domain.shared.errors import FFmpegFailed, FilmFlawed, UnreadableMedia
from tests.cases.ffmpeg import drawn
from tests.cases.ffmpeg.drawn import names_in
from tests.media import probe, run_ffmpeg

pytestmark = pytest.mark.anyio

OUTPUT = OutputConfig(output_path="output/a.mp4", width=320, height=180)
SOUND = Soundtrack(frames=90, frame_rate=30, codec="aac", bitrate="128k")
TIMELINE = Timeline(cuts=(), soundtrack=SOUND, output=OUTPUT)


@pytest.fixture
async def film(encoder: FFmpegEncoder, sounding: Path, tmp_path: Path) -> Path:
    """Three seconds, as finished."""
    into = tmp_path / "film.mp4"
    await encoder.add_audio(Footage.whole(sounding, 90), SOUND, OnHand({}, probe()), into)
    return into


async def test_a_finished_film_passes(encoder: FFmpegEncoder, film: Path) -> None:
    await encoder.inspect(film, TIMELINE)


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ({"width": 640, "height": 360}, "320x180 instead of 640x360"),
        ({"video_codec": "libx265"}, "h264 instead of hevc"),
    ],
)
async def test_a_film_of_another_kind_is_flawed(
    encoder: FFmpegEncoder, film: Path, output: dict[str, object], message: str
) -> None:
    other = msgspec.structs.replace(TIMELINE, output=msgspec.structs.replace(OUTPUT, **output))
    with pytest.raises(FilmFlawed, match=message):
        await encoder.inspect(film, other)


async def test_a_film_with_a_frame_too_few_is_flawed(encoder: FFmpegEncoder, film: Path) -> None:
    longer = msgspec.structs.replace(TIMELINE, soundtrack=msgspec.structs.replace(SOUND, frames=91))
    with pytest.raises(FilmFlawed, match="90 frames instead of 91"):
        await encoder.inspect(film, longer)


async def test_a_film_whose_sound_ends_early_is_flawed(
    encoder: FFmpegEncoder, sounding: Path, tmp_path: Path
) -> None:
    command = build_add_audio_command(
        sounding, None, tmp_path / "film.mp4", "copy", "aac", "", "128k", frames=90, frame_rate=60,
        ffmpeg=find_ffmpeg().path,
    )  # fmt: skip
    await run_ffmpeg(command)
    with pytest.raises(FilmFlawed, match=r"sound lasts 1\.500 s instead of 3\.000 s"):
        await encoder.inspect(tmp_path / "film.mp4", TIMELINE)


async def test_a_film_that_cannot_be_played_to_its_end_is_flawed(
    encoder: FFmpegEncoder, film: Path
) -> None:
    content = bytearray(film.read_bytes())  # noqa: ASYNC240
    for at in range(content.index(b"mdat") + 2_000, len(content), 997):
        content[at] ^= 0xFF
    film.write_bytes(content)  # noqa: ASYNC240
    with pytest.raises(FilmFlawed, match="decoded to its end"):
        await encoder.inspect(film, TIMELINE)


async def test_a_film_whose_index_is_at_its_end_is_flawed(
    encoder: FFmpegEncoder, sounding: Path
) -> None:
    assert not starts_fast(sounding)
    with pytest.raises(FilmFlawed, match="before they can start"):
        await encoder.inspect(sounding, TIMELINE)


async def test_a_playlist_by_the_name_of_a_film_opens_nothing(
    encoder: FFmpegEncoder, source: Callable[[str], Path], tmp_path: Path
) -> None:
    connection = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection.set()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        listed = f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:{port}/a.ts\n"
        clip = tmp_path / "clip.mp4"
        for content in (listed, f"ffconcat version 1.0\nfile '{source('30.mp4')}'\n"):
            clip.write_text(content)
            with pytest.raises(UnreadableMedia, match="MP4"):
                await probe().measure(clip)
    assert not connection.is_set()


async def test_cancelled_in_the_middle_it_leaves_nothing(
    encoder: FFmpegEncoder, tmp_path: Path
) -> None:
    clip = drawn.draw(tmp_path / "clip.mp4", 60)
    work = anyio.Path(tmp_path / "work")
    await work.mkdir()
    large = OutputConfig(output_path="output/a.mp4", width=3840, height=2160)
    cut = Cut(clip="a", first=0, frames=60, rate=Fraction(1))
    task = asyncio.create_task(
        encoder.normalise(cut, OnHand({"a": clip}, probe()), large, tmp_path / "work" / "cut.mp4")
    )
    with anyio.fail_after(60):
        while not [path async for path in work.glob("*/cut.mp4")]:
            await anyio.lowlevel.checkpoint()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert names_in(tmp_path / "work") == []


async def test_a_failure_tells_no_folder(encoder: FFmpegEncoder, film: Path) -> None:
    piece = Footage.whole(film, 99)
    with pytest.raises(FFmpegFailed) as failed:
        await encoder.concatenate([piece, piece], film.with_name("joined.mp4"))
    assert str(film.parent) not in f"{failed.value} {failed.value.details}"
    assert names_in(film.parent) == ["film.mp4"]
