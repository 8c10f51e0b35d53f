"""Files are made by FFmpeg from what is drawn and heard, and once for a run of the tests."""

import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

import pytest

from adapters.ffmpeg.find import encoders_in, find_ffmpeg
from tests.media_kinds import drawing

Words = tuple[object, ...]

SIZE: Final = (160, 90)
SECONDS: Final = 1.2
"""Default duration of a clip."""
SONG_SECONDS: Final = 6.0
_LIMIT: Final = 60.0
"""Seconds after which an encoder that has not ended never will."""

H264: Final[Words] = (
    *("-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-pix_fmt", "yuv420p", "-g", "15"),
)
AAC: Final[Words] = ("-c:a", "aac", "-b:a", "128k")
SILENT: Final[Words] = ("-an",)


class Folder:
    """A folder of inputs for FFmpeg and of what is made of them."""

    def __init__(self, path: Path) -> None:
        """Take the folder, which is there and is empty."""
        self.path = path
        self._made: dict[tuple[str, str], Path] = {}

    def once(self, name: str, make: Callable[["Folder", Path], None], kind: str = "input") -> Path:
        """The file of that name among those of a ``kind``, made when it is first asked for.

        Every file has a folder of its own, and in it the name it is to be brought by.
        """
        if (kind, name) not in self._made:
            folder = Path(mkdtemp(dir=self.path))
            make(self, folder / name)
            self._made[kind, name] = folder / name
        return self._made[kind, name]

    def tones(self, seconds: float = SECONDS, channels: int = 1) -> Path:
        """A WAV of tones."""

        def make(_: "Folder", into: Path) -> None:
            drawing.write_wav(into, drawing.tones(seconds), channels=channels)

        return self.once(f"tones-{seconds}-{channels}.wav", make)

    def clip(
        self,
        into: Path,
        *words: object,
        video: Words = H264,
        audio: Words = AAC,
        size: tuple[int, int] = SIZE,
        rate: int = drawing.RATE,
        seconds: float = SECONDS,
        sound_seconds: float | None = None,
        inputs: Words = (),
    ) -> None:
        """A film of numbered pictures and tones; ``words`` are FFmpeg's, before the file's name.

        Pictures are its input 0 and tones its input 1; ``inputs`` are further ones.
        """
        pictures = drawing.frames(round(seconds * rate), *size)
        shape = f"{size[0]}x{size[1]}"
        ffmpeg(
            *("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", shape, "-r", rate, "-i", "pipe:0"),
            *("-i", self.tones(sound_seconds or seconds), *inputs),
            *(*video, *audio, *words, into),
            stdin=pictures,
        )

    def plain_clip(self) -> Path:
        """An ordinary MP4."""
        return self.once("plain.mp4", lambda folder, into: folder.clip(into))

    def cover(self) -> Path:
        """A picture of one colour that is in no clip."""

        def make(_: "Folder", into: Path) -> None:
            magenta = ("-f", "lavfi", "-i", "color=magenta:s=300x200")
            ffmpeg(*magenta, "-frames:v", 1, "-c:v", "mjpeg", "-pix_fmt", "yuvj420p", into)

        return self.once("cover.jpg", make)

    def song(self, into: Path, *words: object, seconds: float = SONG_SECONDS) -> None:
        """Tones, encoded as FFmpeg's ``words`` say."""
        ffmpeg("-i", self.tones(seconds), *words, into)

    def song_bytes(self, name: str, *words: object) -> bytes:
        """Return the result of `song` under that name, made once."""
        return self.once(name, lambda folder, into: folder.song(into, *words)).read_bytes()


def ffmpeg(*words: object, stdin: bytes = b"") -> bytes:
    """Run FFmpeg and return what it wrote to its standard output."""
    *rest, last = map(str, words)
    # The sound's priming lies before the file's beginning whatever the version: FFmpeg 5 would have
    # the file begin with it, and write the picture 21 ms late.
    early = ("-avoid_negative_ts", "disabled") if last.endswith(".mkv") else ()
    command = [find_ffmpeg().path, "-hide_banner", "-v", "error", "-y", *rest, *early, last]
    done = subprocess.run(command, input=stdin, capture_output=True, timeout=_LIMIT, check=False)
    assert done.returncode == 0, f"{command}: {done.stderr.decode(errors='replace')}"
    return done.stdout


def copied(source: Path, into: Path, *words: object) -> None:
    """The same streams in another container, or with other words about them."""
    ffmpeg("-i", source, "-map", 0, "-c", "copy", *words, into)


def needs(encoder: str) -> None:
    """Skip a test whose input the FFmpeg at hand cannot make, and say so."""
    if encoder not in _encoders():
        pytest.skip(f"this FFmpeg has no encoder {encoder!r}, and no such file can be made")


@cache
def _encoders() -> frozenset[str]:
    return encoders_in(ffmpeg("-encoders").decode().splitlines())
