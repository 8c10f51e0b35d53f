"""What every FFmpeg command line begins and ends with, so that no file can make it misbehave."""

import os
from pathlib import Path
from typing import Final

from adapters.media.codecs import DECODERS
from adapters.media.limits import FRAME_PIXELS

PathLike = str | os.PathLike[str]

MOST_BYTES: Final = 300_000_000
"""The largest single allocation; a 4K frame of 16-bit 4:4:4 takes 70 MB."""


def opening(
    ffmpeg: str, *, level: str = "error", progress: bool = False, forgiving: bool = False
) -> list[str]:
    """The executable and its global options; with ``progress``, counts are told on stdout.

    It stops at the first error unless it is ``forgiving``, as players are.
    """
    stop = () if forgiving else ("-xerror",)
    return [
        *(ffmpeg, "-hide_banner", "-nostdin", "-v", level, "-nostats", *stop, "-y"),
        *("-max_alloc", str(MOST_BYTES)),
        *("-filter_threads", "1", "-filter_complex_threads", "1"),
        *(("-progress", "pipe:1") if progress else ()),
    ]


def reading(file: PathLike, form: str, *options: str, threads: int = 1) -> list[str]:
    """One input: a local file, read as the container ``form`` whatever its name says."""
    return [
        *("-threads", str(threads), "-protocol_whitelist", "file", "-codec_whitelist", DECODERS),
        *("-max_pixels", str(FRAME_PIXELS), "-f", form, *options, "-i", local(file)),
    ]


def writing(file: PathLike, form: str = "mp4", *options: str) -> list[str]:
    """One output: nothing of the source but what was mapped, and no date or version in it."""
    return [
        *("-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1", "-bitexact"),
        *(*options, "-f", form, local(file)),
    ]


def local(file: PathLike) -> str:
    """A path as an argument: absolute, so that no part of it is taken for an option or a protocol.

    Raises ValueError for what is no path at all.
    """
    path = os.fspath(file)
    if not path or "\0" in path:
        raise ValueError(f"{path!r} is not the path of a local file.")
    # Not resolved: a link is read by its own name, which says what it is in a message.
    return str(Path(path).absolute())
