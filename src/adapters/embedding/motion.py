"""Motion as the change between small grey pictures."""

import asyncio
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from domain.errors import UnreadableMedia
from domain.motion import Motion

_RATE: Final = 15
"""Pictures a second that are looked at."""
_SIZE: Final = (96, 54)
"""Pixels; noise of the camera is gone, dancers are not."""
_FORMATS: Final = {".mkv": "matroska", ".webm": "matroska"}
"""FFmpeg's readers by the end of a name; all others are of the family of MP4."""


class PictureWatcher:
    """Decodes a clip with PyAV and compares each picture with the one before."""

    async def watch(self, clip: Path) -> Motion:
        """See `application.ports.watcher.Watcher`."""
        return await asyncio.to_thread(_watched, clip)


def _watched(clip: Path) -> Motion:
    # PyAV takes a while to be imported.
    import av
    from av.error import FFmpegError

    form = _FORMATS.get(clip.suffix.lower(), "mov")
    changes: list[float] = []
    try:
        with av.open(str(clip), format=form, options={"protocol_whitelist": "file"}) as opened:
            if not opened.streams.video:
                raise UnreadableMedia("The file has no picture.")
            stream = opened.streams.video[0]
            stream.thread_type = "AUTO"
            before: NDArray[np.int16] | None = None
            for frame in opened.decode(stream):
                if frame.pts is None or frame.time * _RATE < len(changes):
                    continue
                small = cast(Any, frame).reformat(*_SIZE, "gray").to_ndarray()
                now = small.astype(np.int16)
                change = 0.0 if before is None else float(np.abs(now - before).mean())
                # A picture that stays longer than usual is looked at again: nothing has changed.
                changes += [0.0] * (int(frame.time * _RATE) - len(changes))
                changes.append(round(change, 4))
                before = now
    except (FFmpegError, ValueError, OSError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise UnreadableMedia("The clip cannot be watched.", details=str(reason)) from None
    if not changes:
        raise UnreadableMedia("The file has no picture.")
    return Motion(rate=_RATE, changes=tuple(changes[1:] or changes))
