"""Decode audio block by block."""

import os
from collections.abc import Generator, Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from adapters.media import limits
from adapters.media.codecs import FORGIVING
from adapters.media.opened import opened, sniffed
from adapters.media.patience import Patience
from adapters.media.survey import nothing_there, sound_track, survey
from domain.shared.errors import TooLarge, UnreadableMedia

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer

Samples = NDArray[np.float32]

_FORGIVEN: Final = 0.1
"""Maximum share of invalid packets."""
_AUDIBLE: Final = 1e-4
"""Threshold of silence: -80 dB."""


def frames(
    source: "InputContainer", stream: "AudioStream", form: str, patience: Patience
) -> Iterator["AudioFrame"]:
    """Decode a track; raises `UnreadableMedia` if it is truncated, `TooLarge` beyond the limits."""
    from av.error import InvalidDataError

    good = bad = 0
    for packet in source.demux(stream):
        try:
            decoded = packet.decode()
        except InvalidDataError:
            bad += 1
            if form not in FORGIVING:
                raise
            continue
        for frame in decoded:
            good += 1
            patience.sound(frame.samples, len(frame.layout.channels))
            yield frame
    if bad > _FORGIVEN * (good + bad):
        raise UnreadableMedia(f"{bad} of {good + bad} packets of its sound are damaged.")


def is_silent(file: int, index: int, patience: Patience) -> bool:
    """Return True if a track of an open file is silent; decodes up to the first audible sample."""
    container = sniffed(file)
    with opened(file, container) as source:
        stream = cast("AudioStream", source.streams[index])
        for block in _mono(frames(source, stream, container.form, patience), stream.rate or 8_000):
            if float(np.abs(block).max(initial=0)) > _AUDIBLE:
                return False
    return True


def length(file: int, index: int, seconds: float, patience: Patience) -> Fraction:
    """Return the seconds of audio in a track by decoding it; stops soon after ``seconds``."""
    container = sniffed(file)
    whole = Fraction(0)
    with opened(file, container) as source:
        stream = cast("AudioStream", source.streams[index])
        for frame in frames(source, stream, container.form, patience):
            whole += Fraction(frame.samples, frame.sample_rate)
            if whole > seconds + 1:
                break
    return whole


def samples(
    file: int, rate: int, seconds: float, patience: Patience | None = None
) -> Generator[Samples]:
    """Decode an open file's audio to mono blocks at ``rate`` per second, -1 to 1.

    Raises `UnreadableMedia` if there is no audio or the file is truncated, `TooLarge` if it lasts
    longer than ``seconds``.
    """
    patience = patience or Patience()
    container = sniffed(file)
    with opened(file, container) as source:
        tracks = survey(source, seconds, patience)
        index = sound_track(source, tracks, lambda index: is_silent(file, index, patience))
        if index is None:
            raise UnreadableMedia("The file has no sound.") if tracks else nothing_there(source)
    count = 0
    with opened(file, container) as source:
        stream = cast("AudioStream", source.streams[index])
        for block in _mono(frames(source, stream, container.form, patience), rate):
            count += len(block)
            if count > (seconds + 1) * rate:
                raise TooLarge(f"At most {seconds:g} s of sound are decoded; this file has more.")
            yield block
    if not count:
        raise UnreadableMedia("The file has no sound.")


def mono(song: Path, rate: int) -> Samples:
    """Return all audio of a local file, mono samples (n,) at ``rate`` per second; raises as
    `samples`.

    It decodes in the current process, so use it only for trusted files, in training and benchmarks.
    """
    file = os.open(song, os.O_RDONLY)
    try:
        return np.concatenate(list(samples(file, rate, limits.SECONDS, Patience(ends=False))))
    finally:
        os.close(file)


def _mono(blocks: Iterator["AudioFrame"], rate: int) -> Iterator[Samples]:
    import av

    resampler: Any = None
    kind: tuple[str, str, int] | None = None
    for frame in blocks:
        now = (frame.format.name, frame.layout.name, frame.sample_rate)
        if now != kind:
            # Each of several chained streams may have its own rate.
            if resampler is not None:
                yield from _resampled(resampler, None)
            resampler, kind = (
                cast(Any, av).AudioResampler(format="flt", layout="mono", rate=rate),
                now,
            )
        frame.pts = None
        yield from _resampled(resampler, frame)
    if resampler is not None:
        yield from _resampled(resampler, None)


def _resampled(resampler: Any, frame: "AudioFrame | None") -> Iterator[Samples]:  # noqa: ANN401
    for block in resampler.resample(frame):
        yield block.to_ndarray()[0].astype(np.float32, copy=False)
