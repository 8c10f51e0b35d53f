"""Whatever a file promises, it is answered soon, and the service has not grown."""

import asyncio
import os
import resource
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from adapters.media.caged import CagedMotionAnalyzer, CagedProbe
from domain.library.limits import CLIP, SONG
from domain.shared.errors import TooLarge, UnreadableMedia
from tests.cases.ffmpeg import drawn
from tests.cases.media.bombs import BOMBS
from tests.media import audio_analyzer, motion_analyzer, probe

pytestmark = pytest.mark.anyio

_GROWN = 50_000
"""Kilobytes that this process may grow by, at its largest."""


def largest() -> int:
    """Kilobytes of memory that this process has had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@pytest.fixture(autouse=True)
async def honest(tmp_path: Path) -> None:
    """Measure an ordinary clip first."""
    await probe().measure(drawn.draw(tmp_path / "honest.mp4", 10))


@pytest.mark.parametrize("name", BOMBS)
async def test_it_is_refused_and_nothing_has_grown(name: str, tmp_path: Path) -> None:
    file = tmp_path / "bomb"
    BOMBS[name](file)
    before = largest()
    for allowance in (CLIP, SONG):
        with pytest.raises((UnreadableMedia, TooLarge)) as refused:
            await probe().measure(file, allowance)
        assert str(tmp_path) not in f"{refused.value} {refused.value.details}"
    for use in (motion_analyzer().analyze, audio_analyzer().analyze):
        with pytest.raises((UnreadableMedia, TooLarge)):
            await use(file)
    assert largest() - before < _GROWN
    assert (await probe().measure(tmp_path / "honest.mp4", CLIP)).seconds > 0


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("an stts of 80 million samples", "3,000,000 entries in its index"),
        ("an stsz of 80 million samples of one size", "3,000,000 entries in its index"),
        ("a track with a number of four thousand million", "number of 2,147,483,647"),
        ("boxes within boxes", "16 nested boxes"),
        ("a hundred thousand boxes", "20,000 boxes"),
        ("an index of 500 MB", "67,108,864 bytes in its index"),
        ("60,000 pointers to one huge picture", "30,000,000,000 pixels in all its pictures"),
    ],
)
async def test_the_limit_is_named(name: str, limit: str, tmp_path: Path) -> None:
    file = tmp_path / "bomb"
    BOMBS[name](file)
    with pytest.raises(TooLarge, match=limit):
        await probe().measure(file, CLIP)


async def test_a_hundred_that_are_left_leave_nothing_behind(tmp_path: Path) -> None:
    clip = drawn.draw(tmp_path / "clip.mp4", 300)
    await probe().measure(clip)
    files, children = _files(), _children()

    async def left(adapter: CagedProbe | CagedMotionAnalyzer, number: int) -> None:
        work = adapter.measure(clip) if isinstance(adapter, CagedProbe) else adapter.analyze(clip)
        task = asyncio.ensure_future(work)
        for _ in range(number % 7):
            await asyncio.sleep(0)
        if number % 2:
            await asyncio.wait([task], timeout=0.02)
        task.cancel()
        await asyncio.wait([task])

    await asyncio.gather(*(left(probe() if n % 3 else motion_analyzer(), n) for n in range(100)))
    assert (await probe().measure(clip)).seconds > 0
    assert _files() == files
    # A process has closed its files and given back its memory a moment before it is no more.
    with anyio.fail_after(30):
        while _children() > children:
            await anyio.lowlevel.checkpoint()


def _files() -> int:
    """Files that this process has open."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def _children() -> int:
    """Processes of ours, and theirs."""
    ours = {os.getpid()}
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if stat[0] not in "ZX":
                parents[int(entry.name)] = int(stat[1])
    grown = True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in ours} - ours
        ours |= more
        grown = bool(more)
    return len(ours)


async def test_the_limit_of_packets_is_named(tmp_path: Path) -> None:
    file = tmp_path / "bomb"
    BOMBS["more than a million packets"](file)
    with pytest.raises(TooLarge, match="1,000,000 packets at most"):
        await motion_analyzer().analyze(file)
