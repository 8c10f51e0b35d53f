"""Costs as Markdown tables, and the targets they are held against."""

from collections.abc import Generator, Mapping, Sequence
from statistics import median
from typing import Final

import msgspec

from benchmarks.measure import Cost

COPY, THREE_STEPS, JOINER = "file copy", "three steps", "ours: joiner"
WARM, REQUEST, COLD = "ours: warm", "ours: HTTP request", "ours: cold"
SWAPPED, ONE_CLIP = "ours: one swapped", "that clip encoded"

HEADINGS: Final = (
    *("way", "runs", "wall s", "best s", "CPU s", "process MB", "FFmpeg MB", "film s", "film MB"),
    *("of a copy", "of three steps"),
)


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """All runs of one film."""

    film: float
    """Seconds."""
    moves: int
    clips: int
    clip_seconds: float
    trim: float
    costs: dict[str, list[Cost]]
    """By way, in the order they were run in."""

    def wall(self, way: str) -> float | None:
        """Median seconds of a way, where it was run."""
        return median(cost.wall for cost in self.costs[way]) if way in self.costs else None


def heading(measured: Measured) -> str:
    """Return a description of the film and its clips."""
    return (
        f"{measured.film:g} s, {measured.moves} moves of {measured.clips} clips of "
        f"{measured.clip_seconds:g} s, from {measured.trim:g} s of each clip on"
    )


def table(measured: Measured) -> list[str]:
    """A row a way: medians of the times, the most of the memory; MB are 10^6 bytes."""
    rows = [f"| {' | '.join(HEADINGS)} |", f"| --- |{' ---: |' * (len(HEADINGS) - 1)}"]
    for way, costs in measured.costs.items():
        cells = (
            way,
            str(len(costs)),
            *(f"{each:.3f}" for each in _times(costs)),
            f"{max(cost.process for cost in costs) / 1e6:.0f}",
            f"{max(cost.below for cost in costs) / 1e6:.0f}",
            f"{costs[0].lasts:.2f}",
            f"{costs[0].size / 1e6:.1f}",
            _ratio(measured, way, COPY),
            _ratio(measured, way, THREE_STEPS),
        )
        rows.append(f"| {' | '.join(cells)} |")
    return rows


def _times(costs: Sequence[Cost]) -> tuple[float, float, float]:
    walls = [cost.wall for cost in costs]
    return median(walls), min(walls), median(cost.cpu for cost in costs)


def _ratio(measured: Measured, way: str, to: str) -> str:
    ours, theirs = measured.wall(way), measured.wall(to)
    if ours is None or theirs is None:
        return ""
    ratio = ours / theirs
    if ratio < 0.1:
        return f"1/{1 / ratio:.0f}"
    return f"{ratio:.2f}" if ratio < 100 else f"{ratio:.0f}"


def growth(all_measured: Sequence[Measured]) -> list[str]:
    """A row a film: what the ways that were run for every one of them cost, and a megabyte."""
    shared = [
        way
        for way in (COPY, JOINER, WARM, REQUEST)
        if all(way in measured.costs for measured in all_measured)
    ]
    cells = ["film s", "moves", "film MB", *(f"{way}, ms" for way in shared), "joiner, ms/MB"]
    rows = [f"| {' | '.join(cells)} |", f"|{' ---: |' * len(cells)}"]
    for measured in all_measured:
        size = next(iter(measured.costs.values()))[0].size / 1e6
        if shared:
            size = measured.costs[shared[-1]][0].size / 1e6
        times = [f"{1000 * (measured.wall(way) or 0):.0f}" for way in shared]
        each = measured.wall(JOINER)
        cells = [f"{measured.film:g}", str(measured.moves), f"{size:.1f}", *times]
        rows.append(f"| {' | '.join([*cells, f'{1000 * each / size:.2f}' if each else ''])} |")
    return rows


def targets(measured: Measured) -> Generator[str]:
    """The targets that these runs can tell of, as a Markdown list."""
    walls = {way: measured.wall(way) or 0.0 for way in measured.costs}
    if JOINER in walls and COPY in walls:
        yield _most("the joiner's time over a file copy's", walls[JOINER] / walls[COPY], 1.5)
    if JOINER in walls and THREE_STEPS in walls:
        yield _least("three steps' time over the joiner's", walls[THREE_STEPS] / walls[JOINER], 500)
    if REQUEST in walls:
        yield _most("seconds of a warm request", walls[REQUEST], 0.5)
        yield _most("peak MB of the server", _peak(measured.costs, REQUEST), 200)
    if COLD in walls and THREE_STEPS in walls:
        yield _least("three steps' time over cold's", walls[THREE_STEPS] / walls[COLD], 2)
    if SWAPPED in walls and ONE_CLIP in walls:
        more = walls[SWAPPED] - walls[ONE_CLIP]
        yield _most("seconds of one swapped, more than of that clip encoded", more, 0.2)


def _peak(costs: Mapping[str, Sequence[Cost]], way: str) -> float:
    return max(cost.process for cost in costs[way]) / 1e6


def _most(what: str, got: float, limit: float) -> str:
    return f"- {'met' if got <= limit else 'MISSED'}: {what}: {got:.3g}, at most {limit:g}"


def _least(what: str, got: float, limit: float) -> str:
    return f"- {'met' if got >= limit else 'MISSED'}: {what}: {got:.3g}, at least {limit:g}"
