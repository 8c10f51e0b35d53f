"""FFmpeg on a lead: it ends with us, within its limits, and says little."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anyio
import pytest

from adapters.cage.cage import Cage, Limits, of_python
from adapters.ffmpeg.encoder import FFmpegEncoder
from adapters.ffmpeg.ffmpeg_runner import FFmpegRunner
from adapters.ffmpeg.find import FFmpeg, find_ffmpeg
from adapters.ffmpeg.process import run as run_caged
from application.concurrency.work_priority import Places, low_priority
from domain.shared.errors import FFmpegFailed, FFmpegMissing
from tests.cases.ffmpeg.drawn import names_in
from tests.media import ffmpeg_encoder, probe

pytestmark = pytest.mark.anyio


async def run(argv: Sequence[str], **options: Any) -> list[str]:
    """Run a program, Python mostly, in a cage that it can start processes in."""
    return await run_caged(argv, cage=Cage(), reads=of_python(), forks=True, **options)


def endless() -> list[str]:
    """FFmpeg at work that never ends."""
    source = ("-f", "lavfi", "-i", "testsrc2=size=320x180")
    return [find_ffmpeg().path, "-v", "error", "-progress", "pipe:1", *source, "-f", "null", "-"]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_what_it_writes_is_told_line_by_line() -> None:
    lines: list[str] = []
    script = "print('one'); print('two', end='')"
    await run([sys.executable, "-c", script], on_line=lines.append)
    assert lines == ["one", "two"]


async def test_work_on_the_library_yields_the_processor_to_everything_else() -> None:
    lines: list[str] = []
    script = "import os; print(os.getpriority(os.PRIO_PROCESS, 0))"
    await run([sys.executable, "-c", script], on_line=lines.append)
    with low_priority():
        await run([sys.executable, "-c", script], on_line=lines.append)
    usual, low = map(int, lines)
    assert (usual, low) == (os.getpriority(os.PRIO_PROCESS, 0), 19)


async def test_a_film_never_waits_for_a_place_that_the_library_has() -> None:
    places = Places(1)
    with low_priority():
        await places.free.acquire()
        assert places.free.locked()
    assert not places.free.locked()
    await places.free.acquire()
    assert places.free.locked()


async def test_a_failure_brings_the_last_lines_without_folders() -> None:
    script = "import sys; [print(f'{n} /srv/media/{n}.mp4', file=sys.stderr) for n in range(99)]"
    with pytest.raises(FFmpegFailed) as failed:
        await run([sys.executable, "-c", f"{script}; sys.exit(3)"], tail=2)
    assert failed.value.details == "97 97.mp4\n98 98.mp4"


async def test_an_endless_line_is_cut_short() -> None:
    script = "import sys; sys.stderr.write('x' * 5_000_000)"
    (line,) = await run([sys.executable, "-c", script])
    assert len(line) < 10_000


async def test_cancelling_kills_it_and_its_children_before_it_returns() -> None:
    script = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(600)"
    )
    started: asyncio.Queue[str] = asyncio.Queue()
    task = asyncio.create_task(run([sys.executable, "-c", script], on_line=started.put_nowait))
    child = int(await started.get())
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    # An orphan is reaped by init, or, in a container without one, stays a zombie.
    with anyio.fail_after(10):
        while alive(child) and _state(child) != "Z":
            await anyio.lowlevel.checkpoint()


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return "Z"


async def test_a_listener_that_fails_ends_it() -> None:
    def refuse(line: str) -> None:
        raise ValueError(line)

    with pytest.raises(ValueError, match="frame="):
        await run(endless(), on_line=refuse)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
async def test_it_dies_with_us() -> None:
    script = (
        "import asyncio, os, signal\n"
        "from adapters.cage.cage import Cage, of_python\n"
        "from adapters.ffmpeg.process import run\n"
        "import sys\n"
        "inner = 'import os, time; print(os.getpid(), flush=True); time.sleep(600)'\n"
        "tell = lambda line: (print(line, flush=True), os.kill(os.getpid(), signal.SIGKILL))\n"
        "work = run([sys.executable, '-c', inner], on_line=tell, cage=Cage(), reads=of_python())\n"
        "asyncio.run(work)\n"
    )
    us = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await us.communicate()
    assert us.returncode == -signal.SIGKILL
    with anyio.fail_after(10):
        while _state(int(output)) not in "ZX":
            await anyio.lowlevel.checkpoint()


async def test_it_stops_at_its_limits(tmp_path: Path) -> None:
    with pytest.raises(FFmpegFailed):
        await run(endless(), limits=Limits(cpu_seconds=1))
    script = f"open({str(tmp_path / 'big')!r}, 'wb').write(bytes(2_000_000))"
    with pytest.raises(FFmpegFailed):
        await run(
            [sys.executable, "-c", script],
            writes=[str(tmp_path)],
            limits=Limits(file_bytes=1_000_000),
        )
    with pytest.raises(FFmpegFailed):
        await run([sys.executable, "-c", "bytes(10**9)"], limits=Limits(memory_bytes=5 * 10**8))


async def test_no_more_run_at_once_than_there_is_room_for(tmp_path: Path) -> None:
    script = (
        "import os, sys\n"
        "os.mkdir(f'{sys.argv[1]}/busy')\n"
        "[None for _ in range(200_000)]\n"
        "os.rmdir(f'{sys.argv[1]}/busy')\n"
    )
    runner = FFmpegRunner(probe().details, find_ffmpeg, at_once=1, cage=Cage("off"))
    async with asyncio.TaskGroup() as group:
        for _ in range(4):
            group.create_task(runner.run([sys.executable, "-c", script, str(tmp_path)]))
    assert names_in(tmp_path) == []


async def test_what_is_not_there_is_missing() -> None:
    encoder = FFmpegEncoder(probe().details, lambda: FFmpeg(path="/nowhere/ffmpeg"), at_once=1)
    with pytest.raises(FFmpegMissing, match="install"):
        await encoder.ready()


async def test_an_encoder_that_is_not_there_is_named() -> None:
    with pytest.raises(FFmpegFailed, match="libnothing"):
        await FFmpegRunner(probe().details, find_ffmpeg, at_once=1).require("libnothing")


async def test_it_says_its_version() -> None:
    assert (await ffmpeg_encoder().ready()).startswith("ffmpeg ")


def install(ffmpeg: Path, version: str, *more: str) -> None:
    """Put a program into the place of another, which writes its version and counts how often."""
    lines = [f"echo ffmpeg version {version} Copyright", *(f"echo {line}" for line in more)]
    script = "\n".join(["#!/bin/sh", f"echo x >> {ffmpeg.with_name('asked')}", *lines, ""])
    ffmpeg.with_suffix(".new").write_text(script)
    ffmpeg.with_suffix(".new").chmod(0o755)
    ffmpeg.with_suffix(".new").replace(ffmpeg)


def runner_of(ffmpeg: Path) -> FFmpegRunner:
    program = FFmpeg(path=str(ffmpeg))
    return FFmpegRunner(probe().details, lambda: program, at_once=1, cage=Cage("off"))


async def test_an_ffmpeg_that_is_exchanged_is_another_one_at_once(tmp_path: Path) -> None:
    ffmpeg = tmp_path / "ffmpeg"
    runner = runner_of(ffmpeg)
    builds: set[str] = set()
    for version, libraries in (("7.0.2", "61.3"), ("7.0.2", "61.4"), ("7.1", "61.4"), ("8", "62")):
        install(ffmpeg, version, f"libavcodec {libraries}", "V..... libx264 H.264")
        builds.add(await runner.build())
        assert await runner.generation() == f"ffmpeg {version[0]}"
        await runner.require("libx264")
    install(ffmpeg, "8.1")
    with pytest.raises(FFmpegFailed, match="libx264"):
        await runner.require("libx264")
    assert len(builds) == 4


async def test_ffmpeg_is_asked_for_its_version_once_for_as_long_as_it_is_the_same(
    tmp_path: Path,
) -> None:
    ffmpeg, log = tmp_path / "ffmpeg", tmp_path / "asked"
    runner = runner_of(ffmpeg)
    install(ffmpeg, "7.0.2")
    assert [await runner.version() for _ in range(3)] == ["ffmpeg 7.0.2"] * 3
    install(ffmpeg, "7.1")
    assert [await runner.version() for _ in range(3)] == ["ffmpeg 7.1"] * 3
    assert len(log.read_text().split()) == 2
    ffmpeg.unlink()
    with pytest.raises(FFmpegMissing):
        await runner.version()
