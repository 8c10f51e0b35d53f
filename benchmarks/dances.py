"""Measure the quality of dances with analysed songs and analysed clips.

    python -m benchmarks.dances [--clips FOLDER] [--songs 10] [--seed 200000] [--plot FILE]

Bachatas that nobody has heard before are made with drift, swing and noise, and what the service
hears in them is danced to, in the first ten that there are moves for: with the demo's moves, and
with the clips of FOLDER, imported as `bachata-buddy library import` does. Steps are judged by what
is so and not by what was heard: the beats the songs were played to, and beats of the clips that
somebody else heard, where the folder has them in `reference_beats.json`. Cuts are judged by the
"1"s that were heard. Pieces of `../shared/data/beats`, where that is, are danced to with the clips
as well. Beside our planner three others dance, as in `benchmarks.choreography`. --plot draws the
first dance with the clips.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean, median
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
from scipy.io import wavfile

from adapters.demo.studio import CodeStudio
from adapters.listening.features import RATE
from adapters.listening.song_analyzer import analyze
from adapters.media.sound import mono
from application.ports.moves import MoveFilter
from application.ports.pagination import read_all
from benchmarks.beats import Truth, generated, real
from benchmarks.choreography import HEADINGS, PLANNERS, WISH, Planner, numbers
from domain.blueprint.model import BlueprintMove
from domain.library.moves import LEVEL, Move
from domain.library.songs import Analysis
from domain.planning.metrics import Quality, clip_beats, quality, step_errors
from domain.planning.planner import Wish, plan
from domain.planning.tempo_octaves import fits
from entrypoints import logs
from entrypoints.bootstrap import open_ports
from entrypoints.settings import Settings
from entrypoints.wiring.wire import wire

ROOT: Final = Path(__file__).resolve().parent.parent
NEAR: Final = 0.05
"""Seconds from a beat within which a step looks as if it were on it."""
LEAST_ON_THE_BEAT: Final = 0.97


class Heard(NamedTuple):
    """A song as it is heard, and when its beats are."""

    name: str
    analysis: Analysis
    beats: tuple[float, ...]


class Row(NamedTuple):
    """A dance, measured."""

    measured: Quality
    steps: Sequence[float]
    """Seconds from each step to the nearest beat, both as they are."""


def heard(truth: Truth, folder: Path) -> Heard:
    """Hear a song as the service does."""
    file = folder / "song.wav"
    wavfile.write(file, RATE, truth.samples)
    analysis = analyze(mono(file, RATE))
    return Heard(truth.name, analysis, tuple(float(beat) for beat in truth.beats))


async def imported(clips: Path, folder: Path) -> tuple[list[Move], dict[str, tuple[float, float]]]:
    """The moves of a folder of clips, and how much goes on at the start and end of each."""

    async def told(name: str, done: int, of: int) -> None:
        print(f"\rimported {done} of {of}", end="", file=sys.stderr)

    settings = Settings(data_dir=str(folder), warm="off")
    async with open_ports(settings) as ports:
        await wire(ports, settings).import_library(clips, told)
        moves = await read_all(lambda after, most: ports.moves.page(MoveFilter(), after, most))
        motion = dict(await ports.embeddings.motion())
    print(file=sys.stderr)
    return moves, motion


def as_others_hear(moves: Sequence[Move], clips: Path) -> dict[str, Move]:
    """The same moves, with the beats of `reference_beats.json` where the folder has it."""
    file = clips / "reference_beats.json"
    said: Mapping[str, Any] = msgspec.json.decode(file.read_bytes()) if file.exists() else {}
    found: dict[str, Move] = {}
    for move in moves:
        beats = tuple(said.get(Path(move.name).stem, said.get(move.id, {})).get("beats", ()))
        beats = beats or clip_beats(move)
        found[move.id] = msgspec.structs.replace(move, beats=beats)
    return found


def danced(
    planner: Planner, songs: Sequence[Heard], moves: Sequence[Move], truth: Mapping[str, Move]
) -> list[Row]:
    """A dance to every song."""
    rows: list[Row] = []
    for song in songs:
        dance = planner(song.analysis, moves, 0)
        real_song = msgspec.structs.replace(song.analysis, beats=song.beats)
        steps = within(dance, step_errors(dance, real_song, truth))
        rows.append(Row(quality(dance, song.analysis, moves, wish=WISH), steps))
    return rows


def within(dance: Sequence[BlueprintMove], errors: Sequence[float]) -> Sequence[float]:
    """All of them; a dance has steps."""
    if not errors:
        raise ValueError(f"A dance of {len(dance)} moves has no steps.")
    return errors


def line(name: str, rows: Sequence[Row]) -> str:
    """A row of a Markdown table; the steps are those that were danced to the true beats."""
    error = 1000 * fmean(median(row.steps) for row in rows)
    columns = numbers([row.measured for row in rows], error, share_of(rows))
    return f"| {' | '.join((name, *columns))} |"


def share_of(rows: Sequence[Row]) -> float:
    """The share of all steps that are on a beat."""
    return fmean(step <= NEAR for row in rows for step in row.steps)


def table(
    title: str, songs: Sequence[Heard], moves: Sequence[Move], truth: Mapping[str, Move]
) -> bool:
    """Print how every planner does; whether our steps are on the beat."""
    columns = HEADINGS[:-1]
    print(f"\n### {title}\n\n| | {' | '.join(columns)} |\n|---|{'---|' * len(columns)}")
    met = True
    for name, planner in PLANNERS.items():
        rows = danced(planner, songs, moves, truth)
        print(line(name, rows), flush=True)
        if planner is PLANNERS["**ours**"]:
            met = share_of(rows) >= LEAST_ON_THE_BEAT
            for song, row in zip(songs, rows, strict=True):
                share = fmean(step <= NEAR for step in row.steps)
                print(f"{song.name}: {100 * share:.1f} % within 50 ms", file=sys.stderr)
    return met


def draw(song: Heard, moves: Sequence[Move], into: Path) -> None:
    """One dance: the song's energy and its "1"s, the moves, and how each step falls."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    known = {move.id: move for move in moves}
    dance = plan(song.analysis, moves, Wish(difficulty=WISH)).moves
    figure: Any = Figure(figsize=(14, 6), layout="constrained")
    FigureCanvasAgg(figure)
    top, middle, low = figure.subplots(3, 1, sharex=True, height_ratios=(2, 2, 1.4))
    top.step(song.analysis.beats, song.analysis.beat_energy, color="#9aa5b1", lw=0.8)
    for section in song.analysis.sections:
        top.hlines(section.energy, section.start, section.end, color="#d9822b", lw=3)
        top.text(section.start + 0.4, 1.04, section.name, fontsize=8)
    top.set(ylim=(0, 1.15), ylabel="energy of\nthe song")
    for index, each in enumerate(dance):
        move = known[each.clip_id or ""]
        level, row = LEVEL[move.energy_level], index % 3
        colour = (0.2 + 0.75 * level, 0.45, 0.9 - 0.7 * level)
        middle.barh(row, each.duration, left=each.start_time, color=colour, edgecolor="white")
        words = f"{move.name.replace('_', ' ')}\n{each.playback_rate:.2f}x"
        middle.text(each.start_time + 0.3, row, words, fontsize=6, va="center", color="white")
    middle.set(yticks=[], ylabel="moves; blue calm,\nred energetic")
    for axis in (top, middle):
        for one in song.analysis.ones:
            axis.axvline(one, color="#c1272d", lw=0.5, alpha=0.5)
    at: list[float] = []
    for each in dance:
        until = each.trim_start + each.duration * each.playback_rate
        for beat in clip_beats(known[each.clip_id or ""]):
            if each.trim_start - 1e-4 <= beat < until - 1e-4:
                at.append(each.start_time + (beat - each.trim_start) / each.playback_rate)
    beats = np.array(song.beats)
    errors = [1000 * float(moment - beats[np.abs(beats - moment).argmin()]) for moment in at]
    low.axhspan(-1000 * NEAR, 1000 * NEAR, color="#e2f1de")
    low.scatter(at, errors, s=5, color="#333333")
    low.set(ylim=(-120, 120), ylabel="step after\nthe beat, ms", xlabel="seconds")
    low.set_xlim(0, song.analysis.duration)
    figure.suptitle(f"{len(dance)} moves to {song.analysis.tempo:.1f} BPM; red: every heard '1'")
    figure.savefig(into, dpi=90)


def main() -> int:
    """Measure all there is; 1 where the steps of ours are not on the beat."""
    parser = argparse.ArgumentParser(prog="benchmarks.dances")
    own = ROOT.parent / "shared" / "data"
    parser.add_argument("--clips", type=Path, default=own / "library")
    parser.add_argument("--songs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=200_000)
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    logs.configure("warning")
    demo = CodeStudio(1).moves()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        began = time.monotonic()
        songs = [heard(truth, folder) for truth in generated(2 * options.songs, options.seed)]
        print(f"heard {len(songs)} songs in {time.monotonic() - began:.0f} s", file=sys.stderr)
        near = danceable(songs, demo)[: options.songs]
        title = f"{len(demo)} demo moves, {len(near)} bachatas"
        results = [table(title, near, demo, {move.id: move for move in demo})]
        if options.clips.exists():
            moves, _ = asyncio.run(imported(options.clips, folder / "data"))
            truth = as_others_hear(moves, options.clips)
            near = danceable(songs, moves)[: options.songs]
            title = f"{len(moves)} filmed moves, {len(near)} bachatas"
            results.append(table(title, near, moves, truth))
            if options.plot:
                draw(near[0], moves, options.plot)
            if (own / "beats" / "truth.json").exists():
                pieces = [heard(each, folder) for each in real(own / "beats")]
                near = danceable(pieces, moves)
                title = f"{len(moves)} filmed moves, {len(near)} of {len(pieces)} real pieces"
                results.append(table(title, near, moves, truth))
    return 0 if all(results) else 1


def danceable(songs: Sequence[Heard], moves: Sequence[Move]) -> list[Heard]:
    """The songs that there are moves for, as they are heard."""
    return [
        song
        for song in songs
        if song.analysis.ones and any(fits(each, song.analysis.tempo) for each in moves)
    ]


if __name__ == "__main__":
    sys.exit(main())
