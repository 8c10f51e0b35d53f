"""Common arguments of all FFmpeg commands, which restrict the effect of untrusted files."""

import os
from pathlib import Path
from typing import Final

from adapters.media.codecs import DECODERS
from adapters.media.limits import FRAME_PIXELS

PathLike = str | os.PathLike[str]

MOST_BYTES: Final = 300_000_000
"""Maximum bytes of a single allocation; a 4K frame of 16-bit 4:4:4 takes 70 MB."""


def opening(
    ffmpeg: str, *, level: str = "error", progress: bool = False, forgiving: bool = False
) -> list[str]:
    """Return the executable and its global options; with ``progress`` it reports on stdout.

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
    """Return the arguments of one input: a local file, read as container ``form`` whatever its
    name.
    """
    return [
        *("-threads", str(threads), "-protocol_whitelist", "file", "-codec_whitelist", DECODERS),
        *("-max_pixels", str(FRAME_PIXELS), "-f", form, *options, "-i", local(file)),
    ]


def writing(file: PathLike, form: str = "mp4", *options: str) -> list[str]:
    """Return the arguments of one output: only mapped streams, and no metadata, date or version."""
    return [
        *("-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1", "-bitexact"),
        *(*options, "-f", form, local(file)),
    ]


def local(file: PathLike) -> str:
    """Return a path as an argument: absolute, so that it is not taken for an option or a protocol.

    Raises ValueError if it is not a path.
    """
    path = os.fspath(file)
    if not path or "\0" in path:
        raise ValueError(f"{path!r} is not the path of a local file.")
    # Do not resolve links, so that messages contain the original name.
    return str(Path(path).absolute())
