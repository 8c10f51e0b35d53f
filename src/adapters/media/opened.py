"""Open a file with PyAV: from a descriptor, in its detected container, with
accepted codecs only.
"""

import os
from collections.abc import Generator
from contextlib import contextmanager
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from adapters.media import limits
from adapters.media.codecs import ACCEPTED_CODECS, DECODERS, NAMES
from adapters.media.mp4_header import keep_within_limits
from adapters.media.sniff import ACCEPTED, Container, container_of
from domain.shared.errors import UnacceptedMedia, UnreadableMedia

if TYPE_CHECKING:
    from av.container import InputContainer

_COVER: Final = ("attached_pic", "timed_thumbnails", "still_image")


def sniffed(file: int) -> Container:
    """Detect the container of an open file; raises `UnacceptedMedia`, and `TooLarge` for its
    header.
    """
    container = container_of(file)
    if container is None:
        if not os.fstat(file).st_size:
            raise UnacceptedMedia("The file is empty.")
        raise UnacceptedMedia(f"The file is not a film or song of an accepted kind: {ACCEPTED}.")
    if container.form == "mov":
        keep_within_limits(file)
    return container


@contextmanager
def opened(file: int, container: Container) -> Generator["InputContainer"]:
    """Open the container from its beginning; raises `UnreadableMedia`, and `TooLarge`.

    FFmpeg may open a decoder while it inspects the streams; only accepted decoders are allowed.
    """
    import av
    from av.error import FFmpegError

    os.lseek(file, 0, os.SEEK_SET)
    options = {
        "fd": str(file),
        "protocol_whitelist": "fd",
        "format_whitelist": container.form,
        "codec_whitelist": DECODERS,
        "max_streams": str(limits.TRACKS),
        "max_pixels": str(limits.FRAME_PIXELS),
        "threads": "1",
        **({"ignore_length": "1"} if container.endless else {}),
        **({"skip_initial_bytes": str(container.skip)} if container.skip else {}),
    }
    try:
        with av.open(
            "fd:", format=container.form, options=options, metadata_errors="replace"
        ) as source:
            yield source
    except (FFmpegError, ValueError, ArithmeticError, OSError, IndexError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise UnreadableMedia(details=str(reason)) from None


def codec_of(stream: Any) -> str | None:  # noqa: ANN401 - a stream of any kind
    """Return FFmpeg's name of a track's codec; None if FFmpeg has no decoder for it."""
    coded = stream.codec_context
    return None if coded is None else str(coded.codec.canonical_name)


def is_taken(stream: Any) -> bool:  # noqa: ANN401 - a stream of any kind
    """Return True if the codec of a track is accepted."""
    return codec_of(stream) in ACCEPTED_CODECS


def is_cover(stream: Any) -> bool:  # noqa: ANN401 - a stream of any kind
    """Return True if a track is a cover picture rather than a video."""
    return any(stream.disposition & getattr(stream.disposition, name) for name in _COVER)


def refuse_codec(what: str, stream: Any) -> UnacceptedMedia:  # noqa: ANN401 - a stream of any kind
    """Return the error for a track whose codec is not accepted."""
    name = codec_of(stream) or "in a codec that FFmpeg does not know"
    return UnacceptedMedia(
        f"The {what} is {name}, which is not accepted.", details=f"Accepted: {NAMES}."
    )


def origin(source: "InputContainer") -> Fraction:
    """Return the start time of the file in seconds; FFmpeg counts from there."""
    return Fraction(source.start_time or 0, 1_000_000)
