"""What every FFmpeg command line begins and ends with, so that no file can make it misbehave."""

import os
import re
from typing import Final

PathLike = str | os.PathLike[str]

MOST_PIXELS: Final = 36_000_000
"""A frame larger than 6000x6000 is no dance clip."""
MOST_BYTES: Final = 300_000_000
"""The largest single allocation; a 4K frame of 16-bit 4:4:4 takes 70 MB."""

DECODERS: Final = (
    "h264,hevc,libdav1d,libaom-av1,av1,vp8,vp9,libvpx,libvpx-vp9,mpeg4,mpeg2video,mjpeg,prores,"
    "dnxhd,aac,mp3,mp3float,flac,opus,libopus,vorbis,alac,ac3,eac3,"
    "pcm_u8,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,pcm_f64le"
)
"""What phones, cameras, browsers and music shops write; nothing else is decoded."""

_NOT_A_FILE: Final = re.compile(r"-|[A-Za-z][A-Za-z0-9+.-]*:")


def opening(ffmpeg: str, *, level: str = "error", progress: bool = False) -> list[str]:
    """The executable and its global options; with ``progress``, counts are told on stdout."""
    return [
        *(ffmpeg, "-hide_banner", "-nostdin", "-v", level, "-nostats", "-xerror", "-y"),
        *("-max_alloc", str(MOST_BYTES)),
        *("-filter_threads", "1", "-filter_complex_threads", "1"),
        *(("-progress", "pipe:1") if progress else ()),
    ]


def reading(file: PathLike, form: str, *options: str, threads: int = 1) -> list[str]:
    """One input: a local file, read as the container ``form`` whatever its name says."""
    return [
        *("-threads", str(threads), "-protocol_whitelist", "file", "-codec_whitelist", DECODERS),
        *("-max_pixels", str(MOST_PIXELS), "-f", form, *options, "-i", local(file)),
    ]


def writing(file: PathLike, form: str = "mp4", *options: str) -> list[str]:
    """One output: nothing of the source but what was mapped, and no date or version in it."""
    return [
        *("-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1", "-bitexact"),
        *(*options, "-f", form, local(file)),
    ]


def local(file: PathLike) -> str:
    """A path as an argument; raises ValueError for what FFmpeg would take for more than a file."""
    path = os.fspath(file)
    if _NOT_A_FILE.match(path) or "\n" in path or "\0" in path:
        raise ValueError(f"{path!r} is not the path of a local file.")
    return path
