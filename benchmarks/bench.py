"""The bench's command: what is measured, how often, and what is printed."""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import av
import msgspec

from adapters.ffmpeg.find import find_ffmpeg
from benchmarks import growth, machine, material, ours, remux, report, rivals, serving
from benchmarks.job import OFF_KEY, Job, blueprint
from benchmarks.measure import Cost, Way, Worker
from benchmarks.report import Measured

WAYS: Final[dict[str, tuple[str, Way]]] = {
    "three": (report.THREE_STEPS, rivals.three_steps),
    "graph": ("one filtergraph", rivals.filtergraph),
    "concat": ("concat -c copy", rivals.concat_copy),
    "pyav": ("PyAV remux", remux.remux),
    "copy": (report.COPY, rivals.file_copy),
    "cold": (report.COLD, ours.cold),
    "joiner": (report.JOINER, ours.joiner),
    "warm": (report.WARM, ours.warm),
    "request": (report.REQUEST, serving.request),
    "swapped": (report.SWAPPED, ours.one_swapped),
    "clip": (report.ONE_CLIP, ours.one_clip),
}
"""Every way, by the name that `--only` takes."""
SLOW: Final = ("three", "graph", "cold")
"""Those that take minutes."""
ENCODING: Final = (*SLOW, "swapped", "clip")
FILMS: Final = (30.0, 180.0, 600.0)
MOVES: Final = (20, 45, 200)


class Options(argparse.Namespace):
    """The requested measurements."""

    clips: Path | None
    clip_seconds: float
    film: float
    moves: int
    off_key: bool
    rounds: int
    slow_rounds: int
    only: list[str]
    matrix: bool
    soak: int
    library: list[int]
    json: Path | None
    folder: Path | None


class Studio:
    """The clips, the song and the data folder, for one film after another."""

    def __init__(self, options: Options, folder: Path) -> None:
        self._options = options
        self._folder = folder
        self._ffmpeg = find_ffmpeg().path
        self._sources = material.filmed(options.clips)
        self.filmed = len(self._sources) > 1
        if not self.filmed:
            self._sources = asyncio.run(material.drawn(folder))
        self._song = asyncio.run(material.recorded(folder))

    def job(self, film: float, moves: int) -> tuple[Job, Measured]:
        """A film of so many seconds and moves, all of it kept; and nothing measured yet."""
        trim = OFF_KEY if self._options.off_key else 0.0
        length = material.clip_seconds(film, moves, trim, self._options.clip_seconds)
        *danced, spare = material.of_length(self._ffmpeg, self._sources, length, self._folder)
        clips = {f"clips/{clip.name}": clip for clip in danced}
        job = Job(
            folder=self._folder,
            ffmpeg=self._ffmpeg,
            clips=clips,
            spare=spare,
            song=material.song_of_length(self._ffmpeg, self._song, film + 10, self._folder),
            blueprint=blueprint(list(clips), film, moves, trim),
            data=self._folder / "data",
        )
        nothing = Measured(
            film=film, moves=moves, clips=len(clips), clip_seconds=length, trim=trim, costs={}
        )
        return ours.ready(job), nothing


def measured(job: Job, names: Sequence[str], rounds: int, slow: int) -> dict[str, list[Cost]]:
    """Run every way in turn, ``rounds`` times, those that take minutes ``slow`` times."""
    costs: dict[str, list[Cost]] = {WAYS[name][0]: [] for name in names}
    with ExitStack() as stack:
        workers: dict[str, Worker] = {}
        for number in range(max(rounds, slow)):
            for name in names:
                if number >= (slow if name in SLOW else rounds):
                    continue
                if name not in workers:
                    workers[name] = stack.enter_context(Worker(*WAYS[name], job))
                    if name not in ENCODING:
                        # The first run of the quick ones finds files and code not yet in memory.
                        workers[name].run()
                cost = workers[name].run(seconds_of)
                tell(f"round {number + 1}: {workers[name].name}: {cost.wall:.3f} s")
                costs[workers[name].name].append(cost)
    return {name: found for name, found in costs.items() if found}


def seconds_of(film: Path) -> float:
    """Return the duration of a film's video."""
    with av.open(str(film)) as opened:
        picture = opened.streams.video[0]
        return float((picture.duration or 0) * (picture.time_base or 0))


def tell(line: str) -> None:
    """Say how it goes on, beside the results."""
    print(line, file=sys.stderr, flush=True)


def film_by_film(studio: Studio, options: Options) -> list[Measured]:
    """Measure the film that was asked for, or the matrix of them; print each when it is done."""
    found: list[Measured] = []
    sizes = [(film, moves) for film in FILMS for moves in MOVES]
    for film, moves in sizes if options.matrix else [(options.film, options.moves)]:
        job, nothing = studio.job(film, moves)
        chosen = options.only or [
            name for name in WAYS if not options.matrix or film == 180 or name not in SLOW
        ]
        costs = measured(job, chosen, options.rounds, options.slow_rounds)
        found.append(msgspec.structs.replace(nothing, costs=costs))
        lines = [f"### {report.heading(found[-1])}", "", *report.table(found[-1]), ""]
        print(*lines, *report.targets(found[-1]), "", sep="\n", flush=True)
    if options.matrix:
        print("### Growth", "", *report.growth(found), "", sep="\n")
    return found


def soaked(job: Job, films: int) -> None:
    """Print what a server has open after one film and another."""
    print("| films | file descriptors | threads | files | memory MB |")
    print("| ---: | ---: | ---: | ---: | ---: |")
    looks: list[growth.Look] = []
    for look in growth.soak(job, films):
        counts = f"{look.films} | {look.descriptors} | {look.threads} | {look.files}"
        print(f"| {counts} | {look.memory / 1e6:.1f} |", flush=True)
        looks.append(look)
    print("", *growth.verdict(looks), "", sep="\n")


def kept(job: Job, sizes: Sequence[int], rounds: int) -> None:
    """Print what films cost with more and more artifacts in the cache."""
    ways = dict(WAYS[name] for name in ("joiner", "warm", "request"))
    print(f"| files kept | {' | '.join(f'{name}, ms' for name in ways)} |")
    print(f"|{' ---: |' * (1 + len(ways))}")
    for size, walls in growth.library(job, sizes, rounds, ways).items():
        print(
            f"| {size} | {' | '.join(f'{1000 * walls[name]:.0f}' for name in ways)} |", flush=True
        )
    print()


def asked(arguments: Sequence[str] | None = None) -> Options:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="benchmarks.assembly")
    add = parser.add_argument
    add("--clips", type=Path, help="folder of MP4 clips; the last of sixteen is the spare")
    add("--clip-seconds", type=float, default=12, help="seconds every clip is brought to")
    add("--film", type=float, default=180, help="seconds")
    add("--moves", type=int, default=45)
    add("--off-key", action="store_true", help=f"moves begin {OFF_KEY} s into their clips")
    add("--rounds", type=int, default=5)
    add("--slow-rounds", type=int, default=1, help=f"rounds of {', '.join(SLOW)}")
    add("--only", type=_ways, default=[], help=f"of {','.join(WAYS)}")
    add("--matrix", action="store_true", help="30, 180 and 600 s of 20, 45 and 200 moves")
    add("--soak", type=int, default=0, metavar="FILMS", help="this many films in a row instead")
    add(
        "--library", type=_numbers, default=[], metavar="SIZES", help="instead, files kept: 20,2000"
    )
    add("--json", type=Path, help="file for every cost of every run")
    add("--folder", type=Path, help="folder to work in; its file system is what is measured")
    return parser.parse_args(arguments, namespace=Options())


def _ways(text: str) -> list[str]:
    names = text.split(",")
    if unknown := [name for name in names if name not in WAYS]:
        raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: no such way")
    return names


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",")]


def main() -> int:
    """Measure what was asked for."""
    options = asked()
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        print(*machine.about(folder), sep="\n", flush=True)
        studio = Studio(options, folder)
        print(f"- Clips: {'filmed' if studio.filmed else 'drawn by the demo studio'}", "", sep="\n")
        if not (options.soak or options.library):
            found = film_by_film(studio, options)
            if options.json:
                options.json.write_bytes(msgspec.json.encode(found))
            return 0
        job, _ = studio.job(options.film, options.moves)
        if options.soak:
            soaked(job, options.soak)
        if options.library:
            kept(job, options.library, options.rounds)
    return 0
