"""What every Doorkeeper must do: held against memory and against a process of its own."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.ffmpeg.apart import ChildDoorkeeper
from adapters.memory.doorkeeper import MemoryDoorkeeper
from application.ports.doorkeeper import Doorkeeper
from domain.errors import UnacceptedMedia, UnreadableMedia
from tests.contracts.encoder_cases import CuttingRoom, FFmpegRoom, MemoryRoom

pytestmark = pytest.mark.anyio

KINDS: dict[str, tuple[Callable[[], Doorkeeper], Callable[[], CuttingRoom]]] = {
    "memory": (MemoryDoorkeeper, MemoryRoom),
    "child": (ChildDoorkeeper, FFmpegRoom),
}


@pytest.fixture(params=list(KINDS))
def pair(request: pytest.FixtureRequest) -> tuple[Doorkeeper, CuttingRoom]:
    door, room = KINDS[request.param]
    return door(), room()


async def test_it_sees_what_the_encoder_measures(
    pair: tuple[Doorkeeper, CuttingRoom], tmp_path: Path
) -> None:
    door, room = pair
    made, song = tmp_path / "clip.mp4", tmp_path / "song.wav"
    room.make_clip(made, 30, 30, sound=True)
    room.make_song(song, 1.0)
    clip = made.rename(tmp_path / "-clip; rm.txt")

    for file in (clip, song):
        assert await door.look(file) == await room.encoder.measure(file)


async def test_what_is_no_film_or_song_is_not_taken(
    pair: tuple[Doorkeeper, CuttingRoom], tmp_path: Path
) -> None:
    door, _ = pair
    for number, content in enumerate((b"", b"#EXTM3U\n/etc/passwd\n")):
        file = tmp_path / f"{number}.mp4"
        file.write_bytes(content)
        with pytest.raises(UnacceptedMedia):
            await door.look(file)


async def test_what_is_damaged_is_told_from_what_is_not_taken(
    pair: tuple[Doorkeeper, CuttingRoom], tmp_path: Path
) -> None:
    door, room = pair
    file = tmp_path / "clip.mp4"
    room.make_clip(file, 30, 30, sound=True)
    file.write_bytes(file.read_bytes()[:60])

    with pytest.raises(UnreadableMedia) as refused:
        await door.look(file)

    assert not isinstance(refused.value, UnacceptedMedia)
    assert str(tmp_path) not in f"{refused.value} {refused.value.details}"


async def test_a_look_that_nobody_waits_for_ends(tmp_path: Path) -> None:
    """The process waits for a pipe that nobody writes to."""
    pipe = tmp_path / "clip.mp4"
    os.mkfifo(pipe)
    looking = asyncio.ensure_future(ChildDoorkeeper().look(pipe))
    opened = await asyncio.to_thread(os.open, pipe, os.O_WRONLY)
    looking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await looking

    with pytest.raises(BrokenPipeError):
        os.write(opened, b"x")
    os.close(opened)
