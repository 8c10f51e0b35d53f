"""Pictures and samples written to MP4 files."""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, Protocol, cast

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace
from numpy.typing import NDArray

WIDTH, HEIGHT = 1280, 720
FRAME_RATE: Final = 30
RATE: Final = 48_000
"""Samples a second."""

_CRF: Final = "19"
"""A step finer than a film is made at, so that a clip loses nothing that would be seen."""

_BLOCK: Final = 1024


class _Track(Protocol):
    """What is used of a stream, which PyAV types in part only."""

    codec_context: Any

    def encode(self, frame: object) -> list[object]: ...


class _Film(Protocol):
    """What is used of a container that is written."""

    def mux(self, packets: list[object]) -> None: ...


def write_film(
    into: Path, pictures: Iterable[NDArray[np.uint8]], sound: NDArray[np.float32]
) -> None:
    """Write pictures (720, 1280, 3) RGB at 30 a second and stereo samples (n, 2) at 48 kHz."""
    with av.open(str(into), "w", format="mp4", options={"movflags": "+faststart"}) as film:
        seen: Any = cast(Any, film).add_stream("libx264", rate=FRAME_RATE, options=_x264())
        seen.width, seen.height, seen.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        seen.time_base = Fraction(1, FRAME_RATE)
        seen.codec_context.thread_count = 1
        heard = _sound_stream(cast(Any, film).add_stream("aac", rate=RATE))
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(
                format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
            )
            frame.pts, frame.time_base = number, Fraction(1, FRAME_RATE)
            cast(_Film, film).mux(seen.encode(frame))
        cast(_Film, film).mux(seen.encode(None))
        _play(cast(_Film, film), heard, sound)


def write_sound(into: Path, sound: NDArray[np.float32]) -> None:
    """Write stereo samples (n, 2) at 48 kHz."""
    with av.open(str(into), "w", format="mp4", options={"movflags": "+faststart"}) as film:
        heard = _sound_stream(cast(Any, film).add_stream("aac", rate=RATE))
        _play(cast(_Film, film), heard, sound)


def _x264() -> dict[str, str]:
    colours = "colorprim=bt709:transfer=bt709:colormatrix=bt709:fullrange=off"
    return {"preset": "veryfast", "crf": _CRF, "x264-params": f"threads=1:{colours}"}


def _sound_stream(heard: _Track) -> _Track:
    heard.codec_context.layout = "stereo"
    heard.codec_context.bit_rate = 192_000
    return heard


def _play(film: _Film, heard: _Track, sound: NDArray[np.float32]) -> None:
    for first in range(0, len(sound), _BLOCK):
        block = np.ascontiguousarray(sound[first : first + _BLOCK].T)
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE, first, Fraction(1, RATE)
        film.mux(heard.encode(frame))
    film.mux(heard.encode(None))
