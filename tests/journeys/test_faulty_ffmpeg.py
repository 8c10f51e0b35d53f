"""A server whose FFmpeg hangs, dies late, or floods its output: films fail by name, or are made."""

import asyncio
import os
import random
import signal
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
import pytest

from adapters.ffmpeg.find import find_ffmpeg
from domain.jobs.job import JobState
from domain.shared.paths import film as film_path
from tests.journeys.server import Server, serving, until, working
from tests.journeys.settled import GONE, all_ended, expect_one_end

pytestmark = pytest.mark.anyio

ASSEMBLE: Final = "/api/choreography/assemble"
SOON: Final = 60.0
"""Seconds after which what is waited for will not happen any more."""
LONG: Final = bool(os.environ.get("BACHATA_TEST_LONG"))
LIMIT: Final = 45
"""Seconds that a film may take on this server."""
LATE: Final = "the disk of the encoder broke at the end"
FLOOD_MB: Final = 100
MEMORY_MB: Final = 100
"""Megabytes by which a server may grow while its FFmpeg floods stderr; a film needs some."""

FAULTS: Final = ("nothing", "dies", "floods", "is left", "again", *(("hangs",) if LONG else ()))

SCRIPT: Final = """#!/bin/sh
# What FFmpeg says of itself is said by the real one.
case " $* " in *" -i "*) ;; *) exec "{ffmpeg}" "$@" ;; esac
read -r mode < "{mode}"
case "$mode" in
hangs) exec sleep {marker} ;;
dies) "{ffmpeg}" "$@" || exit; echo "{late}" >&2; exit 1 ;;
floods) yes "a line that FFmpeg repeats" | head -c {flood}000000 >&2; exec "{ffmpeg}" "$@" ;;
*) exec "{ffmpeg}" "$@" ;;
esac
"""


class FaultyFFmpeg:
    """A program in place of FFmpeg, whose fault is chosen by a file."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._mode = folder / "mode"
        # Nobody else sleeps for so many seconds, so its processes are found by that number.
        self.marker = Path(f"36{random.SystemRandom().randrange(10**8)}.5")
        script = SCRIPT.format(
            ffmpeg=find_ffmpeg().path,
            mode=self._mode,
            marker=self.marker,
            late=LATE,
            flood=FLOOD_MB,
        )
        program = folder / "ffmpeg"
        program.write_text(script)
        program.chmod(0o755)
        self.has("nothing")
        # A cage would not let the script read its file.
        self.environment = {"PATH": f"{folder}:{os.environ['PATH']}", "BACHATA_CAGE": "off"}

    def has(self, fault: str) -> None:
        """Choose the fault of the next call."""
        self._mode.write_text(fault + "\n")


@pytest.fixture
def faulty(tmp_path: Path) -> FaultyFFmpeg:
    return FaultyFFmpeg(tmp_path / "programs")


@pytest.fixture
async def server(data: Path, tmp_path: Path, faulty: FaultyFFmpeg) -> AsyncGenerator[Server]:
    more = {"BACHATA_ASSEMBLY_TIMEOUT": str(LIMIT), **faulty.environment}
    async with serving(data, tmp_path / "log", **more) as started:
        yield started


def blueprint(data: Path, bitrate: int) -> dict[str, Any]:
    """A small film; for each bitrate its clip is encoded anew."""
    task_id = uuid4()
    [song] = (data / "media").glob("songs/*")
    [clip] = (data / "media").glob("clips/move-0-*")
    cut = {"start_time": 0.0, "duration": 1.0, "trim_start": 0.4}
    return {
        "task_id": str(task_id),
        "audio_path": f"songs/{song.name}",
        "moves": [{"video_path": f"clips/{clip.name}", **cut}],
        "output_config": {
            "output_path": film_path("local", task_id),
            "width": 160,
            "height": 90,
            "video_bitrate": f"{bitrate}k",
        },
    }


def memory_of(process: int) -> int:
    """Return the memory of a process in MB."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) // 1024
    raise AssertionError


async def test_every_fault_of_ffmpeg_has_one_end_and_the_next_film_is_made(
    server: Server, data: Path, faulty: FaultyFFmpeg
) -> None:
    asked = {fault: blueprint(data, 300 + number) for number, fault in enumerate(FAULTS)}
    figures: list[str] = []
    async with server.client() as client:

        async def ask(fault: str) -> httpx.Response:
            return await client.post(ASSEMBLE, json=asked[fault])

        answer = await ask("nothing")
        assert answer.status_code == 200, answer.text

        faulty.has("dies")
        answer = await ask("dies")
        assert (answer.status_code, answer.json()["code"]) == (500, "ffmpeg-failed"), answer.text
        assert LATE in answer.json()["details"]

        faulty.has("floods")
        before = memory_of(server.process.pid)
        answer = await ask("floods")
        assert answer.status_code == 200, answer.text
        grown = memory_of(server.process.pid) - before
        figures.append(f"{FLOOD_MB} MB of stderr cost {grown} MB")
        assert grown < MEMORY_MB

        faulty.has("hangs")
        leaving = asyncio.ensure_future(ask("is left"))
        await until(lambda: bool(working(faulty.marker)), within=SOON)
        leaving.cancel()
        took = await until(lambda: not working(faulty.marker), within=GONE)
        figures.append(f"a hanging FFmpeg was gone {took:.2f} s after its client")

        faulty.has("nothing")
        answer = await ask("again")
        assert answer.status_code == 200, answer.text

        if LONG:
            faulty.has("hangs")
            answer = await ask("hangs")
            assert (answer.status_code, answer.json()["code"]) == (504, "assembly-timed-out")
            assert working(faulty.marker) == []
        ids = [UUID(each["task_id"]) for each in asked.values()]
        await all_ended(data, ids)
    assert await server.ended(signal.SIGTERM) == 0
    assert not any("exception" in line for line in server.lines())
    ends = await expect_one_end(data, ids, {}, faulty.marker)
    states = {fault: ends.jobs[each].state for fault, each in zip(FAULTS, ids, strict=True)}
    other = {"dies": JobState.FAILED, "hangs": JobState.FAILED, "is left": JobState.CANCELLED}
    assert states == {fault: other.get(fault, JobState.COMPLETED) for fault in FAULTS}
    print(f"{'; '.join(figures)}; {ends.counted()}; load {os.getloadavg()[0]:.1f}")


async def test_a_server_that_is_killed_takes_its_hanging_ffmpeg_with_it(
    server: Server, data: Path, faulty: FaultyFFmpeg
) -> None:
    faulty.has("hangs")
    async with server.client() as client:
        asking = asyncio.ensure_future(client.post(ASSEMBLE, json=blueprint(data, 300)))
        await until(lambda: bool(working(faulty.marker)), within=SOON)
        assert await server.ended(signal.SIGKILL) == -signal.SIGKILL
        await until(lambda: not working(faulty.marker), within=GONE)
        with pytest.raises(httpx.TransportError):
            await asking
