"""The contract of every MediaProbe: memory, and a process of its own."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.memory.media_probe import MemoryMediaProbe
from application.ports.media_probe import MediaProbe
from domain.shared.errors import UnacceptedMedia, UnreadableMedia
from tests.contracts.encoder_cases import EncoderCase, FFmpegCase, MemoryCase
from tests.media import probe

pytestmark = pytest.mark.anyio

KINDS: dict[str, tuple[Callable[[], MediaProbe], Callable[[], EncoderCase]]] = {
    "memory": (MemoryMediaProbe, MemoryCase),
    "caged": (probe, FFmpegCase),
}


@pytest.fixture(params=list(KINDS))
def pair(request: pytest.FixtureRequest) -> tuple[MediaProbe, EncoderCase]:
    door, case = KINDS[request.param]
    return door(), case()


async def test_it_sees_what_the_encoder_measures(
    pair: tuple[MediaProbe, EncoderCase], tmp_path: Path
) -> None:
    door, case = pair
    film, song = tmp_path / "clip.mp4", tmp_path / "song.wav"
    case.make_clip(film, 30, 30, sound=True)
    case.make_song(song, 1.0)
    clip = film.rename(tmp_path / "-clip; rm.txt")

    for file in (clip, song):
        assert await door.measure(file) == await case.probe.measure(file)


async def test_what_is_no_film_or_song_is_not_taken(
    pair: tuple[MediaProbe, EncoderCase], tmp_path: Path
) -> None:
    door, _ = pair
    for number, content in enumerate((b"", b"#EXTM3U\n/etc/passwd\n")):
        file = tmp_path / f"{number}.mp4"
        file.write_bytes(content)
        with pytest.raises(UnacceptedMedia):
            await door.measure(file)


async def test_what_is_damaged_is_told_from_what_is_not_taken(
    pair: tuple[MediaProbe, EncoderCase], tmp_path: Path
) -> None:
    door, case = pair
    file = tmp_path / "clip.mp4"
    case.make_clip(file, 30, 30, sound=True)
    file.write_bytes(file.read_bytes()[:60])

    with pytest.raises(UnreadableMedia) as refused:
        await door.measure(file)

    assert not isinstance(refused.value, UnacceptedMedia)
    assert str(tmp_path) not in f"{refused.value} {refused.value.details}"


async def test_what_is_no_ordinary_file_is_refused_at_once(tmp_path: Path) -> None:
    """Nobody ever writes to the pipe."""
    pipe = tmp_path / "clip.mp4"
    os.mkfifo(pipe)
    for file in (pipe, tmp_path, Path("/dev/zero")):
        with pytest.raises(UnreadableMedia, match="not a regular file"):
            await probe().measure(file)
