"""Start a program in the cage."""

import subprocess
from collections.abc import Sequence

from adapters.cage.cage import environment
from adapters.cage.child import Child
from adapters.cage.ending import end


async def start(command: Sequence[str], *, stdin: bool = False) -> Child:
    """Start a command of `Cage.command`; raises OSError if it cannot be started.

    Its output and its errors are pipes, and with ``stdin`` its input, too. It starts in the thread
    of the event loop, because it is killed when that thread ends. The caller calls `ending.end` in
    any case.
    """
    process = subprocess.Popen(  # noqa: ASYNC220, S603 - it returns at once; a command of the cage
        command,
        bufsize=0,
        stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env=environment(),
    )
    child = Child(process)
    child.watch()
    try:
        await child.connect()
    except BaseException:
        await end(child)
        raise
    return child
