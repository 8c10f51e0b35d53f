"""Measure motion as the change between small grey frames."""

import os
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from adapters.media.look import prepare
from adapters.media.opened import opened, sniffed
from adapters.media.patience import Patience
from adapters.media.survey import moving_picture, survey
from domain.library.motion import Motion
from domain.shared.errors import TooLarge, UnreadableMedia

if TYPE_CHECKING:
    from av.video.stream import VideoStream

_RATE: Final = 15
"""Analysed frames per second."""
_SIZE: Final = (96, 54)
"""Size of the analysed frames in pixels: camera noise disappears, dancers do not."""
_MISSING: Final = 2
"""Number of frames that may be missing at the end, as after an interrupted recording."""


def measure_motion(file: int, seconds: float) -> Motion:
    """Measure the motion of a whole open clip; raises `UnreadableMedia` if it is truncated,
    `TooLarge`.
    """
    patience = Patience()
    container = sniffed(file)
    with opened(file, container) as source:
        tracks = survey(source, seconds, patience)
        index = moving_picture(source, tracks)
        if index is None:
            raise UnreadableMedia("The file has no video.")
        promised = tracks[index].packets
        if _ends_before(file, source.streams[index].index_entries):
            raise UnreadableMedia(
                "The film is truncated: its index refers to data after the end of the file."
            )
    changes: list[float] = []
    before: NDArray[np.int16] | None = None
    count = 0
    with opened(file, container) as source:
        from av.video.reformatter import VideoReformatter

        stream = cast("VideoStream", source.streams[index])
        prepare(stream)
        start = stream.start_time or 0
        smaller: Any = VideoReformatter()
        for frame in source.decode(stream):
            count += 1
            patience.picture(frame.width, frame.height)
            if frame.pts is None or frame.time_base is None:
                continue
            time = float((frame.pts - start) * frame.time_base)
            if time > seconds + 1:
                raise TooLarge(
                    f"The service analyses the motion of {seconds:g} s at most; this clip is "
                    "longer."
                )
            if time * _RATE < len(changes):
                continue
            small = smaller.reformat(frame, *_SIZE, "gray").to_ndarray()
            now = small.astype(np.int16)
            change = 0.0 if before is None else float(np.abs(now - before).mean())
            # A frame that lasts longer than usual counts as several frames without change.
            changes += [0.0] * (int(time * _RATE) - len(changes))
            changes.append(round(change, 4))
            before = now
    if count < promised - _MISSING:
        raise UnreadableMedia(
            f"The film is truncated: only {count} of {promised} frames can be decoded."
        )
    if not changes:
        raise UnreadableMedia("The file has no video.")
    return Motion(rate=_RATE, changes=tuple(changes[1:] or changes))


def _ends_before(file: int, entries: Any) -> bool:  # noqa: ANN401 - PyAV's list of entries
    """Return True if a file is shorter than its index, as after an interrupted download."""
    size = os.fstat(file).st_size
    return any(each.pos + each.size > size for each in entries or ())
