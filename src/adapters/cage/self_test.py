"""Test the cage: a program inside it tries forbidden actions."""

import asyncio
import contextlib
import logging
import os
import sys
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from anyio import CancelScope

from adapters.cage.cage import Cage, Limits, environment, of_python
from application.concurrency.threads import FILES
from domain.shared.errors import NotReady

_TRIES: Final = """
import os, socket, sys
canary, folder, parent = sys.argv[1:]
def tcp():
    socket.create_connection(("127.0.0.1", 9), 1)
tries = {
    "reading a file of the service": lambda: open(canary).close(),
    "writing into its folder": lambda: open(folder + "/caged", "w").close(),
    "deleting a file": lambda: os.unlink(canary),
    "changing the rights of a file": lambda: os.chmod(canary, 0o600),
    "reading the service's memory": lambda: open("/proc/%s/mem" % parent, "rb").close(),
    "opening a socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close(),
    "opening a connection": tcp,
    "signalling the service": lambda: os.kill(int(parent), 0),
    "starting a process": lambda: os.fork() or os._exit(0),
}
for name, attempt in tries.items():
    try:
        attempt()
    except (PermissionError, FileNotFoundError):
        continue
    except OSError:
        pass
    print(name)
print("end")
"""
_LIMIT: Final = 20.0
"""Maximum seconds for the test; it usually takes 0.1."""

_log = logging.getLogger("bachata.cage")


class TriedCage:
    """An `application.ports.cage.Cage` that tests itself once, at its first use."""

    def __init__(self, cage: Cage, folder: Path) -> None:
        """Take the cage, and the service's data folder, which no caged program may reach."""
        self._cage = cage
        self._folder = folder
        self._gaps: tuple[str, ...] | None = None
        self._trying = asyncio.Lock()

    @property
    def gaps(self) -> tuple[str, ...]:
        """The forbidden actions that succeeded in the test; empty before the test."""
        return self._gaps or ()

    async def ready(self) -> str:
        """See `application.ports.cage.Cage`."""
        self._cage.require()
        if self._cage.mode == "off":
            return self._cage.strength
        async with asyncio.timeout(2 * _LIMIT), self._trying:
            if self._gaps is None:
                self._gaps = await gaps_of(self._cage, self._folder)
                if self._gaps and self._cage.mode == "prefer":
                    _log.warning("the cage has gaps: %s", ", ".join(self._gaps))
        if not self._gaps:
            return f"{self._cage.strength}; the self-test found no gap"
        message = f"{self._cage.strength}; the self-test found gaps: {', '.join(self._gaps)}"
        if self._cage.mode == "require":
            raise NotReady(f"BACHATA_CAGE=require, but the cage has gaps. {message}")
        return message


async def gaps_of(cage: Cage, folder: Path) -> tuple[str, ...]:
    """Run the test program in the cage and return its successful forbidden actions; raises
    `NotReady`.
    """
    canary = await FILES.run(lambda: _canary(folder))
    try:
        return await _gaps_of(cage, canary)
    finally:
        with CancelScope(shield=True):
            await FILES.run(lambda: _remove(canary, folder / "caged"))


def _canary(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=folder, prefix=".cage-", delete=False) as canary:
        canary.write(b"secret")
    return Path(canary.name)


def _remove(*files: Path) -> None:
    for file in files:
        file.unlink(missing_ok=True)


async def _gaps_of(cage: Cage, canary: Path) -> tuple[str, ...]:
    program = [sys.executable, "-I", "-S", "-B", "-c", _TRIES]
    process = await asyncio.create_subprocess_exec(
        *cage.command(
            [*program, str(canary), str(canary.parent), str(os.getpid())],
            limits=Limits(cpu_seconds=10, file_bytes=1_000, memory_bytes=2**30),
            reads=of_python(),
        ),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
        env=environment(),
    )
    try:
        async with asyncio.timeout(_LIMIT):
            output, error_output = await process.communicate()
    except TimeoutError:
        raise NotReady(f"The self-test of the cage did not end within {_LIMIT:g} s.") from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
    lines = output.decode(errors="replace").split("\n")
    if "end" not in lines:
        raise NotReady(
            "No program can be started in the cage: "
            f"{error_output.decode(errors='replace').strip()[-200:]}"
        )
    return tuple(line for line in lines if line and line != "end")
