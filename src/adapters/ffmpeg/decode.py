"""A song as samples."""

from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from adapters.ffmpeg.probe import look_now
from domain.errors import UnreadableMedia


def mono(song: Path, rate: int) -> NDArray[np.float32]:
    """Decode a file's first sound to mono samples (n,) at ``rate`` a second, -1 to 1.

    Raises `UnreadableMedia` for what has no sound or breaks off.
    """
    import av
    from av.error import FFmpegError

    seen = look_now(song)
    if seen.media.sound is None:
        raise UnreadableMedia("The file has no sound.")
    try:
        with av.open(str(song), format=seen.form, options={"protocol_whitelist": "file"}) as opened:
            resampler = cast(Any, av).AudioResampler(format="flt", layout="mono", rate=rate)
            blocks = [
                block.to_ndarray()[0]
                for frame in [*opened.decode(audio=0), None]
                for block in resampler.resample(frame)
            ]
    except FFmpegError as error:
        raise UnreadableMedia(details=error.strerror) from None
    if not blocks:
        raise UnreadableMedia("The file has no sound.")
    return np.concatenate(blocks).astype(np.float32, copy=False)
