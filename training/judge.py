"""Judge weights on excerpts they were not trained on.

    python -m training.judge FOLDER WEIGHTS...

FOLDER is made by `training.excerpts ... --evenly`. For songs in four: F within 70 ms, F of the
downbeats, tempo within 4 % (mir_eval, the first five seconds left out), how late beats are, and
how sure; for waltzes and for what has no beat: how sure, which ought to be little.
"""
# pyright: basic, reportMissingImports=false

import argparse
import sys
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import numpy as np

from adapters.listening.features import FPS
from adapters.listening.network import Weights, load
from adapters.listening.tracker import LEAST_CONFIDENCE, count
from training.data import Known, read


class Judged(NamedTuple):
    """The analysis of an excerpt compared with the truth."""

    style: str
    bar: int
    f: float
    downbeat: float
    tempo: float
    late: float
    """Median of the seconds by which beats that are right come late."""
    confidence: float


def judged(known: Known, weights: Weights) -> Judged:
    """Hear an excerpt and compare."""
    from mir_eval.beat import f_measure, trim_beats

    heard = count(known.features.astype(np.float32), weights)
    truth = (known.beats + 0.25) / FPS
    if known.bar == 0 or len(heard.beats) < 2:
        return Judged(known.style, known.bar, 0, 0, 0, 0, heard.confidence)
    beats, found = trim_beats(truth), trim_beats(heard.beats)
    firsts, first = trim_beats(truth[known.places == 0]), trim_beats(heard.beats[heard.places == 0])
    tempo = np.median(np.diff(heard.beats)) / np.median(np.diff(truth))
    away = heard.beats[np.abs(heard.beats[:, np.newaxis] - truth).argmin(axis=0)] - truth
    right = away[np.abs(away) <= 0.07]
    late = float(np.median(right)) if len(right) else 0.0
    return Judged(
        known.style,
        known.bar,
        float(f_measure(beats, found)),
        float(f_measure(firsts, first)),
        float(abs(tempo - 1) <= 0.04),
        late,
        heard.confidence,
    )


def report(rows: list[Judged], by_style: bool) -> None:
    """Print what the rows come to."""
    groups: dict[str, list[Judged]] = defaultdict(list)
    for row in rows:
        groups[{4: "songs", 3: "waltzes", 0: "no beat"}[row.bar]].append(row)
        if by_style:
            groups[f"  {row.style}"].append(row)
    print("what         |   n |     F | downbeat | tempo |  late | confidence 0 5 50 95 100 %")
    for name, group in groups.items():
        f, downbeat, tempo, late = np.mean([row[2:6] for row in group], axis=0)
        sure = np.percentile([row.confidence for row in group], (0, 5, 50, 95, 100))
        numbers = " ".join(f"{each:.2f}" for each in sure)
        print(
            f"{name:12} | {len(group):3} | {f:.3f} |    {downbeat:.3f} | {tempo:.3f} "
            f"| {1000 * late:+.1f} | {numbers}"
        )
    believed = [row.confidence >= LEAST_CONFIDENCE for row in rows if row.bar == 4]
    fooled = [row.confidence >= LEAST_CONFIDENCE for row in rows if row.bar != 4]
    songs, others = f"{sum(believed)} of {len(believed)}", f"{sum(fooled)} of {len(fooled)}"
    print(f"believed: {songs} songs, {others} others")


def main() -> None:
    """Judge every file of weights on the same excerpts."""
    parser = argparse.ArgumentParser(prog="training.judge")
    parser.add_argument("folder", type=Path)
    parser.add_argument("weights", type=Path, nargs="+")
    parser.add_argument("--by-style", action="store_true")
    options = parser.parse_args()
    known = read(options.folder)
    for file in options.weights:
        print(f"\n{file}")
        weights = load(file)
        report([judged(each, weights) for each in known], options.by_style)


if __name__ == "__main__":
    sys.exit(main())
