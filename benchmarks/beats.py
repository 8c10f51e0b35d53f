"""Measure beat detection on real pieces, the demo's songs and synthetic bachatas.

    python -m benchmarks.beats [FOLDER] [--songs 20] [--seed 100000]

FOLDER has a `truth.json` of pieces with their beats and downbeats; without one it is
`../shared/data/beats` beside the repository, where that is. The measures are those of mir_eval,
which has to be installed, with the first five seconds left out: F within 70 ms, CMLt and AMLt
(the share of beats in continuity, at the truth's metrical level and at any), and F of the
downbeats. A tempo is right within 4 %. CPU and memory are those of a song of three minutes, in a
process that has heard another one before.
"""

import argparse
import multiprocessing
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import mean
from typing import Any, Final, NamedTuple, cast

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from adapters.demo.music.render import render
from adapters.demo.music.score import score
from adapters.demo.music.songs import SONGS
from adapters.listening.features import RATE
from adapters.listening.tracker import track
from adapters.media.sound import mono
from training.bachata import bachata, conditions

Times = NDArray[np.float64]
Samples = NDArray[np.float32]

ROOT: Final = Path(__file__).resolve().parent.parent
TEMPO_WITHIN: Final = 0.04
ONE_IS_RIGHT: Final = 0.9
"""F of the downbeats from which a song counts as having its "1" right."""

GOALS: Final = {
    "real pieces": {"f": 0.88, "downbeat": 0.70, "tempo": 0.93},
    "demo songs": {"f": 0.98, "one": 1.0},
    "generated songs": {"f": 0.98, "one": 1.0},
}
MOST_CPU: Final = 3.0
MOST_MEGABYTES: Final = 400.0
HEADINGS: Final = ("", "F", "CMLt", "AMLt", "tempo", "downbeat F", "confidence")


class Piece(msgspec.Struct, frozen=True):
    """A piece of `truth.json`."""

    name: str
    file: str
    bpm: float
    beats: list[float]
    downbeats: list[float]


class Truth(NamedTuple):
    """A song and what is so."""

    name: str
    samples: Samples
    tempo: float
    beats: Times
    downbeats: Times


class Row(NamedTuple):
    """The quality of the analysis of a song."""

    name: str
    f: float
    cml: float
    aml: float
    tempo: float
    """1 within 4 %, else 0."""
    downbeat: float
    confidence: float

    @property
    def one(self) -> float:
        """1 where the "1" is right, else 0."""
        return float(self.downbeat >= ONE_IS_RIGHT)


def judged(truth: Truth) -> Row:
    """Hear a song and compare."""
    import mir_eval  # pyright: ignore[reportMissingImports] - a tool of this benchmark alone

    measure = cast(Any, mir_eval).beat
    heard = track(truth.samples)
    beats, found = measure.trim_beats(truth.beats), measure.trim_beats(heard.beats)
    first, firsts = measure.trim_beats(truth.downbeats), measure.trim_beats(heard.downbeats)
    _, cml, _, aml = measure.continuity(beats, found)
    near = heard.tempo is not None and abs(heard.tempo / truth.tempo - 1) <= TEMPO_WITHIN
    return Row(
        truth.name,
        float(measure.f_measure(beats, found)),
        float(cml),
        float(aml),
        float(near),
        float(measure.f_measure(first, firsts)),
        heard.confidence,
    )


def real(folder: Path) -> Iterator[Truth]:
    """The pieces of a folder with a `truth.json`."""
    pieces = msgspec.json.decode((folder / "truth.json").read_bytes(), type=list[Piece])
    for piece in pieces:
        beats, downbeats = np.array(piece.beats), np.array(piece.downbeats)
        yield Truth(piece.name, mono(folder / piece.file, RATE), piece.bpm, beats, downbeats)


def demo() -> Iterator[Truth]:
    """The three songs of the demo library, whose beats are written."""
    for song in SONGS:
        wave = resample_poly(render(song).mean(axis=1), 147, 320).astype(np.float32)
        written = score(song)
        beats, downbeats = np.array(written.beats), np.array(written.downbeats)
        yield Truth(song.slug, wave, song.tempo, beats, downbeats)


def generated(songs: int, seed: int) -> Iterator[Truth]:
    """Bachatas with drift, swing and noise, a seed each."""
    for each in range(seed, seed + songs):
        rng = np.random.default_rng(each)
        under = conditions(rng)
        played = bachata(rng, under)
        tempo = 60 / float(np.median(np.diff(played.beats)))
        name = f"{each}: drift {under.drift:.3f}, swing {under.swing:.2f}, {under.noise:.0f} dB"
        yield Truth(name, played.samples, tempo, played.beats, played.downbeats)


def table(title: str, songs: Iterable[Truth]) -> bool:
    """Print a Markdown table song by song, and its mean; whether the goals are met."""
    print(f"\n| {' | '.join((title, *HEADINGS[1:]))} |")
    print(f"|{' --- |' + ' ---: |' * (len(HEADINGS) - 1)}")
    rows: list[Row] = []
    for song in songs:
        rows.append(judged(song))
        print(line(rows[-1].name, rows[-1][1:]), flush=True)
    print(line("**mean**", [mean(column) for column in list(zip(*rows, strict=True))[1:]]))
    return all([met(title, name, rows, goal) for name, goal in GOALS[title].items()])


def line(name: str, numbers: Sequence[float]) -> str:
    """A row of a Markdown table."""
    return f"| {name} | {' | '.join(f'{number:.3f}' for number in numbers)} |"


def met(title: str, name: str, rows: Sequence[Row], goal: float) -> bool:
    """Return a line that says if a mean reaches its goal."""
    reached = mean(cast(float, getattr(row, name)) for row in rows)
    met = round(reached, 3) >= goal
    print(f"- {title}, {name}: {reached:.3f}, wanted {goal:.2f}: {'met' if met else 'MISSED'}")
    return met


def cost(song: Samples) -> tuple[float, float]:
    """CPU seconds and peak megabytes of hearing a song for the second time, in this process."""
    track(song[: 30 * RATE])
    before = time.process_time()
    track(song)
    return time.process_time() - before, _peak_megabytes()


def _peak_megabytes() -> float:
    """The most memory this process has held since it began, in megabytes (Linux)."""
    # getrusage would count what the parent held when this process was made.
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def cost_is_met() -> bool:
    """Measure three minutes in a process of its own and say so."""
    rng = np.random.default_rng(0)
    song = np.resize(bachata(rng, conditions(rng)).samples, 180 * RATE)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        cpu, peak = pool.submit(cost, song).result()
    print(f"\n- three minutes: {cpu:.2f} CPU s, wanted {MOST_CPU:.1f} at most")
    print(f"- peak memory: {peak:.0f} MB, wanted {MOST_MEGABYTES:.0f} at most")
    return cpu <= MOST_CPU and peak <= MOST_MEGABYTES


def main() -> int:
    """Measure all there is; 1 where a goal is missed."""
    parser = argparse.ArgumentParser(prog="benchmarks.beats")
    own = ROOT.parent / "shared" / "data" / "beats"
    parser.add_argument("folder", type=Path, nargs="?", default=own)
    parser.add_argument("--songs", type=int, default=20, help="bachatas to generate")
    parser.add_argument("--seed", type=int, default=100_000, help="that of the first one")
    options = parser.parse_args()
    results: list[bool] = []
    if (options.folder / "truth.json").is_file():
        results.append(table("real pieces", real(options.folder)))
    else:
        print(f"There is no truth.json in {options.folder}.")
    results.append(table("demo songs", demo()))
    results.append(table("generated songs", generated(options.songs, options.seed)))
    results.append(cost_is_met())
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
