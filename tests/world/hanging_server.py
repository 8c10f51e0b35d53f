"""`bachata-buddy serve` over ports in memory, of which something hangs.

    python -m tests.world.hanging_server WHERE PORT FOLDER

WHERE is one of `HANGS`. It starts a process of its own, whose id is in FOLDER/child.
"""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any, Final

import anyio.to_thread

from entrypoints.cli import serve as serving
from entrypoints.cli.start import start
from entrypoints.http import app as application
from entrypoints.ports import Ports
from entrypoints.settings import Settings
from tests.api.memory_backend import MemoryBackend
from tests.world.stubborn import Stubborn

LONG: Final = 3600.0


class Hanging:
    """Songs that hang when they are listed."""

    def __init__(self, songs: object, where: str) -> None:
        self._songs = songs
        self._where = where

    def __getattr__(self, name: str) -> Any:
        return self._page if name == "page" else getattr(self._songs, name)

    async def _page(self, *_: object) -> None:
        match self._where:
            case "thread":
                await anyio.to_thread.run_sync(time.sleep, LONG)
            case "loop":
                time.sleep(LONG)  # noqa: ASYNC251 - that is the fault
            case _:
                await Stubborn().hang()


HANGS: Final = ("nothing", "request", "thread", "loop", "opening", "closing", "left thread")


FORCED: Final = ("request", "loop", "opening", "closing")
"""Those of them that keep a server from ending by itself, in order."""


@asynccontextmanager
async def ports(_: Settings, *, where: str, folder: Path) -> AsyncGenerator[Ports]:
    """Ports that hang somewhere."""
    backend = MemoryBackend(folder / "backend")
    await backend.furnish()
    child = subprocess.Popen(["sleep", str(LONG)], start_new_session=True)  # noqa: ASYNC220, S607
    (folder / "child").write_text(str(child.pid))
    if where == "opening":
        await Stubborn().hang()
    if where == "left thread":
        Thread(target=time.sleep, args=(LONG,)).start()
    songs: Any = Hanging(backend.library.songs, where)
    try:
        yield (
            backend.ports
            if where in ("nothing", "left thread")
            else replace(backend.ports, songs=songs)
        )
    finally:
        if where == "closing":
            await Stubborn().hang()
        child.kill()
        child.wait()


async def _ready(_: Settings) -> None:
    """Nothing is tried before the server starts."""
    await asyncio.sleep(0)


def main(where: str, port: str, folder: Path) -> None:
    """Serve until stopped."""
    opened: Any = partial(ports, where=where, folder=folder)
    change: Any = setattr
    change(application, "create_app", partial(application.create_app, ports=opened))
    change(serving, "_try_the_parts", _ready)
    sys.argv = ["bachata-buddy", "serve", "--port", port]
    start()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
