"""What an Encoder is held against, and where each kind of it finds clips and reads films."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from adapters.ffmpeg.encoder import FFmpegEncoder
from adapters.memory.encoder import MemoryEncoder, clip, opened, song
from application.ports.encoder import Encoder
from tests.cases.ffmpeg import drawn


class CuttingRoom(Protocol):
    """An encoder, and media of the kind it works with."""

    encoder: Encoder

    def make_clip(self, path: Path, frames: int, rate: int, sound: bool) -> None:
        """Film a clip whose frames can be told apart, and it from other clips by its file name."""
        ...

    def make_song(self, path: Path, seconds: float) -> None:
        """Record a song; its file name ends in .wav."""
        ...

    def frames_of(self, film: Path) -> list[tuple[str, int]]:
        """The clip's file name and the frame number within it of every frame of a film."""
        ...


class FFmpegRoom:
    """FFmpeg, and films drawn frame by frame."""

    def __init__(self) -> None:
        self.encoder: Encoder = FFmpegEncoder(at_once=2)
        self._names: list[str] = []

    def make_clip(self, path: Path, frames: int, rate: int, sound: bool) -> None:
        drawn.draw(path, frames, rate, film=len(self._names), sound=sound)
        self._names.append(path.name)

    def make_song(self, path: Path, seconds: float) -> None:
        drawn.tone_file(path, seconds)

    def frames_of(self, film: Path) -> list[tuple[str, int]]:
        return [(self._names[which], number) for which, number in drawn.seen(film)]


class MemoryRoom:
    """Films written down frame by frame."""

    def __init__(self) -> None:
        self.encoder: Encoder = MemoryEncoder()

    def make_clip(self, path: Path, frames: int, rate: int, sound: bool) -> None:
        path.write_bytes(clip(path.name, frames, rate, sound=sound))

    def make_song(self, path: Path, seconds: float) -> None:
        path.write_bytes(song(seconds))

    def frames_of(self, film: Path) -> list[tuple[str, int]]:
        return list(opened(film).frames)


HARNESSES: dict[str, Callable[[], CuttingRoom]] = {
    "ffmpeg": FFmpegRoom,
    "memory": MemoryRoom,
}
"""Every encoder the contract is held against, by name."""
