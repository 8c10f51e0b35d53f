"""Fit what tells that a count begins anew: `adapters.listening.odd_bars`, its weights and `RARE`.

    python -m training.odd_bars SOUNDFONT FOLDER [--first 820000] [--songs 100]

Makes songs as `training.barlines` does, each twice: as it is, and with up to three beats left out
or played twice before one or two of its downbeats. One file a song that is not there yet, with all
that is known of it. Prints F of the downbeats by the network alone, with all bars in four, and as
shipped; then the weights fitted to all.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from adapters.listening.barlines import FEWEST, WEIGHTS, cues
from adapters.listening.downbeat_cues import BAR, DownbeatCues, downbeat_cues
from adapters.listening.features import features
from adapters.listening.network import load
from adapters.listening.odd_bars import CUE_WEIGHTS, CueWeights, recounted
from adapters.listening.spectral_features import SpectralFeatures
from adapters.listening.tracker import LEAST_CONFIDENCE, count
from training.excerpts import Excerpt
from training.songs import INVENTED
from training.splices import spliced
from training.whole import whole_songs

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]

_WITHIN: Final = 0.07
_FOUND: Final = 0.8
"""Share of a song's beats that have to be found for its count to tell anything."""
_AS_IT_IS: Final = 0.65
"""Weight of an unchanged song, and the smaller weight of one with odd bars, which are rarer."""
_SMALL: Final = 0.002
"""Penalty of a large weight, relative to log likelihood."""
UNKNOWN: Final = -1


class Counted(NamedTuple):
    """A song's beats as they were found, and what is true of them."""

    style: str
    odd: bool
    beats: Numbers
    """(n,) seconds."""
    places: Places
    """(n,) in bars of four, counted through."""
    downbeat_cues: Numbers
    """(5, n) as `DownbeatCues`."""
    shift: Places
    """(n,) the place at which, in truth, the first of the bar is; `UNKNOWN` for no true beat."""
    downbeats: Numbers
    """(m,) seconds of the true ones."""


def counted(song: Excerpt, *, odd: bool) -> Counted | None:
    """Count through a song; None where the count is no good."""
    heard = count(features(song.wave), load())
    if len(heard.beats) < FEWEST or heard.confidence < LEAST_CONFIDENCE or len(song.beats) < FEWEST:
        return None
    away = np.abs(heard.beats[:, np.newaxis] - song.beats)
    nearest, right = away.argmin(axis=1), away.min(axis=1) <= _WITHIN
    shift = np.where(right, (heard.places - song.places[nearest]) % BAR, UNKNOWN)
    seen = downbeat_cues(heard.places, heard.downbeat, SpectralFeatures(song.wave), heard.beats)
    downbeats = song.beats[song.places == 0]
    return Counted(song.style, odd, heard.beats, heard.places, np.stack(seen), shift, downbeats)


def is_good(song: Counted) -> bool:
    """Return True if enough of the beats are right for the places to be evidence."""
    return bool((song.shift != UNKNOWN).mean() >= _FOUND)


class Stack(NamedTuple):
    """Songs side by side, the shorter ones with beats at their end that tell nothing."""

    seen: Numbers
    """(songs, beats, 6), the last of them one at every beat."""
    first: Numbers
    """(songs, beats, 4) one at the shift that makes the beat the first of its bar, else zero."""
    true: Numbers
    """(songs, beats, 4) one at the shifts that may be true, else zero."""
    weight: Numbers
    """(songs,)"""


def stacked(songs: Sequence[Counted]) -> Stack:
    """Put songs side by side."""
    shape = (len(songs), max(len(song.beats) for song in songs))
    stack = Stack(
        np.zeros((*shape, len(CueWeights._fields))),
        np.zeros((*shape, BAR)),
        np.ones((*shape, BAR)),
        np.array([1 - _AS_IT_IS if song.odd else _AS_IT_IS for song in songs]),
    )
    for number, song in enumerate(songs):
        length = len(song.beats)
        stack.seen[number, :length, :-1] = song.downbeat_cues.T
        stack.seen[number, :length, -1] = 1
        stack.first[number, :length] = np.eye(BAR)[song.places]
        known = song.shift != UNKNOWN
        stack.true[number, :length][known] = np.eye(BAR)[song.shift[known]]
    return stack


class Passed(NamedTuple):
    """All counts of songs that are possible, weighed."""

    likelihood: Numbers
    """(songs,) logarithm of the sum of all."""
    shifts: Numbers
    """(songs, beats, 4) probability of each shift at each beat."""
    anew: float
    """Return the expected number of restarts of the count, by song and weighted."""


def passed(said: Numbers, allowed: Numbers, rare: float, weight: Numbers) -> Passed:
    """Sum over all counts, forward and backward: ``said``, ``allowed`` are (songs, beats, 4)."""
    likely = np.exp(said) * allowed
    scale = likely.max(axis=2)
    likely = likely / scale[..., np.newaxis]
    anew = np.exp(-rare)
    step = (np.full((BAR, BAR), anew) + (1 - anew) * np.eye(BAR)) / (1 + 3 * anew)
    ahead, behind = np.empty_like(likely), np.ones_like(likely)
    total = np.log(scale).sum(axis=1)
    state = np.full((len(likely), BAR), 1.0)
    for beat in range(likely.shape[1]):
        ahead[:, beat] = (state @ step if beat else state) * likely[:, beat]
        norm = ahead[:, beat].sum(axis=1)
        ahead[:, beat] /= norm[:, np.newaxis]
        total += np.log(norm)
        state = ahead[:, beat]
    changes = np.zeros(len(likely))
    for beat in range(likely.shape[1] - 1, 0, -1):
        come = likely[:, beat] * behind[:, beat]
        both = ahead[:, beat - 1, :, np.newaxis] * step * come[:, np.newaxis]
        stayed = np.trace(both, axis1=1, axis2=2) / both.sum(axis=(1, 2))
        changes += 1 - stayed
        behind[:, beat - 1] = come @ step.T
        behind[:, beat - 1] /= behind[:, beat - 1].sum(axis=1, keepdims=True)
    shifts = ahead * behind
    return Passed(total, shifts / shifts.sum(axis=2, keepdims=True), float(changes @ weight))


def fitted(songs: Sequence[Counted]) -> tuple[Numbers, float]:
    """The weights, (6,), and the rarity under which the true counts are likeliest."""
    stack = stacked([song for song in songs if is_good(song)])
    weight = stack.weight / stack.weight.sum()

    def loss(asked: Numbers) -> tuple[float, Numbers]:
        tells, rare = asked[:-1], float(asked[-1])
        said = (stack.seen @ tells)[..., np.newaxis] * stack.first
        free = passed(said, np.ones_like(stack.true), rare, weight)
        true = passed(said, stack.true, rare, weight)
        missed = ((free.shifts - true.shifts) * stack.first).sum(axis=2)
        slope = np.einsum("s,sb,sbt->t", weight, missed, stack.seen) + 2 * _SMALL * tells
        cost = float(weight @ (free.likelihood - true.likelihood)) + _SMALL * float(tells @ tells)
        return cost, np.append(slope, true.anew - free.anew)

    start = np.append(np.zeros(len(CueWeights._fields)), 4.0)
    found = minimize(loss, start, jac=True, method="L-BFGS-B")
    return np.asarray(found.x)[:-1], float(found.x[-1])


def in_fours(song: Counted) -> Places:
    """The places of a song's beats, all bars in four."""
    odds = np.array(WEIGHTS) @ cues(song.places, DownbeatCues(*song.downbeat_cues))
    return (song.places - int(odds.argmax())) % BAR


def as_shipped(song: Counted) -> Places:
    """The places of a song's beats as `barlines.turned` has them."""
    return in_fours(song._replace(places=recounted(song.places, DownbeatCues(*song.downbeat_cues))))


def score(song: Counted, places: Places) -> float:
    """F of the downbeats within 70 ms."""
    import mir_eval.beat  # pyright: ignore[reportMissingTypeStubs] - for training only

    judge = cast(Any, mir_eval.beat)
    found = judge.trim_beats(song.beats[places == 0])
    return float(judge.f_measure(judge.trim_beats(song.downbeats), found))


def _made(soundfont: Path, folder: Path, first: int, songs: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)

    def file(seed: int, odd: bool) -> Path:
        return folder / f"{seed}-{'odd' if odd else 'plain'}.npz"

    for seed, song in whole_songs(
        soundfont, first, songs, is_wanted=lambda seed: not file(seed, True).exists()
    ):
        other = spliced(song, np.random.default_rng(seed))
        for odd, each in ((False, song), (True, other)):
            found = counted(each, odd=odd)
            np.savez(file(seed, odd), **({} if found is None else found._asdict()))


def _read(folder: Path) -> list[Counted]:
    found: list[Counted] = []
    for file in sorted(folder.glob("*.npz")):
        with np.load(file) as stored:
            if "style" in stored:
                known = {name: stored[name] for name in Counted._fields}
                known.update(style=str(known["style"]), odd=bool(known["odd"]))
                found.append(Counted(**known))
    return found


def main() -> None:
    """Make the songs that are missing, and fit."""
    parser = argparse.ArgumentParser(prog="training.odd_bars")
    parser.add_argument("soundfont", type=Path, help="FluidR3_GM.sf2")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--first", type=int, default=820_000)
    parser.add_argument("--songs", type=int, default=100)
    options = parser.parse_args()
    _made(options.soundfont, options.folder, options.first, options.songs)
    songs = _read(options.folder)
    ways: dict[str, Callable[[Counted], Places]] = {
        "network alone": lambda song: song.places,
        "all in four": in_fours,
        "as shipped": as_shipped,
    }
    for name, way in ways.items():
        for strange in (False, True):
            for odd in (False, True):
                those = [s for s in songs if (s.style == INVENTED, s.odd) == (strange, odd)]
                mean = np.mean([score(song, way(song)) for song in those])
                kind = f"{'invented' if strange else 'usual'}, {'odd bars' if odd else 'as it is'}"
                print(f"{name:14} | {kind:18} | {mean:.3f} of {len(those)}")
    tells, rare = fitted(songs)
    print(CueWeights(*map(float, tells.round(2))), round(rare, 2), "shipped:", CUE_WEIGHTS)


if __name__ == "__main__":
    sys.exit(main())
