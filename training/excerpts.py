"""Make excerpts to train on, their features and when their beats are.

    python -m training.excerpts SOUNDFONT FOLDER --seeds FIRST AFTER [--seconds 36]
        [--evenly | --style STYLE]

One file a seed: `features` (frames, 34) as float16, `beats` (n,) in seconds, `places` (n,) with 0
for a downbeat, `bar` (beats a bar, 0 where there is no beat) and `style`. The same seed gives the
same excerpt. With `--evenly` the styles take turns, to judge by; else they are drawn by weight and
one excerpt in sixteen has no beat at all. The style `invented` is another one every time.
"""

import argparse
import sys
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from adapters.listening.features import RATE, features
from training.effects import through
from training.foils import FOILS
from training.songs import INVENTED, write
from training.sound import Orchestra
from training.styles import styles

FOIL_SHARE: Final = 1 / 16


class Excerpt(NamedTuple):
    """A piece of sound and what is true of it."""

    style: str
    wave: NDArray[np.float32]
    beats: NDArray[np.float64]
    places: NDArray[np.int64]
    bar: int


def excerpt(orchestra: Orchestra, seed: int, seconds: float, style: str | None = None) -> Excerpt:
    """The excerpt of a seed; a style may be any song's or any foil's."""
    rng = np.random.default_rng(seed)
    if style is None and rng.random() < FOIL_SHARE:
        style = str(rng.choice(list(FOILS)))
    if style in FOILS:
        wave = through(FOILS[style](int(seconds * RATE), rng).astype(np.float32), rng)
        return Excerpt(style, wave, np.zeros(0), np.zeros(0, np.int64), 0)
    song = write(rng, seconds, style)
    wave = through(orchestra.play(song.sheet, seconds, rng), rng)
    bar = 4 if song.style == INVENTED else styles()[song.style].beats
    places = np.arange(len(song.beats)) % bar
    kept = song.beats >= 0
    return Excerpt(song.style, wave, song.beats[kept], places[kept], bar)


def kept(made: Excerpt, file: Path) -> None:
    """Write an excerpt's features and beats down."""
    seen = features(made.wave).astype(np.float16)
    np.savez(
        file,
        features=seen,
        beats=made.beats,
        places=made.places,
        bar=np.int64(made.bar),
        style=np.str_(made.style),
    )


def main() -> None:
    """Make the excerpts of a range of seeds that are not there yet."""
    assert __doc__ is not None  # noqa: S101 - it is written above
    parser = argparse.ArgumentParser(prog="training.excerpts", description=__doc__.split("\n")[0])
    parser.add_argument("soundfont", type=Path, help="FluidR3_GM.sf2")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seeds", type=int, nargs=2, required=True, metavar=("FIRST", "AFTER"))
    parser.add_argument("--seconds", type=float, default=36)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--evenly", action="store_true", help="styles by turns")
    which.add_argument("--style", help="a style, a foil or 'invented'")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    orchestra = Orchestra(options.soundfont)
    names = [*styles(), *FOILS]
    for seed in range(*options.seeds):
        file = options.folder / f"{seed}.npz"
        if not file.exists():
            style = names[seed % len(names)] if options.evenly else options.style
            kept(excerpt(orchestra, seed, options.seconds, style), file)


if __name__ == "__main__":
    sys.exit(main())
