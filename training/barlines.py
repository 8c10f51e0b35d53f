"""Fit how much the things that tell where bars begin tell: `adapters.listening.barlines.WEIGHTS`.

    python -m training.barlines SOUNDFONT FOLDER [--first 700000] [--songs 160]

Makes as many songs of the styles in four by turns, and as many of invented styles, whole ones of 45
to 110 s, where they are not there yet: one file a song with its `cues` (4, 4), the place that is
`first` in truth, and its `style`. Songs whose beats are not found, or not all in one phase, tell
nothing and are left out. Prints how often the first beat of the bar is right by the network alone,
by the weights that are shipped, and by weights fitted to the other four fifths of the songs; then
the weights fitted to all.
"""

import argparse
import sys
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from adapters.listening.barlines import FEWEST, WEIGHTS, Cues, cues
from adapters.listening.downbeat_cues import BAR, downbeat_cues
from adapters.listening.features import features
from adapters.listening.network import load
from adapters.listening.spectral_features import SpectralFeatures
from adapters.listening.tracker import count
from training.excerpts import Excerpt
from training.songs import INVENTED
from training.whole import whole_songs

Numbers = NDArray[np.float64]

_WITHIN: Final = 0.07
_FOUND: Final = 0.8
"""Share of the beats that have to be found, and in one phase."""

_SMALL: Final = 0.003
"""Penalty of a large weight, relative to log likelihood."""

_FOLDS: Final = 5


class LabelledSong(NamedTuple):
    """The evidence for the bar lines of a song, and the true bar lines."""

    style: str
    cues: Numbers
    """(4 cues, 4 places)"""
    first: int


def labelled(song: Excerpt) -> LabelledSong | None:
    """Count through a song; None where the count is no good."""
    heard = count(features(song.wave), load())
    if len(heard.beats) < FEWEST or len(song.beats) < FEWEST:
        return None
    nearest = np.abs(heard.beats[:, np.newaxis] - song.beats).argmin(axis=1)
    right = np.abs(song.beats[nearest] - heard.beats) <= _WITHIN
    turn = (heard.places - song.places[nearest])[right] % BAR
    shares = np.bincount(turn, minlength=BAR) / len(heard.beats)
    if shares.max() < _FOUND or len(heard.beats) < _FOUND * len(song.beats):
        return None
    seen = downbeat_cues(heard.places, heard.downbeat, SpectralFeatures(song.wave), heard.beats)
    said = cues(heard.places, seen)
    return LabelledSong(song.style, said, int(shares.argmax()))


def fitted(songs: list[LabelledSong]) -> Numbers:
    """The weights under which the true firsts are likeliest: (4,), none below zero."""
    seen, first = _stacked(songs)
    scale = seen.std(axis=(0, 2))
    row = np.arange(len(songs))

    def loss(weights: Numbers) -> tuple[float, Numbers]:
        likely = _likely(weights / scale, seen)
        missed = likely.copy()
        missed[row, first] -= 1
        slope = np.einsum("np,ncp->c", missed, seen) / scale / len(songs)
        cost = -float(np.log(likely[row, first] + 1e-12).mean())
        return cost + _SMALL * float(weights @ weights), slope + 2 * _SMALL * weights

    found = minimize(loss, np.ones(len(scale)), jac=True, bounds=[(0, None)] * len(scale))
    return np.asarray(found.x) / scale


def right(weights: Numbers, songs: list[LabelledSong]) -> NDArray[np.bool_]:
    """For which songs the place that the weights take for the first is the first."""
    seen, first = _stacked(songs)
    return _likely(weights, seen).argmax(axis=1) == first


def _stacked(songs: list[LabelledSong]) -> tuple[Numbers, NDArray[np.int64]]:
    return np.stack([song.cues for song in songs]), np.array([song.first for song in songs])


def _likely(weights: Numbers, seen: Numbers) -> Numbers:
    """The probability of each place: (songs, 4)."""
    odds = np.einsum("c,ncp->np", weights, seen)
    raised = np.exp(odds - odds.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def _crossed(songs: list[LabelledSong]) -> NDArray[np.bool_]:
    """Return the result of `right` for weights fitted to the other four fifths of the songs."""
    found = np.zeros(len(songs), np.bool_)
    for fold in range(_FOLDS):
        others = [song for index, song in enumerate(songs) if index % _FOLDS != fold]
        found[fold::_FOLDS] = right(fitted(others), songs[fold::_FOLDS])
    return found


def _made(soundfont: Path, folder: Path, first: int, count: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)

    def file(seed: int) -> Path:
        return folder / f"{seed}.npz"

    for seed, song in whole_songs(
        soundfont, first, count, is_wanted=lambda seed: not file(seed).exists()
    ):
        found = labelled(song)
        style = np.str_(song.style)
        if found is None:
            np.savez(file(seed), style=style)
        else:
            np.savez(file(seed), style=style, cues=found.cues, first=np.int64(found.first))


def _read(folder: Path) -> list[LabelledSong]:
    found: list[LabelledSong] = []
    for file in sorted(folder.glob("*.npz"), key=lambda path: int(path.stem)):
        with np.load(file) as stored:
            if "cues" in stored:
                found.append(
                    LabelledSong(str(stored["style"]), stored["cues"], int(stored["first"]))
                )
    return found


def main() -> None:
    """Make the songs that are missing, and fit."""
    parser = argparse.ArgumentParser(prog="training.barlines")
    parser.add_argument("soundfont", type=Path, help="FluidR3_GM.sf2")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--first", type=int, default=700_000)
    parser.add_argument("--songs", type=int, default=160)
    options = parser.parse_args()
    _made(options.soundfont, options.folder, options.first, options.songs)
    songs = _read(options.folder)
    strange = np.array([song.style == INVENTED for song in songs])
    alone = np.array(Cues(network=1.0))
    for name, found in (
        ("network alone", right(alone, songs)),
        ("as shipped", right(np.array(WEIGHTS), songs)),
        ("fitted to others", _crossed(songs)),
    ):
        for kind, those in (("usual", found[~strange]), ("invented", found[strange])):
            print(f"{name:16} | {kind:8} | {those.sum()} of {len(those)}")
    print(Cues(*map(float, fitted(songs).round(2))))


if __name__ == "__main__":
    sys.exit(main())
