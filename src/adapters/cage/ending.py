"""End a program in the cage with all its children."""

import asyncio
import logging
from typing import Final

from adapters.cage.child import Child
from application.concurrency.timeouts import passed

_ENDING: Final = 30.0
"""Maximum seconds to wait for the end of a killed process."""

_log = logging.getLogger("bachata.cage")


async def end(process: Child) -> None:
    """Kill a running process and wait for its end, even if the wait is cancelled repeatedly.

    The process leads a session of its own, all of which is killed.
    """
    if process.returncode is None:
        process.kill()
    ending = asyncio.ensure_future(_emptied(process))
    if not await passed(ending, _ENDING):
        # A process that does not end after SIGKILL waits for a disk that does not respond.
        _log.error("process %d was killed and has not ended after %g s", process.pid, _ENDING)
        ending.cancel()
    process.close()


async def _emptied(process: Child) -> None:
    """Read the rest of the pipes, because a full pipe would hide the end of the process."""
    for stream in (process.stdout, process.stderr):
        while stream is not None and await stream.read(65_536):
            pass
    await process.wait()
