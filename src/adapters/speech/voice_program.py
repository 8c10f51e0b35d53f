"""Run a voice as a program of its own in the cage: one request in, one sound out."""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from adapters.cage.cage import Cage, Limits, modules, of_python
from adapters.cage.child import Child
from adapters.cage.ending import end
from adapters.cage.launcher import NOT_CAGED, NOT_FOUND
from adapters.cage.starting import start
from adapters.speech.messages import LONGEST_HEAD, Reply
from application.concurrency.timeouts import place_in
from application.concurrency.work_priority import Places, is_low
from domain.scripts.errors import SpeechFailed, SpeechUnavailable

_START: Final = "import sys; sys.path[:] = sys.argv[1].split('\\n'); from {} import main; main()"
"""Runs with a list of module folders, one per line; Python imports from nowhere else."""
_QUEUE_WAIT: Final = 60 * 60.0
"""Maximum seconds that an utterance waits in the queue, behind long scripts."""
_MOST_ERRORS: Final = 4_000
"""Bytes of the program's last messages that are kept."""
_LOWEST: Final = 19
"""Lowest priority of a process: it computes when no other process does."""
_SAID_NOTHING: Final = "The voice says nothing for this text."


class Sound(msgspec.Struct, frozen=True):
    """Mono samples of 16 bits from a voice."""

    reply: Reply
    pcm: bytes


class VoiceProgram:
    """Starts a Python module as a voice, at most ``at_once`` at a time.

    The module gets a request as JSON on its standard input, and writes the length of a `Reply`, the
    reply and samples. The text is on no command line. If a call is cancelled or fails, the program
    has ended when the call returns.
    """

    def __init__(
        self,
        module: str,
        *,
        name: str,
        limits: Limits,
        most_bytes: int,
        cage: Cage | None = None,
        at_once: int = 2,
        reads: Sequence[str] = (),
        command: Sequence[str] | None = None,
    ) -> None:
        """Take the module, the voice's name for messages, limits, and the files that it reads.

        The sound has at most ``most_bytes``. ``command`` replaces the module in tests.
        """
        self._name = name
        self._limits = limits
        self._most_bytes = most_bytes
        self._cage = cage or Cage()
        self._reads = tuple(reads)
        self._places = Places(at_once)
        self._argv = list(command or _python(module))

    async def speak(self, request: dict[str, Any]) -> Sound:
        """Return the sound for a request; raises `SpeechUnavailable` and `SpeechFailed`."""
        body = json.dumps(request).encode()
        async with place_in(self._places.free, f"a free place for {self._name}", _QUEUE_WAIT):
            process = await self._started()
            try:
                async with asyncio.timeout(self._limits.seconds):
                    output, errors, _ = await asyncio.gather(
                        self._read(process), _last(process.stderr), _write(process, body)
                    )
                    status = await process.wait()
            except TimeoutError:
                message = f"{self._name} did not end within {self._limits.seconds:g} s."
                raise SpeechFailed(message) from None
            finally:
                await end(process)
        self._check(status, errors)
        return self._decoded(output)

    async def _started(self) -> Child:
        command = self._cage.command(
            self._argv,
            limits=self._limits,
            reads=(*of_python(), *self._reads),
            nice=_LOWEST if is_low() else 0,
        )
        try:
            return await start(command, stdin=True)
        except OSError as error:
            message = f"{self._name} cannot be started: {os.strerror(error.errno or 0)}."
            raise SpeechUnavailable(message) from error

    async def _read(self, process: Child) -> bytes:
        """Return the whole output; raises `SpeechFailed` as soon as it is too long."""
        output = bytearray()
        most = self._most_bytes + LONGEST_HEAD
        while process.stdout is not None and (part := await process.stdout.read(65_536)):
            output += part
            if len(output) > most:
                raise SpeechFailed(
                    f"{self._name} gave more than {self._most_bytes // 1_000_000} MB of sound: "
                    "divide the text into shorter scenes."
                )
        return bytes(output)

    def _check(self, status: int, errors: str) -> None:
        if status == 0:
            return
        if status in (NOT_CAGED, NOT_FOUND):
            raise SpeechUnavailable(f"{self._name} cannot be started.", details=errors)
        reason = f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
        raise SpeechFailed(f"{self._name} {reason}.", details=errors)

    def _decoded(self, output: bytes) -> Sound:
        length, rest = int.from_bytes(output[:4], "big"), output[4:]
        message = f"{self._name} gave an answer that cannot be read."
        if length > len(rest):
            raise SpeechFailed(message)
        try:
            reply = msgspec.json.decode(rest[:length], type=Reply)
        except ValueError as error:
            raise SpeechFailed(message, details=str(error)[:200]) from error
        if reply.unavailable:
            raise SpeechUnavailable(f"{self._name} cannot be used.", details=reply.unavailable)
        pcm = rest[length:]
        if len(pcm) % 2:
            raise SpeechFailed(f"{self._name} gave half a sample.")
        if not pcm:
            raise SpeechFailed(_SAID_NOTHING)
        return Sound(reply, pcm)


def _python(module: str) -> list[str]:
    folders = "\n".join(modules())
    return [sys.executable, "-I", "-S", "-B", "-c", _START.format(module), folders]


async def _write(process: Child, body: bytes) -> None:
    """Send a request; a program that does not read it says so by its answer."""
    if process.stdin is None:
        return
    with contextlib.suppress(ConnectionError):
        process.stdin.write(body)
        await process.stdin.drain()
    process.stdin.close()


async def _last(stream: asyncio.StreamReader | None) -> str:
    """Return the last messages of a program, however many it writes."""
    kept = b""
    while stream is not None and (part := await stream.read(65_536)):
        kept = (kept + part)[-_MOST_ERRORS:]
    return kept.decode(errors="replace")
