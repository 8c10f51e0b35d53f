"""The server as a process of its own, and what it leaves in the process table."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx

from tests.world.loopback import NO_TLS

COMMAND = Path(sys.executable).with_name("bachata-buddy")
SERVE = (str(COMMAND), "serve")
STARTED = 120.0
"""Seconds after which a server that does not answer never will."""
TICK = 0.02


class Server:
    """A server over one data folder."""

    def __init__(
        self, data: Path, log: Path, *, command: Sequence[str] = SERVE, **environment: str
    ) -> None:
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            self.port: int = listening.getsockname()[1]
        self.data = data
        self._log = log
        with log.open("wb") as stderr:
            self.process = subprocess.Popen(
                [*command, "--port", str(self.port)],
                env=environment_of(data, environment),
                stdin=subprocess.DEVNULL,
                stdout=stderr,
                stderr=stderr,
            )

    def lines(self) -> list[dict[str, Any]]:
        """Everything it has logged."""
        return [json.loads(line) for line in self._log.read_text().splitlines()]

    def client(self) -> httpx.AsyncClient:
        """A client of it."""
        return httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{self.port}", timeout=60, verify=NO_TLS
        )

    async def answers(self) -> bool:
        """Return True if it is ready."""
        assert self.process.poll() is None, self._log.read_text()
        async with self.client() as client:
            try:
                return (await client.get("/health/ready")).status_code == 200
            except httpx.TransportError:
                return False

    async def ended(self, by: signal.Signals) -> int:
        """Send it a signal and return its status."""
        self.process.send_signal(by)
        await until(lambda: self.process.poll() is not None, within=STARTED)
        return self.process.returncode


def environment_of(data: Path, more: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a command for a data folder."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("BACHATA_")}
    # A process that may keep no compiled code takes seconds longer to start.
    ours.pop("PYTHONDONTWRITEBYTECODE", None)
    return {**ours, "BACHATA_DATA_DIR": str(data), "BACHATA_WARM": "off", **more}


@asynccontextmanager
async def serving(
    data: Path, log: Path, *, command: Sequence[str] = SERVE, **environment: str
) -> AsyncGenerator[Server]:
    """A server that answers; it is gone afterwards."""
    server = Server(data, log, command=command, **environment)
    try:
        await until(server.answers, within=STARTED)
        yield server
    finally:
        server.process.kill()
        server.process.wait()


def working(data: Path) -> list[str]:
    """Command lines of all processes that work on a data folder."""
    command_lines: list[str] = []
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            line = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if os.fsencode(data) in line:
            command_lines.append(line.replace(b"\0", b" ").decode(errors="replace"))
    return command_lines


async def until(
    holds: Callable[[], bool] | Callable[[], Awaitable[bool]], *, within: float
) -> float:
    """Wait until something holds, and say how many seconds that took; fail after ``within``."""
    began = time.monotonic()
    while True:
        answer = holds()
        if answer if isinstance(answer, bool) else await answer:
            return time.monotonic() - began
        assert time.monotonic() - began < within, f"not within {within} s"
        await anyio.sleep(TICK)
