"""The same song in another form, which must not change its beats, bars and eight-counts."""

import io
from collections.abc import Callable
from fractions import Fraction
from typing import Any, Final, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from adapters.listening.features import RATE

Samples = NDArray[np.float32]

BITRATE: Final = 96_000
"""Bits per second of compressed songs."""
FADE: Final = 8.0
"""Seconds of a fade at the end."""
_CODECS: Final = {
    "MP3": ("mp3", "libmp3lame", 44_100),
    "AAC": ("adts", "aac", 44_100),
    "Opus": ("ogg", "libopus", 48_000),
}
"""Container, encoder and samples per second of each compressed form."""


class Altered(NamedTuple):
    """A song in another form, and how its times move."""

    samples: Samples
    scale: float = 1.0
    """Seconds of this song for each second of the original."""
    shift: float = 0.0
    """Seconds by which this song is later, after scaling."""
    until: float = np.inf
    """Seconds of the original up to which both are the same music."""


def _silence(before: float, after: float) -> Callable[[Samples], Altered]:
    def alter(samples: Samples) -> Altered:
        about = (round(before * RATE), round(after * RATE))
        return Altered(np.pad(samples, about), shift=about[0] / RATE)

    return alter


def _gain(decibels: float) -> Callable[[Samples], Altered]:
    return lambda samples: Altered(samples * np.float32(10 ** (decibels / 20)))


def _faded(samples: Samples) -> Altered:
    falling = np.clip((len(samples) / RATE - np.arange(len(samples)) / RATE) / FADE, 0, 1)
    # After three quarters of the fade the music is 12 dB quieter.
    until = len(samples) / RATE - FADE / 4
    return Altered((samples * falling).astype(np.float32), until=until)


def _resampled(rate: int) -> Callable[[Samples], Altered]:
    def alter(samples: Samples) -> Altered:
        stored = resample_poly(samples, rate, RATE)
        return Altered(resample_poly(stored, RATE, rate).astype(np.float32)[: len(samples)])

    return alter


def _paced(speed: float) -> Callable[[Samples], Altered]:
    """Return a change of speed that keeps the pitch."""
    return lambda samples: Altered(_filtered(samples, ("atempo", f"{speed}")), scale=1 / speed)


def _transposed(samples: Samples) -> Altered:
    """Raise the pitch by a semitone and keep the speed."""
    ratio = Fraction(2 ** (1 / 12)).limit_denominator(60)
    higher = resample_poly(samples, ratio.denominator, ratio.numerator).astype(np.float32)
    return Altered(_filtered(higher, ("atempo", f"{float(1 / ratio):.6f}")))


def _coded(name: str) -> Callable[[Samples], Altered]:
    return lambda samples: Altered(coded(samples, name))


ALTERATIONS: Final[dict[str, Callable[[Samples], Altered]]] = {
    "1.5 s of silence after": _silence(0, 1.5),
    "5 s of silence after": _silence(0, 5),
    "3.21 s of silence before": _silence(3.21, 0),
    "silence on both sides": _silence(0.777, 12),
    "12 dB softer": _gain(-12),
    "3 dB louder": _gain(3),
    "40 dB softer": _gain(-40),
    "a fade at the end": _faded,
    "MP3": _coded("MP3"),
    "AAC": _coded("AAC"),
    "Opus": _coded("Opus"),
    "16 kHz": _resampled(16_000),
    "48 kHz": _resampled(48_000),
    "a semitone higher": _transposed,
    "5 % faster": _paced(1.05),
    "5 % slower": _paced(0.95),
}
EXACT: Final = tuple(name for name in ALTERATIONS if "silence" in name or "dB" in name)
"""The alterations that leave the samples of the music as they are, except for their gain."""


def coded(samples: Samples, name: str) -> Samples:
    """Encode samples (n,) at 96 kbit/s as a form of `_CODECS`, and decode them again."""
    import av

    container, codec, rate = _CODECS[name]
    file = io.BytesIO()
    with cast(Any, av).open(file, "w", format=container) as target:
        stream = target.add_stream(codec, rate=rate, layout="mono")
        stream.bit_rate = BITRATE
        for frame in _frames(samples, stream.format.name, rate):
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    file.seek(0)
    with cast(Any, av).open(file) as source:
        decoded = [frame for frame in source.decode(audio=0)]
    resampler = cast(Any, av).AudioResampler(format="flt", layout="mono", rate=RATE)
    return _joined(resampler, decoded)[: len(samples)]


def _frames(samples: Samples, form: str, rate: int) -> list[Any]:
    import av

    resampler = cast(Any, av).AudioResampler(format=form, layout="mono", rate=rate, frame_size=1152)
    return [each for frame in (_frame(samples), None) for each in resampler.resample(frame)]


def _frame(samples: Samples) -> Any:  # noqa: ANN401
    import av

    frame = cast(Any, av).AudioFrame.from_ndarray(samples[np.newaxis], format="flt", layout="mono")
    frame.sample_rate = RATE
    return frame


def _filtered(samples: Samples, step: tuple[str, str]) -> Samples:
    """Return samples (n,) after a filter of FFmpeg's."""
    import av
    from av.error import BlockingIOError as Waiting
    from av.error import EOFError as Ended

    graph = cast(Any, av).filter.Graph()
    source = graph.add_abuffer(sample_rate=RATE, format="flt", layout="mono")
    graph.link_nodes(source, graph.add(*step), graph.add("abuffersink")).configure()
    source.push(_frame(samples))
    source.push(None)
    blocks: list[Samples] = []
    while True:
        try:
            blocks.append(graph.pull().to_ndarray()[0])
        except (Ended, Waiting):
            return np.concatenate(blocks)


def _joined(resampler: Any, frames: list[Any]) -> Samples:  # noqa: ANN401
    blocks = [each for frame in (*frames, None) for each in resampler.resample(frame)]
    return np.concatenate([block.to_ndarray()[0] for block in blocks]).astype(np.float32)
