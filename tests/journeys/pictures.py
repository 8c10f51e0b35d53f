"""Looking at films frame by frame."""

from pathlib import Path
from typing import Any, cast

import av
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.float32]


def greys(film: Path, numbers: set[int]) -> dict[int, Grey]:
    """The wanted frames of a film by number, as grey pictures (90, 160)."""
    frames: dict[int, Grey] = {}
    with av.open(str(film), format="mov") as opened:
        for number, frame in enumerate(opened.decode(video=0)):
            if number in numbers:
                small = frame.reformat(width=160, height=90, format="gray").to_ndarray()
                frames[number] = small.astype(np.float32)
    return frames


def count(film: Path) -> int:
    """Return the number of frames of a film, counted by decoding every one."""
    with av.open(str(film), format="mov") as opened:
        return sum(1 for _ in opened.decode(video=0))


def streams(film: Path) -> list[tuple[str, int, int]]:
    """Codec, width and height of every stream; sound has no size."""
    with av.open(str(film), format="mov") as opened:
        return [
            (
                each.codec_context.name,
                int(getattr(each.codec_context, "width", 0) or 0),
                int(getattr(each.codec_context, "height", 0) or 0),
            )
            for each in cast(list[Any], list(opened.streams))
        ]


def differ(one: Grey, other: Grey) -> float:
    """Mean squared difference of two pictures."""
    return float(np.mean(np.square(one - other)))
