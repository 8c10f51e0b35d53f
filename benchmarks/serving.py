"""The product as people run it: a server, and requests on the loopback address."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from benchmarks.job import Job, anew
from benchmarks.measure import Run
from benchmarks.ours import film_of
from domain.blueprint.model import Blueprint

STARTED: Final = 60.0
"""Seconds after which a server that is not ready never will be."""
LONGEST: Final = 900.0
"""Seconds that a request may take."""


class Server(msgspec.Struct, frozen=True):
    """A server that answers."""

    process: int
    port: int

    def asked(self, method: str, path: str, body: bytes | None = None) -> int:
        """Send a request, read the whole answer, and return its status; raises OSError."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LONGEST)
        try:
            headers = {"Content-Type": "application/json"} if body else {}
            line.request(method, path, body, headers)
            answer = line.getresponse()
            answer.read()
            return answer.status
        finally:
            line.close()

    def assemble(self, blueprint: Blueprint) -> None:
        """Have a film made; raises RuntimeError when it was not."""
        status = self.asked("POST", "/api/choreography/assemble", msgspec.json.encode(blueprint))
        if status != 200:
            raise RuntimeError(f"The server answered {status}.")


@contextmanager
def serving(data: Path, log: Path) -> Generator[Server]:
    """Start a server over a data folder and end it afterwards; raises RuntimeError."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
    command = [Path(sys.executable).with_name("bachata-buddy"), "serve", "--port", str(port)]
    ours = {name: value for name, value in os.environ.items() if not name.startswith("BACHATA_")}
    with log.open("wb") as told:
        process = subprocess.Popen(  # noqa: S603 - the product's own command
            command,
            env={**ours, "BACHATA_DATA_DIR": str(data)},
            stdin=subprocess.DEVNULL,
            stdout=told,
            stderr=told,
        )
    try:
        server = Server(process.pid, port)
        _wait_for(server, process)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(server: Server, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + STARTED
    while time.monotonic() < until and process.poll() is None:
        try:
            if server.asked("GET", "/health/ready") == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("The server did not start.")


def request(job: Job) -> Generator[Run]:
    """The whole request, from the client's side, to a server in use."""
    with serving(job.data, job.fresh(".log")) as server:
        first = anew(job.blueprint)
        server.assemble(first)
        film_of(job.data, first).unlink()
        while True:
            blueprint = anew(job.blueprint)
            makes = film_of(job.data, blueprint)
            yield Run(lambda b=blueprint: server.assemble(b), makes, server.process)
