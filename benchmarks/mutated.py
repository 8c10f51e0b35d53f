"""Measure answers, times and memory for mutated files of every container.

    python -m benchmarks.mutated [--files 10000]

Each file is looked into and, when that is well, watched or listened to, by the media worker as an
upload is. Status 1 when one takes over five seconds, ends in a fault of ours, or the process grows.
"""

import argparse
import asyncio
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Final

from adapters.listening.song_analyzer import NAME
from adapters.media.caged import CagedAudioAnalyzer, CagedMotionAnalyzer, CagedProbe
from adapters.media.worker import MediaWorker
from domain.library.limits import CLIP, SONG
from domain.shared.errors import TooLarge, UnacceptedMedia, UnreadableMedia
from tests.media_kinds.making import Folder
from tests.media_kinds.test_mutated import CLIPS, SONGS, mutated

PROMISED: Final = 5.0
"""Seconds within which a file is answered."""
GROWN: Final = 50_000
"""Kilobytes that this process may grow by."""
_AT_ONCE: Final = 2


async def answered(file: Path, clip: bool, worker: MediaWorker) -> str:
    """Return the outcome for a file; raises faults of the service."""
    try:
        await CagedProbe(worker).measure(file, CLIP if clip else SONG)
        if clip:
            await CagedMotionAnalyzer(worker).analyze(file)
        else:
            await CagedAudioAnalyzer(worker, NAME).analyze(file)
    except UnacceptedMedia:
        return "not taken"
    except UnreadableMedia as error:
        return "harmed" if "too long" in str(error) or "no answer" in str(error) else "unreadable"
    except TooLarge:
        return "too large"
    return "taken"


async def run(folder: Path, files: int) -> int:
    """Work through all files, print what was found, and return the status."""
    kinds = {**CLIPS, **SONGS}
    made = Folder(folder)
    honest = {name: made.once(name, make, "honest") for name, (make, _) in kinds.items()}
    outcomes, slowest, faults = Counter[str](), 0.0, 0
    with MediaWorker("entrypoints.media_worker", at_once=_AT_ONCE) as worker:
        for file in honest.values():
            await answered(file, file.name in CLIPS, worker)
        before = _largest()
        names = [name for number in range(files) for name in [list(kinds)[number % len(kinds)]]]
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(number: int, name: str) -> None:
            nonlocal slowest, faults
            async with gate:
                chance = random.Random(f"{name} {number}")  # noqa: S311 - the same every time
                file = folder / f"{number}"
                file.write_bytes(mutated(honest[name].read_bytes(), chance))
                began = time.perf_counter()
                try:
                    outcomes[await answered(file, name in CLIPS, worker)] += 1
                except Exception as error:
                    faults += 1
                    print(f"{name} {number}: {type(error).__name__} {error}")
                took = time.perf_counter() - began
                if took > slowest:
                    slowest = took
                    print(f"{name} {number}: {took:.2f} s")
                file.unlink()

        async with asyncio.TaskGroup() as group:
            for number, name in enumerate(names):
                group.create_task(one(number, name))
        grown = _largest() - before
    print(dict(outcomes), f"{faults} faults, slowest {slowest:.2f} s, grown {grown} kB")
    return int(bool(faults) or slowest > PROMISED or grown > GROWN)


def _largest() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(run(Path(folder), arguments.files))


if __name__ == "__main__":
    sys.exit(main())
