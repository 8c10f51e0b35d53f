"""Write frames and samples to MP4 files."""

from collections.abc import Iterable, Iterator
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
"""Samples per second."""

_PRESET, _CRF = "ultrafast", "20"
"""Users wait for the whole demo library, so encoding is fast and the clips are large; their quality
exceeds that of the finished films.
"""

_BLOCK, _FLAC_BLOCK = 1024, 4608
"""Number of samples per encoder call."""

Pixels = NDArray[np.uint8]
Patch = tuple[int, int, Pixels]
"""Left, top and an RGB picture."""


class _Track(Protocol):
    """The used part of PyAV's stream type, which has incomplete annotations."""

    codec_context: Any

    def encode(self, frame: object) -> list[object]: ...


class _Film(Protocol):
    """The used part of PyAV's type for an output container."""

    def mux(self, packets: list[object]) -> None: ...


def write_film(
    into: Path, ground: Pixels, patches: Iterable[Patch], sound: NDArray[np.float32]
) -> None:
    """Write a film at 30 frames per second with stereo samples (n, 2) at 48 kHz.

    Every frame is the ``ground`` (720, 1280, 3) RGB with one patch (h, w, 3) RGB at its place;
    left, top and the patch's sides are even.
    """
    with av.open(str(into), "w", format="mp4", options={"movflags": "+faststart"}) as opened:
        film = cast(_Film, opened)
        video_stream: Any = cast(Any, opened).add_stream(
            "libx264", rate=FRAME_RATE, options=_x264()
        )
        video_stream.width, video_stream.height, video_stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        video_stream.time_base = Fraction(1, FRAME_RATE)
        video_stream.codec_context.thread_count = 1
        audio_stream = _sound_stream(cast(Any, opened).add_stream("aac", rate=RATE))
        for number, planes in enumerate(_pasted(_yuv(ground), patches)):
            frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, FRAME_RATE)
            film.mux(video_stream.encode(frame))
        film.mux(video_stream.encode(None))
        _play(film, audio_stream, sound)


def _pasted(ground: Pixels, patches: Iterable[Patch]) -> Iterator[Pixels]:
    """Yield frames as planes (1080, 1280); only the changing patch is converted from RGB to YUV."""
    for left, top, patch in patches:
        frame = ground.copy()
        height, width = patch.shape[:2]
        planes = _yuv(patch)
        for whole, part in zip(
            _planes(frame, WIDTH, HEIGHT), _planes(planes, width, height), strict=True
        ):
            scale = whole.shape[1] / WIDTH
            y, x = int(top * scale), int(left * scale)
            whole[y : y + part.shape[0], x : x + part.shape[1]] = part
        yield frame


def _yuv(picture: Pixels) -> Pixels:
    """Return an RGB picture (h, w, 3) as planes stacked vertically, (h * 3 / 2, w), BT.709."""
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
    planes = frame.reformat(
        format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
    ).to_ndarray()
    return planes.astype(np.uint8, copy=False)


def _planes(stacked: Pixels, width: int, height: int) -> tuple[Pixels, Pixels, Pixels]:
    """Return views of the three planes of a stacked picture: (h, w), (h / 2, w / 2) twice."""
    flat = stacked.reshape(-1)
    luma, chroma = width * height, width * height // 4
    half = (height // 2, width // 2)
    return (
        flat[:luma].reshape(height, width),
        flat[luma : luma + chroma].reshape(half),
        flat[luma + chroma :].reshape(half),
    )


def write_sound(into: Path, sound: NDArray[np.float32]) -> None:
    """Write stereo samples (n, 2) at 48 kHz as FLAC, because every film encodes a song again."""
    with av.open(str(into), "w", format="flac") as song:
        audio_stream = cast(_Track, cast(Any, song).add_stream("flac", rate=RATE))
        audio_stream.codec_context.layout, audio_stream.codec_context.format = "stereo", "s16"
        whole = np.rint(np.clip(sound, -1, 1) * 32767).astype(np.int16)
        for first in range(0, len(whole), _FLAC_BLOCK):
            block = np.ascontiguousarray(whole[first : first + _FLAC_BLOCK].reshape(1, -1))
            frame = av.AudioFrame.from_ndarray(block, format="s16", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = RATE, first, Fraction(1, RATE)
            cast(_Film, song).mux(audio_stream.encode(frame))
        cast(_Film, song).mux(audio_stream.encode(None))


def _x264() -> dict[str, str]:
    colours = "colorprim=bt709:transfer=bt709:colormatrix=bt709:fullrange=off"
    return {"preset": _PRESET, "crf": _CRF, "x264-params": f"threads=1:{colours}"}


def _sound_stream(stream: _Track) -> _Track:
    stream.codec_context.layout = "stereo"
    stream.codec_context.bit_rate = 192_000
    return stream


def _play(film: _Film, stream: _Track, sound: NDArray[np.float32]) -> None:
    for first in range(0, len(sound), _BLOCK):
        block = np.ascontiguousarray(sound[first : first + _BLOCK].T)
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE, first, Fraction(1, RATE)
        film.mux(stream.encode(frame))
    film.mux(stream.encode(None))
