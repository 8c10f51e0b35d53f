"""Measure the steps of 36 dances with filmed clips, as an independent tracker hears the clips.

    python -m benchmarks.steps [--clips FOLDER ...] [--songs 3] [--dances 12] [--seed 200000]

The clips of all folders are imported into one library. To each generated song, whose beats are
known, a dance is planned for each of 12 seeds, in turn for every difficulty and for none. The beats
of a clip are those of `reference_beats.json` in its folder, else those that librosa's tracker
hears. A step counts if it is within 50 ms of a beat of the song. The shares are printed with the
clips that the library names unsure and without them, and clip by clip.
"""

import argparse
import asyncio
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any, Final

import msgspec

from adapters.listening.librosa_analyzer import LibrosaAudioAnalyzer
from adapters.media.sound import Samples, mono
from application.ports.moves import MoveFilter
from application.ports.pagination import read_all
from benchmarks.beats import generated
from benchmarks.dances import NEAR, Heard, danceable, heard
from domain.blueprint.model import Difficulty
from domain.library.moves import UNSURE, Move
from domain.planning.metrics import step_errors
from domain.planning.planner import Wish, plan
from entrypoints import logs
from entrypoints.bootstrap import open_ports
from entrypoints.settings import Settings
from entrypoints.wiring.wire import wire

DATA: Final = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
GOAL: Final = 0.99
WISHES: Final = (None, *Difficulty)


async def imported(folders: Sequence[Path], data: Path) -> list[Move]:
    """The moves of all folders."""

    async def told(name: str, done: int, of: int) -> None:
        print(f"\rimported {done} of {of}", end="", file=sys.stderr)

    settings = Settings(data_dir=str(data), warm="off")
    async with open_ports(settings) as ports:
        for folder in folders:
            await wire(ports, settings).import_library(folder, told)
        moves = await read_all(lambda after, most: ports.moves.page(MoveFilter(), after, most))
    print(file=sys.stderr)
    return moves


async def independent(moves: Sequence[Move], folders: Sequence[Path]) -> dict[str, Move]:
    """The moves with the beats of somebody else."""

    async def decode(file: Path, rate: int) -> Samples:
        return mono(file, rate)

    librosa = LibrosaAudioAnalyzer(decode)
    found: dict[str, Move] = {}
    for folder in folders:
        file = folder / "reference_beats.json"
        said: Mapping[str, Any] = msgspec.json.decode(file.read_bytes()) if file.exists() else {}
        for clip in folder.rglob("*.mp4"):
            for move in moves:
                if move.id in found or not _is_of(move, clip, moves):
                    continue
                beats = tuple(said.get(clip.stem, {}).get("beats", ()))
                beats = beats or (await librosa.analyze(clip)).beats
                found[move.id] = msgspec.structs.replace(move, beats=beats)
    return found


def _is_of(move: Move, clip: Path, moves: Sequence[Move]) -> bool:
    """Two clips may have one name; then the folder, which is the label, tells them apart."""
    named = [each for each in moves if _plain(each.name) == _plain(clip.stem)]
    return move in named and (len(named) == 1 or move.label == clip.parent.name)


def _plain(name: str) -> str:
    return Path(name).stem.replace("_", " ").casefold()


def steps_of(
    songs: Sequence[Heard], moves: Sequence[Move], truth: Mapping[str, Move], dances: int
) -> dict[str, list[float]]:
    """Seconds from every step of a clip to the nearest beat of the song, by the id of its move."""
    found: dict[str, list[float]] = defaultdict(list)
    for song in songs:
        real = msgspec.structs.replace(song.analysis, beats=song.beats)
        for seed in range(dances):
            wish = Wish(difficulty=WISHES[seed % len(WISHES)], seed=seed)
            for each in plan(song.analysis, moves, wish).moves:
                if each.clip_id is not None and each.clip_id in truth:
                    found[each.clip_id] += step_errors([each], real, truth)
    return found


def share(steps: Mapping[str, Sequence[float]], ids: set[str]) -> float:
    """The share of the steps of some moves that are on a beat."""
    some = [step <= NEAR for move_id in steps if move_id in ids for step in steps[move_id]]
    return fmean(some) if some else 1.0


def main() -> int:
    """Measure; 1 where a clip that is beside the beat is not named unsure."""
    parser = argparse.ArgumentParser(prog="benchmarks.steps")
    parser.add_argument("--clips", type=Path, nargs="+")
    parser.add_argument("--songs", type=int, default=3)
    parser.add_argument("--dances", type=int, default=12)
    parser.add_argument("--seed", type=int, default=200_000)
    options = parser.parse_args()
    folders = options.clips or [DATA / "library", DATA / "library_more"]
    logs.configure("warning")
    with tempfile.TemporaryDirectory() as name:
        moves = asyncio.run(imported(folders, Path(name) / "data"))
        truth = asyncio.run(independent(moves, folders))
        songs = [heard(song, Path(name)) for song in generated(2 * options.songs, options.seed)]
    songs = danceable(songs, moves)[: options.songs]
    steps = steps_of(songs, moves, truth, options.dances)
    unsure = {move.id for move in moves if (move.confidence or 0) < UNSURE}
    print("| clip | confidence | steps | within 50 ms |\n|---|---:|---:|---:|")
    for move in sorted(moves, key=lambda each: share(steps, {each.id})):
        if move.id in steps:
            part = share(steps, {move.id})
            print(f"| {move.id} | {move.confidence} | {len(steps[move.id])} | {100 * part:.1f} % |")
    everyone, sure = set(steps), set(steps) - unsure
    print(f"\n{len(songs) * options.dances} dances, {sum(map(len, steps.values()))} steps")
    print(f"with all clips: {100 * share(steps, everyone):.2f} % within 50 ms")
    print(f"without the {len(unsure)} unsure: {100 * share(steps, sure):.2f} %")
    wrong = [each for each in sure if share(steps, {each}) < GOAL]
    print(f"beside the beat and not named unsure: {', '.join(sorted(wrong)) or 'none'}")
    return 1 if wrong and share(steps, everyone) < GOAL else 0


if __name__ == "__main__":
    sys.exit(main())
