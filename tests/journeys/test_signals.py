"""Every signal ends the process, whatever hangs, and with it all it has started."""

import asyncio
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from entrypoints.bootstrap import open_ports
from entrypoints.settings import Settings
from entrypoints.wiring.wire import wire
from tests.journeys import footage
from tests.journeys.server import COMMAND, environment_of, until, working
from tests.world.hanging_server import FORCED, HANGS
from tests.world.loopback import NO_TLS

pytestmark = pytest.mark.anyio

LONG = bool(os.environ.get("BACHATA_TEST_LONG"))
STOP_SECONDS = 3.0
NEVER = 60.0
"""Seconds after which a process that should have ended never will."""
STARTED = 120.0


def gone(pid: int) -> bool:
    """Return True if a process has ended, even if nobody has collected its status."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return True
    return stat.rpartition(")")[2].split()[0] == "Z"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("where", HANGS if LONG else ("request", "thread", "loop", "opening"))
async def test_a_server_ends_whatever_hangs(
    where: str, number: signal.Signals, tmp_path: Path
) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
    log = tmp_path / "log"
    with log.open("wb") as stderr:
        process = subprocess.Popen(  # noqa: ASYNC220
            [sys.executable, "-m", "tests.world.hanging_server", where, str(port), tmp_path],
            env=environment_of(tmp_path / "data", {"BACHATA_STOP_SECONDS": str(STOP_SECONDS)}),
            stdin=subprocess.DEVNULL,
            stdout=stderr,
            stderr=stderr,
        )
    child = tmp_path / "child"
    try:
        await until(lambda: child.exists() and child.read_text() != "", within=STARTED)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", verify=NO_TLS) as client:
            asking = None
            if where != "opening":
                await until(lambda: "Application startup complete" in log.read_text(), within=NEVER)
                asking = asyncio.ensure_future(client.get("/api/songs", timeout=NEVER))
                await asyncio.wait({asking}, timeout=0.2)
            process.send_signal(number)
            await until(lambda: process.poll() is not None, within=NEVER)
            if asking is not None:
                await asyncio.wait({asking})
                asking.exception()
        await until(lambda: gone(int(child.read_text())), within=NEVER)
    finally:
        process.kill()
        process.wait()
        if child.exists() and not gone(int(child.read_text())):
            os.kill(int(child.read_text()), signal.SIGKILL)
    forced = "the process ends before all work has ended" in log.read_text()
    assert forced == (where in FORCED)
    obeyed = 0 if number is signal.SIGTERM else -number
    assert process.returncode == (128 + number if forced else obeyed)


@pytest.fixture(scope="module")
def cold(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a song and moves of which nothing has been encoded."""
    sources = tmp_path_factory.mktemp("made")
    data = tmp_path_factory.mktemp("cold") / "data"

    async def furnish() -> None:
        film, sound = sources / "film.mp4", sources / "song.wav"
        footage.noisy_film(film, 8.0, 320, 180)
        footage.song_of(sound, 24.0)
        settings = Settings(data_dir=str(data))
        async with open_ports(settings) as ports:
            use_cases = wire(ports, settings)
            await use_cases.add_song(sound, *footage.song(24.0))
            for number, label in enumerate(("intros", "basic", "turn", "outro")):
                await use_cases.add_move(film, footage.move(number, label))

    asyncio.run(furnish())
    for cache in (data / "cache", data / "media" / "cache"):
        shutil.rmtree(cache, ignore_errors=True)
    return data


@pytest.fixture
def data(cold: Path, tmp_path: Path) -> Generator[Path]:
    """A copy of it, at an address no other process has in its command line."""
    copy = tmp_path / f"data-{uuid4().hex}"
    shutil.copytree(cold, copy)
    yield copy
    shutil.rmtree(copy)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("seed", range(25 if LONG else 1))
async def test_a_command_that_is_told_to_stop_ends_and_leaves_nothing_half_made(
    seed: int, times: int, number: signal.Signals, data: Path
) -> None:
    chance = random.Random(f"{seed} {times} {number}")  # noqa: S311
    process = subprocess.Popen(  # noqa: ASYNC220
        [COMMAND, "generate", "--song", "clicks"],
        env=environment_of(data, {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        work = data / "work"
        await until(lambda: process.poll() is not None or filled(work), within=STARTED)
        await asyncio.sleep(chance.uniform(0, 3 if LONG else 0.5))
        for _ in range(times):
            process.send_signal(number)
            await asyncio.sleep(chance.uniform(0, 0.3))
        _, errors = await asyncio.to_thread(process.communicate, timeout=NEVER)
        assert b"Traceback" not in errors
        # By chance it may have been over before.
        # So it may at the second signal, which then ends what is left of the process at once.
        assert process.returncode in {128 + number, -number, 0}, errors.decode()
        assert LONG or process.returncode != 0
        assert working(data) == []
        for folder in (work, data / "cache" / "making", data / "media" / ".incoming"):
            assert not filled(folder)
    finally:
        process.kill()
        process.wait()


def filled(folder: Path) -> bool:
    """Return True if a folder is not empty."""
    return folder.is_dir() and any(folder.iterdir())
