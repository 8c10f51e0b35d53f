"""The resources of programs are measured, whichever way they end."""

import asyncio
import sys
from pathlib import Path

import anyio
import pytest

from adapters.cage.cage import Cage, Limits, of_python
from adapters.cage.child import Child
from adapters.cage.ending import end
from adapters.cage.starting import start
from application.concurrency.resource_meter import ResourceMeter, current_meter, measured_by
from application.concurrency.threads import Threads

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform != "linux", reason="the memory of others is read from /proc"),
]

MEGABYTE = 1_000_000
COMPUTE = "import time\nwhile time.process_time() < {}: pass"
"""A program that uses some seconds of processor time."""
HOLD = "import sys\nheld = b'x' * {}\nprint('held', flush=True)\nsys.stdin.read()"
"""A program that holds some bytes until its input ends."""


def is_there(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def command(script: str) -> list[str]:
    argv = [sys.executable, "-I", "-S", "-c", script]
    return Cage("off").command(argv, limits=Limits(), reads=of_python())


async def test_processor_time_is_that_of_the_program() -> None:
    meter = ResourceMeter()
    with measured_by(meter):
        child = await start(command(COMPUTE.format(0.5)))
    try:
        assert await child.wait() == 0
    finally:
        await end(child)
    assert 0.5 <= child.used.cpu_seconds < 5
    assert meter.used.cpu_seconds == pytest.approx(child.used.cpu_seconds, abs=0.001)


async def test_memory_is_that_of_the_program_and_not_of_the_service() -> None:
    """The system counts the service's own memory as that of a program that it starts."""
    ours = b"x" * (300 * MEGABYTE)
    child = await start(command(COMPUTE.format(0.3)))
    try:
        await child.wait()
    finally:
        await end(child)
    assert len(ours) == 300 * MEGABYTE
    assert MEGABYTE < child.used.peak_memory_bytes < 60 * MEGABYTE


async def test_memory_beyond_that_of_the_service_is_exact() -> None:
    largest = 1_500 * MEGABYTE
    script = f"held = bytearray({largest})\nheld[::4096] = b'x' * len(held[::4096])"
    child = await start(command(script))
    try:
        assert await child.wait() == 0
    finally:
        await end(child)
    assert largest <= child.used.peak_memory_bytes < largest + 200 * MEGABYTE


async def test_the_peak_of_programs_that_run_together_is_their_sum() -> None:
    meter = ResourceMeter()
    with measured_by(meter):
        both = [await start(command(HOLD.format(100 * MEGABYTE)), stdin=True) for _ in range(2)]
    try:
        for each in both:
            assert each.stdout is not None
            assert await asyncio.wait_for(each.stdout.readline(), 60) == b"held\n"
        with anyio.fail_after(60):
            while meter.used.peak_memory_bytes < 200 * MEGABYTE:
                await anyio.lowlevel.checkpoint()
    finally:
        for each in both:
            await end(each)
    assert meter.used.peak_memory_bytes < 300 * MEGABYTE
    one = await start(command(COMPUTE.format(0.01)))
    await end(one)
    assert meter.used.peak_memory_bytes < 300 * MEGABYTE


async def test_a_killed_program_has_used_what_it_had_until_then() -> None:
    meter = ResourceMeter()
    script = f"{COMPUTE.format(0.3)}\nprint('on', flush=True)\nwhile True: pass"
    with measured_by(meter):
        child = await start(command(script))
    try:
        assert child.stdout is not None
        assert await asyncio.wait_for(child.stdout.readline(), 60) == b"on\n"
    finally:
        await end(child)
    assert child.returncode == -9
    assert meter.used.cpu_seconds >= 0.3
    assert meter.used.peak_memory_bytes > MEGABYTE


async def test_a_program_that_is_not_there_is_an_error_and_leaves_nothing() -> None:
    with pytest.raises(FileNotFoundError):
        await start(["/nowhere/program"])


async def test_a_cancelled_start_leaves_no_program(monkeypatch: pytest.MonkeyPatch) -> None:
    pids: list[int] = []

    async def never(child: Child) -> None:
        pids.append(child.pid)
        await asyncio.Event().wait()

    monkeypatch.setattr("adapters.cage.child.Child.connect", never)
    starting = asyncio.create_task(start(command("import time; time.sleep(600)")))
    with anyio.fail_after(30):
        while not pids:
            await anyio.lowlevel.checkpoint()
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert not is_there(pids[0])


async def test_threads_of_the_service_count_for_the_work_that_started_them() -> None:
    def compute() -> None:
        import time

        while time.thread_time() < 0.2:
            pass

    meter = ResourceMeter()
    threads = Threads("computing", 1)
    with measured_by(meter):
        await threads.run(compute)
    await threads.run(compute)
    assert 0.2 <= meter.used.cpu_seconds < 0.4
    assert current_meter() is None
