"""The encoders under contract, with the clips of each and the readers of their films."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from adapters.ffmpeg.encoder import FFmpegEncoder
from adapters.memory.artifact_cache import MemoryArtifactCache
from adapters.memory.encoder import MemoryEncoder, clip, opened, song
from adapters.memory.media_probe import MemoryMediaProbe
from adapters.mp4.encoder import JoiningEncoder
from application.media.fetched_files import OnHand
from application.ports.footage import Footage
from application.ports.media_files import MediaFiles
from application.ports.media_probe import MediaProbe
from tests.cases.ffmpeg import drawn
from tests.media import ffmpeg_encoder, probe

AnyEncoder = FFmpegEncoder | JoiningEncoder | MemoryEncoder
"""A `ClipEncoder` and an `Encoder`."""


class EncoderCase(Protocol):
    """An encoder, and media of the kind it works with."""

    encoder: AnyEncoder
    probe: MediaProbe

    def make_clip(self, path: Path, frames: int, rate: int, sound: bool) -> None:
        """Film a clip whose frames can be told apart, and it from other clips by its file name."""
        ...

    def make_song(self, path: Path, seconds: float) -> None:
        """Record a song; its file name ends in .wav."""
        ...

    def frames_of(self, film: Path) -> list[tuple[str, int]]:
        """The clip's file name and the frame number within it of every frame of a film."""
        ...


def near(case: EncoderCase, files: dict[str, Path]) -> MediaFiles:
    """Local files as an encoder is given them."""
    return OnHand(files, case.probe)


def frames_in(case: EncoderCase, footage: Footage) -> list[tuple[str, int]]:
    """The same as `EncoderCase.frames_of`, of footage."""
    takes = [take for shot in footage.shots for take in shot.takes]
    films = {take.path: case.frames_of(take.path) for take in takes}
    return [
        frame for take in takes for frame in films[take.path][take.first : take.first + take.count]
    ]


class FFmpegCase:
    """FFmpeg, and films drawn frame by frame."""

    def __init__(self) -> None:
        self.encoder: AnyEncoder = self._encoder(ffmpeg_encoder())
        self.probe: MediaProbe = probe()
        self._names: list[str] = []

    def _encoder(self, case: FFmpegEncoder) -> AnyEncoder:
        return case

    def make_clip(self, path: Path, frames: int, rate: int, sound: bool) -> None:
        drawn.draw(path, frames, rate, film=len(self._names), sound=sound)
        self._names.append(path.name)

    def make_song(self, path: Path, seconds: float) -> None:
        drawn.tone_file(path, seconds)

    def frames_of(self, film: Path) -> list[tuple[str, int]]:
        return [(self._names[which], number) for which, number in drawn.drawn_frames(film)]


class JoiningCase(FFmpegCase):
    """The same films, encoded once and joined by copying."""

    def _encoder(self, case: FFmpegEncoder) -> AnyEncoder:
        return JoiningEncoder(case, MemoryArtifactCache())


class MemoryCase:
    """Films written down frame by frame."""

    def __init__(self) -> None:
        self.encoder: AnyEncoder = MemoryEncoder()
        self.probe: MediaProbe = MemoryMediaProbe()

    def make_clip(self, path: Path, frames: int, rate: int, sound: bool) -> None:
        path.write_bytes(clip(path.name, frames, rate, sound=sound))

    def make_song(self, path: Path, seconds: float) -> None:
        path.write_bytes(song(seconds))

    def frames_of(self, film: Path) -> list[tuple[str, int]]:
        return list(opened(film).frames)


HARNESSES: dict[str, Callable[[], EncoderCase]] = {
    "ffmpeg": FFmpegCase,
    "joining": JoiningCase,
    "memory": MemoryCase,
}
"""Every encoder the contract is held against, by name."""
