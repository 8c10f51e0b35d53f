"""Whole songs, by which is learned where bars begin."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import numpy as np

from training.excerpts import Excerpt, excerpt
from training.songs import INVENTED
from training.sound import Orchestra
from training.styles import styles

SECONDS: Final = (45, 110)
INVENTED_FROM: Final = 100_000
"""Offset between the seeds of songs in invented styles and those of the others."""
_BAR: Final = 4


def whole_songs(
    soundfont: Path, first: int, count: int, is_wanted: Callable[[int], bool]
) -> Iterator[tuple[int, Excerpt]]:
    """Songs of 45 to 110 s and their seeds: of the styles in four by turns, and invented ones.

    There are ``count`` of either kind; those whose seeds are not wanted are not made.
    """
    names = [name for name, style in styles().items() if style.beats == _BAR]
    orchestra = Orchestra(soundfont)
    for index in range(count):
        seconds = float(np.random.default_rng(index).uniform(*SECONDS))
        for seed, style in (
            (first + index, names[index % len(names)]),
            (first + index + INVENTED_FROM, INVENTED),
        ):
            if is_wanted(seed):
                yield seed, excerpt(orchestra, seed, seconds, style)
