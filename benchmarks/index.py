"""Measure the search for similar moves: `python -m benchmarks.index [--large]`."""

import argparse
import asyncio
import gc
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import quantiles
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from adapters.index.faiss_index import ByFaiss
from adapters.index.numpy_index import NumpySearch
from adapters.index.protocols import SearchFactory
from adapters.index.vector_index import VectorIndex
from application.ports.move_index import Among, Entry
from domain.blueprint.model import Difficulty
from domain.library.embeddings import LENGTH, LENGTHS, WEIGHTS, Fused
from domain.library.moves import Energy, Style

SIZES: Final = (1_000, 100_000)
LARGE: Final = 1_000_000
"""Moves; 4 GB of numbers, and as much again while they are taken in."""
TOP: Final = 20
QUERIES: Final = {1_000: 1_000, 100_000: 200, LARGE: 60}
PARTS: Final = 16
"""Parts that are looked at where only some are."""
_LABELS: Final = 16
_BLOCK: Final = 4096

FILTERS: Final = {
    "all": Among(),
    "1 in 4": Among(style=Style.SENSUAL),
    "1 in 12": Among(style=Style.SENSUAL, energy_level=Energy.LOW),
    "1 in 576": Among(
        label="3", style=Style.SENSUAL, energy_level=Energy.LOW, difficulty=Difficulty.BEGINNER
    ),
}


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """The times of one way of searching, in milliseconds except for ``build`` and ``restore``."""

    way: str
    moves: int
    build: float
    """Seconds to take in all moves."""
    restore: float
    """Seconds from a stored index to the first answer."""
    searches: dict[str, tuple[float, float]]
    """Median and 99th percentile by filter."""
    stalled: float
    """Longest the event loop stood still while the index was swapped."""
    alike: float
    """Share of the answers that are those of NumPy."""


def rows(count: int, seed: int) -> Iterator[Fused]:
    """Random fused rows, the same ones for the same seed."""
    chance = np.random.default_rng(seed)
    for start in range(0, count, _BLOCK):
        size = min(_BLOCK, count - start)
        parts: list[NDArray[np.float64]] = []
        for part, length in LENGTHS.items():
            numbers = chance.standard_normal((size, length))
            norms = np.sqrt(np.square(numbers).sum(axis=1, keepdims=True))
            scale: NDArray[np.float64] = WEIGHTS[part] / norms
            parts.append(np.round(numbers * scale * 2**24) / 2**24)
        body = np.concatenate(parts, axis=1).astype("<f4").tobytes()
        yield from (Fused(body[at : at + 4 * LENGTH]) for at in range(0, len(body), 4 * LENGTH))


def entries(count: int) -> list[Entry]:
    """Moves of every kind, mixed."""
    return [
        Entry(
            move_id=f"{number:07}",
            label=str(number * 7919 % _LABELS),
            difficulty=list(Difficulty)[number // 12 % 3],
            energy_level=list(Energy)[number // 4 % 3],
            style=list(Style)[number % 4],
            vector=vector,
        )
        for number, vector in enumerate(rows(count, 1))
    ]


async def measured(
    way: str,
    search_factory: SearchFactory,
    moves: Sequence[Entry],
    known: dict[str, list[list[str]]],
) -> Timing:
    """Build, store, search and restore; ``known`` are the right answers, or is to hold them."""
    with tempfile.TemporaryDirectory(prefix="bachata-index-") as name:
        folder = Path(name)
        plain = VectorIndex(search_factory)
        stalls: list[float] = [0.0]
        watching = asyncio.create_task(_stalls(stalls))
        began = time.perf_counter()
        await plain.swap("v", moves)
        build = time.perf_counter() - began
        watching.cancel()
        await asyncio.wait([watching])
        queries = list(rows(QUERIES[len(moves)], 2))
        searches: dict[str, tuple[float, float]] = {}
        same = total = 0
        for filter_name, among in FILTERS.items():
            times, found = await _searched(plain, queries, among)
            right = known.setdefault(filter_name, found)
            same += sum(len(set(a) & set(b)) for a, b in zip(found, right, strict=True))
            total += sum(map(len, right))
            cuts = quantiles(times, n=100)
            searches[filter_name] = (cuts[49], cuts[98])
        stored = VectorIndex(search_factory, folder)
        await stored.swap("v", moves)
        del plain, stored
        gc.collect()
        began = time.perf_counter()
        again = VectorIndex(search_factory, folder)
        await again.restore("v")
        await again.nearest(queries[0], TOP, Among())
        restore = time.perf_counter() - began
    return Timing(
        way=way,
        moves=len(moves),
        build=build,
        restore=restore,
        searches=searches,
        stalled=max(stalls),
        alike=same / max(total, 1),
    )


async def _stalls(into: list[float]) -> None:
    """Until it is cancelled, note the milliseconds each turn of the event loop was late."""
    while True:
        began = time.perf_counter()
        await asyncio.sleep(0.001)
        into.append(1000 * (time.perf_counter() - began) - 1)


async def _searched(
    index: VectorIndex, queries: Sequence[Fused], among: Among
) -> tuple[list[float], list[list[str]]]:
    times: list[float] = []
    found: list[list[str]] = []
    for query in queries:
        began = time.perf_counter()
        answer = await index.nearest(query, TOP, among)
        times.append(1000 * (time.perf_counter() - began))
        found.append([near.move_id for near in answer.moves])
    return times, found


def ways(moves: int) -> dict[str, Callable[[], SearchFactory]]:
    """Each way of searching that makes sense for so many moves."""
    found: dict[str, Callable[[], SearchFactory]] = {"NumPy": lambda: NumpySearch, "FAISS": ByFaiss}
    if moves > SIZES[-1]:
        found[f"FAISS, {PARTS} parts"] = lambda: ByFaiss(nprobe=PARTS)
    return found


def report(timings: Sequence[Timing]) -> str:
    """A Markdown table."""
    head = [*(f"{name}: p50 / p99, ms" for name in FILTERS), "build, s", "cold start, s"]
    lines = [
        f"| moves | by | {' | '.join(head)} | loop held up, ms | right |",
        "|" + "---|" * (len(head) + 4),
    ]
    for each in timings:
        cells = [f"{p50:.2f} / {p99:.2f}" for p50, p99 in each.searches.values()]
        cells += [f"{each.build:.2f}", f"{each.restore:.2f}", f"{each.stalled:.1f}"]
        lines.append(f"| {each.moves:,} | {each.way} | {' | '.join(cells)} | {each.alike:.1%} |")
    return "\n".join(lines)


def main() -> None:
    """Measure every way at every size and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--large", action="store_true", help="a million moves too (12 GB of memory)"
    )
    sizes = (*SIZES, LARGE) if parser.parse_args().large else SIZES
    timings: list[Timing] = []
    for size in sizes:
        moves = entries(size)
        known: dict[str, list[list[str]]] = {}
        for way, made in ways(size).items():
            timings.append(asyncio.run(measured(way, made(), moves, known)))
            print(report(timings[-1:]).splitlines()[-1], flush=True)
    print(f"\nThe {TOP} likest, one search at a time; the files are in the page cache.\n")
    print(report(timings))


if __name__ == "__main__":
    main()
