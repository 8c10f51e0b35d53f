"""Measure the transfer of one large file to an object storage and back.

    python -m benchmarks.storage [--megabytes 500]

A server is started from the installed package; with `STORAGE_BACKEND=s3` and the other settings in
the environment it is the bucket they name.
"""

import argparse
import asyncio
import hashlib
import os
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Coroutine, Sequence
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Final
from uuid import uuid4

import msgspec

from adapters.storage.bucket import Bucket, Profile
from adapters.storage.s3 import S3Storage, open_s3
from benchmarks import machine
from entrypoints.environment import from_environment
from tests.contracts import s3

MOST_MEMORY: Final = 64.0
"""Megabytes above idle that a transfer may take."""
LONGEST_PAUSE: Final = 100.0
"""Milliseconds that the event loop may be held up."""
_TICK: Final = 0.002


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """The cost of a transfer."""

    way: str
    seconds: float
    memory: float
    """Megabytes at the peak, above what the process had before."""
    pause: float
    """Milliseconds by which the event loop was late at worst."""


async def measured(way: str, transfer: Coroutine[None, None, None]) -> Cost:
    """Run a transfer, and look at the memory of the process and at its event loop meanwhile."""
    before = _forget_peak()
    async with _watched() as late:
        began = time.perf_counter()
        await transfer
        seconds = time.perf_counter() - began
    return Cost(way=way, seconds=seconds, memory=_peak() - before, pause=1000 * max(late))


@asynccontextmanager
async def _watched() -> AsyncGenerator[list[float]]:
    """Collect how late the event loop is, in seconds."""
    late = [0.0]

    async def watch() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(_TICK)
            late.append(time.perf_counter() - began - _TICK)

    watching = asyncio.create_task(watch())
    try:
        yield late
    finally:
        watching.cancel()


def _forget_peak() -> float:
    """Have the kernel count the peak anew; return the megabytes there are now."""
    Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


def _peak() -> float:
    return _status("VmHWM")


def _status(name: str) -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1000
    raise RuntimeError(f"The kernel does not tell {name}.")


async def compared(bucket: Bucket, folder: Path, megabytes: int) -> list[Cost]:
    """Put, fetch and read a file of random bytes; raises RuntimeError when one differs."""
    source, back = folder / "source", folder / "back"
    digest = _made(source, megabytes)
    async with open_s3(bucket) as storage:
        path = f"benchmark/{uuid4().hex}"
        await _warmed(storage, folder, f"{path}-small")
        try:
            costs = [await measured("put", storage.put(source, path))]
            costs.append(await measured("fetch", storage.fetch(path, back)))
            if _digest(back) != digest:
                raise RuntimeError("What was fetched is not what was put.")
            costs.append(await measured("read", _read(storage, path, digest)))
        finally:
            await storage.delete(path)
    return costs


async def _warmed(storage: S3Storage, folder: Path, path: str) -> None:
    """Have everything in memory that any transfer needs."""
    small = folder / "small"
    small.write_bytes(bytes(1000))
    await storage.put(small, path)
    await storage.fetch(path, folder / "small-back")
    await storage.delete(path)


async def _read(storage: S3Storage, path: str, digest: str) -> None:
    made = hashlib.sha256()
    async for chunk in storage.read(path, 0, (await storage.describe(path)).size):
        made.update(chunk)
    if made.hexdigest() != digest:
        raise RuntimeError("What was read is not what was put.")


def _made(file: Path, megabytes: int) -> str:
    made = hashlib.sha256()
    with file.open("wb") as target:
        for _ in range(megabytes):
            block = os.urandom(1_000_000)
            made.update(block)
            target.write(block)
    return made.hexdigest()


def _digest(file: Path) -> str:
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def table(costs: Sequence[Cost], megabytes: int) -> list[str]:
    """A Markdown table, and whether everything is within its limit."""
    rows = [
        f"| {each.way} | {each.seconds:.2f} | {megabytes / each.seconds:.0f} "
        f"| {each.memory:.1f} | {each.pause:.1f} |"
        for each in costs
    ]
    within = all(each.memory < MOST_MEMORY and each.pause < LONGEST_PAUSE for each in costs)
    return [
        "| way | s | MB/s | MB above idle at the peak | event loop late at worst, ms |",
        "| --- | ---: | ---: | ---: | ---: |",
        *rows,
        "",
        "Checksums are equal. "
        f"Less than {MOST_MEMORY:.0f} MB and {LONGEST_PAUSE:.0f} ms: {'yes' if within else 'no'}.",
    ]


def main() -> int:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser(prog="benchmarks.storage")
    parser.add_argument("--megabytes", type=int, default=500)
    megabytes: int = parser.parse_args().megabytes
    settings = from_environment()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        print(*machine.about(folder), "", sep="\n", flush=True)
        if settings.storage_backend == "s3":
            bucket = Bucket(
                name=settings.s3_bucket,
                endpoint=settings.s3_endpoint_url,
                region=settings.s3_region,
                folder=settings.s3_prefix.strip("/"),
                profile=Profile(settings.s3_profile),
                access_key=settings.s3_access_key,
                secret_key=settings.s3_secret_key,
            )
        else:
            bucket = stack.enter_context(s3.server()).make("benchmark")
        print(*table(asyncio.run(compared(bucket, folder, megabytes)), megabytes), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
