"""Find FFmpeg on this machine."""

import re
import shutil
from collections.abc import Sequence

import msgspec

from domain.shared.errors import FFmpegMissing


class FFmpeg(msgspec.Struct, frozen=True, kw_only=True):
    """An FFmpeg executable and its source."""

    path: str
    source: str = ""
    """The package that contains it; empty if it is on PATH."""


def find_ffmpeg() -> FFmpeg:
    """Return the FFmpeg on PATH, or else that of imageio-ffmpeg; raises `FFmpegMissing`."""
    path = shutil.which("ffmpeg")
    if path:
        return FFmpeg(path=path)
    try:
        import imageio_ffmpeg  # pyright: ignore[reportMissingTypeStubs]

        return FFmpeg(path=imageio_ffmpeg.get_ffmpeg_exe(), source="imageio-ffmpeg")
    except (ImportError, RuntimeError):
        raise FFmpegMissing from None


def short_version(ffmpeg: FFmpeg, lines: Sequence[str]) -> str:
    """Return a short version such as 'ffmpeg 7.0.2', from the output of `ffmpeg -version`."""
    first = lines[0] if lines else ""
    match = re.match(r"ffmpeg version n?(\d+(?:\.\d+)*|\S+)", first)
    version = f"ffmpeg {match[1]}" if match else "ffmpeg of unknown version"
    return f"{version} ({ffmpeg.source})" if ffmpeg.source else version


def encoders_in(lines: Sequence[str]) -> frozenset[str]:
    """Return the names of the encoders in the output of `ffmpeg -encoders`."""
    rows = (line.split() for line in lines)
    return frozenset(
        row[1] for row in rows if len(row) > 1 and re.fullmatch(r"[VAS][A-Z.]{5}", row[0])
    )
