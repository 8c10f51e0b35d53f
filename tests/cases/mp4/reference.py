"""Small clips, normalised, and a song; and what FFmpeg says of a film, frame by frame."""

import subprocess
import wave
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import msgspec
import numpy as np

from adapters.ffmpeg.commands import build_normalize_command
from adapters.ffmpeg.find import find_ffmpeg
from adapters.mp4.pieces import Piece
from adapters.mp4.reader import read_track
from adapters.mp4.samples import Track
from tests.cases.ffmpeg import drawn

FRAME = 512
"""Ticks of a frame."""
GROUP = 60
"""Frames from one keyframe to the next."""
LENGTHS = (150, 75, 61, 1)
"""Frames of each clip."""
RATE = 44_100
"""Samples a second of the song."""


class Frame(msgspec.Struct, frozen=True):
    """The identity of a frame, and its time."""

    dts: int
    pts: int
    duration: int
    md5: str


class Clip(msgspec.Struct, frozen=True):
    """A normalised clip, and its frames as FFmpeg sees them."""

    path: Path
    track: Track
    stored: list[str]
    """The MD5 of each packet."""
    decoded: list[str]
    """The MD5 of each picture."""


class ReferenceFiles(msgspec.Struct, frozen=True):
    """The sources of the tests' cuts."""

    clips: list[Clip]
    song: Track
    sound: np.ndarray[Any, Any]
    """The song decoded, both channels, from its first sample on."""

    def __repr__(self) -> str:
        return "ArtifactCache(...)"


def filled(folder: Path) -> ReferenceFiles:
    """Draw and encode everything."""
    clips = [_clip(folder, film, frames) for film, frames in enumerate(LENGTHS)]
    source = _noise(folder / "song.wav", 8)
    song = folder / "song.m4a"
    run(
        "-i",
        str(source),
        "-c:a",
        "aac",
        "-b:a",
        "96k",
        "-bitexact",
        "-movflags",
        "+faststart",
        str(song),
    )
    return ReferenceFiles(clips, read_track(song), sound_of(song))


def _clip(folder: Path, film: int, frames: int) -> Clip:
    source = drawn.draw(folder / f"drawn-{film}.mp4", frames, film=film)
    path = normalised(source, folder / f"clip-{film}.mp4")
    stored, decoded = frames_of(path)
    return Clip(path, read_track(path), [f.md5 for f in stored], [f.md5 for f in decoded])


def _noise(path: Path, seconds: int) -> Path:
    """A song that is like itself at one moment only."""
    drops = np.random.default_rng(1).normal(0, 3_000, (seconds * RATE, 2)).astype("<i2")
    with wave.open(str(path), "wb") as written:
        written.setnchannels(2)
        written.setsampwidth(2)
        written.setframerate(RATE)
        written.writeframes(drops.tobytes())
    return path


def normalised(source: Path, into: Path, **options: Any) -> Path:
    """Encode a clip as the service does, small."""
    small: dict[str, Any] = {"width": 320, "height": 180, "bitrate": "200k"} | options
    command = build_normalize_command(source, into, ffmpeg=find_ffmpeg().path, **small)
    subprocess.run(command, check=True)
    return into


def run(*arguments: str, program: str | None = None) -> bytes:
    """Run FFmpeg, which must be content with everything it reads, and return what it writes."""
    opening = [
        program or find_ffmpeg().path,
        "-nostdin",
        "-v",
        "error",
        "-xerror",
        "-y",
        "-threads",
        "1",
    ]
    done = subprocess.run([*opening, *arguments], check=True, capture_output=True)
    assert done.stderr == b"", done.stderr
    return done.stdout


def packets_of(film: Path) -> list[Frame]:
    """The picture's packets, in the film's ticks; nothing is decoded."""
    packets = film.with_suffix(".packets")
    run("-i", str(film), "-map", "0:v", "-c", "copy", "-f", "framemd5", str(packets))
    return _listed(packets)


def frames_of(film: Path) -> tuple[list[Frame], list[Frame]]:
    """The picture's packets, in the film's ticks, and what is decoded from them."""
    packets, pictures = film.with_suffix(".packets"), film.with_suffix(".pictures")
    form = ("-f", "framemd5")
    run(
        *("-i", str(film), "-map", "0:v", "-c", "copy", *form, str(packets)),
        *(
            "-map",
            "0:v",
            "-fps_mode",
            "passthrough",
            "-enc_time_base",
            "1:15360",
            *form,
            str(pictures),
        ),
    )
    return _listed(packets), _listed(pictures)


def _listed(listing: Path) -> list[Frame]:
    rows = [line.split(",") for line in listing.read_text().splitlines() if line[0] != "#"]
    return [Frame(int(row[1]), int(row[2]), int(row[3]), row[5].strip()) for row in rows]


def sound_of(film: Path) -> np.ndarray[Any, Any]:
    """The sound as it is played: rows of two samples.

    FFmpeg decodes it without a complaint; PyAV does too, and is the same wherever it runs.
    """
    run("-i", str(film), "-map", "0:a", "-f", "null", "-")
    with av.open(str(film)) as container:
        parts = [frame.to_ndarray() for frame in container.decode(audio=0)]
    return np.concatenate(parts, axis=1).T


def stored(artifacts: ReferenceFiles, pieces: Sequence[Piece]) -> list[str]:
    """The MD5s of the packets that a film of these pieces should have."""
    by_path = {clip.path: clip.stored for clip in artifacts.clips}
    return [md5 for p in pieces for md5 in by_path[p.track.path][p.first : p.first + p.count]]


def decoded(artifacts: ReferenceFiles, pieces: Sequence[Piece]) -> list[str]:
    """The MD5s of the pictures that a film of these pieces should have."""
    by_path = {clip.path: clip.decoded for clip in artifacts.clips}
    return [md5 for p in pieces for md5 in by_path[p.track.path][p.first : p.first + p.count]]


def nearest(moment: Fraction) -> int:
    """The nearest whole number, of two the later."""
    return (moment + Fraction(1, 2)).__floor__()


def require_inside(track: Track, size: int) -> None:
    """Every sample lies in the file, and what is said of the track hangs together."""
    assert track.count > 0
    runs = track.runs(0, track.count)
    assert all(run.offset >= 0 and run.offset + run.length <= size for run in runs)
    assert sum(run.length for run in runs) == track.sizes.before(track.count)
    assert sum(count for count, _ in track.durations.cut(0, track.count)) == track.count
    assert all(0 <= sample < track.count for sample in track.sync or ())
    assert 0 <= track.media_time < track.media_time + track.length <= track.durations.total
    assert track.timescale > 0
