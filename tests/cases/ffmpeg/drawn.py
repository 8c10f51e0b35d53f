"""Films whose every frame says which it is, in black and white blocks that survive encoding."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# PyAV declares its packets generic without saying of what.

import wave
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
import numpy as np

from application.ports.footage import Footage

_TICKS = 90_000
ROWS, COLUMNS = 3, 8
"""24 blocks: 16 for the frame's number, 8 for the film's own."""
SIZE = (320, 180)


def picture(number: int, film: int = 0, size: tuple[int, int] = SIZE) -> np.ndarray[Any, Any]:
    """One frame as RGB: bit b of the numbers is block b, counted by rows; white is 1."""
    bits = number | film << 16
    grid = [[bits >> (row * COLUMNS + column) & 1 for column in range(COLUMNS)] for row in range(3)]
    width, height = size
    rows = np.arange(height) * ROWS // height
    columns = np.arange(width) * COLUMNS // width
    grey = (np.array(grid, np.uint8) * 255)[np.ix_(rows, columns)]
    return np.repeat(grey[:, :, None], 3, axis=2)


def draw(
    path: Path,
    frames: int,
    rate: Fraction | int = 30,
    *,
    film: int = 0,
    times: Sequence[Fraction] | None = None,
    size: tuple[int, int] = SIZE,
    gop: int = 13,
    sound: bool = False,
    shape: Fraction | None = None,
    turned: int = 0,
    pixels: str = "yuv420p",
) -> Path:
    """Draw a film with B-frames and groups of ``gop``; ``times`` are the frames', in seconds."""
    moments = times or [Fraction(index) / rate for index in range(frames)]
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=Fraction(rate))
        stream.width, stream.height = size
        stream.pix_fmt = pixels
        stream.time_base = stream.codec_context.time_base = Fraction(1, _TICKS)
        stream.options = {
            "g": str(gop),
            "bf": "3",
            "crf": "20",
            "preset": "ultrafast",
            "threads": "1",
        }
        if shape is not None:
            stream.codec_context.sample_aspect_ratio = shape
        if turned:
            stream.set_display_rotation(turned)
        beep = container.add_stream("aac", rate=48_000, layout="stereo") if sound else None
        for index, moment in enumerate(moments):
            frame = av.VideoFrame.from_ndarray(picture(index, film, size), format="rgb24")
            frame.time_base = Fraction(1, _TICKS)
            frame.pts = round(moment * _TICKS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
        if beep is not None:
            container.mux(beep.encode(_tone(float(moments[-1] + Fraction(1) / rate))))
            container.mux(beep.encode())
    return path


def _tone(seconds: float) -> av.AudioFrame:
    wave_form = 0.25 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * 48_000)) / 48_000)
    planes = np.stack([wave_form, wave_form]).astype(np.float32)
    frame = av.AudioFrame.from_ndarray(planes, format="fltp", layout="stereo")
    frame.sample_rate = 48_000
    frame.pts = 0
    frame.time_base = Fraction(1, 48_000)
    return frame


def tone_file(path: Path, seconds: float, *, level: float = 0.25, knocks: float = 0) -> Path:
    """A song of one note, with short knocks ten times a second: a stereo WAV of 44.1 kHz."""
    times = np.arange(round(seconds * 44_100)) / 44_100
    tone = level * np.sin(2 * np.pi * 440 * times)
    knocking = (times * 10 % 1 < 0.02) * knocks * np.sin(2 * np.pi * 1_000 * times)
    return _written(path, 44_100, tone + knocking)


def noise_file(path: Path, seconds: int) -> Path:
    """A song of short bursts of noise over a saw of 110 Hz, to whose peaks an encoder adds 1 dB or
    more: a stereo WAV of 48 kHz.
    """
    times = np.arange(seconds * 48_000) / 48_000
    noise = np.random.default_rng(1).normal(0, 0.6, len(times))
    saw = np.sum([np.sin(2 * np.pi * 110 * n * times) / n for n in range(1, 40)], axis=0)
    return _written(path, 48_000, (times * 2 % 1 < 0.01) * noise + 0.05 * saw)


def _written(path: Path, rate: int, sound: np.ndarray[Any, Any]) -> Path:
    samples = (32_767 * np.clip(sound, -1, 1)).astype("<i2")
    with wave.open(str(path), "wb") as written:
        written.setnchannels(2)
        written.setsampwidth(2)
        written.setframerate(rate)
        written.writeframes(np.repeat(samples, 2).tobytes())
    return path


def numbers(path: Path) -> list[int]:
    """The numbers of a film's frames, in the order they are seen in."""
    return [number for _, number in drawn_frames(path)]


def drawn_frames(path: Path) -> list[tuple[int, int]]:
    """The film and the number each frame was drawn with."""
    with av.open(str(path)) as container:
        return [_read(_luma(frame)) for frame in container.decode(video=0)]


def _luma(frame: av.VideoFrame) -> np.ndarray[Any, Any]:
    """The first plane, which needs no conversion: black and white are told apart in any range."""
    plane = frame.planes[0]
    assert frame.format.components[0].bits == 8, frame.format.name
    assert frame.format.is_planar, frame.format.name
    rows = np.frombuffer(cast(Any, plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: frame.height, : frame.width]


def greys(path: Path) -> list[np.ndarray[Any, Any]]:
    """Every frame of a film as 8-bit luma."""
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]


def _read(grey: np.ndarray[Any, Any]) -> tuple[int, int]:
    height, width = grey.shape
    rows = [(2 * row + 1) * height // (2 * ROWS) for row in range(ROWS)]
    columns = [(2 * column + 1) * width // (2 * COLUMNS) for column in range(COLUMNS)]
    lit = (grey[np.ix_(rows, columns)] > 128).ravel()
    bits = sum(1 << index for index, on in enumerate(lit) if on)
    return bits >> 16, bits & 0xFFFF


def sound_of(path: Path) -> np.ndarray[Any, Any]:
    """A film's left channel as floats at 48 kHz, from the film's first moment on."""
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=48_000)
        parts: list[np.ndarray[Any, Any]] = []
        for frame in container.decode(audio=0):
            parts += [part.to_ndarray()[0] for part in resampler.resample(frame)]
        parts += [part.to_ndarray()[0] for part in resampler.resample(None)]
    return np.concatenate(parts) if parts else np.zeros(0)


def path_of(footage: Footage) -> Path:
    """The one file that all of some footage is."""
    (shot,) = footage.shots
    (take,) = shot.takes
    assert (take.first, take.count) == (0, footage.frames)
    return take.path


def names_in(folder: Path) -> list[str]:
    """Return the names in a folder."""
    return sorted(entry.name for entry in folder.iterdir())
