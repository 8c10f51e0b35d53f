"""`bachata-buddy serve`, where chosen films stand still at a place of their making.

    python -m tests.world.held_server FOLDER --port PORT

The first attempt at a film stands still at the place that the file FOLDER/{task id} names: a state
of its assembly, or `STORED`. FOLDER/{task id}.held exists while it does. It goes on when the first
file is gone.
"""

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from application.ports.progress import Report
from entrypoints.bootstrap import open_ports
from entrypoints.cli.start import start
from entrypoints.http import app as application
from entrypoints.ports import Ports
from entrypoints.settings import Settings

STORED: Final = "stored"
"""The film is in the storage, and its task does not say so yet."""
_LOOK: Final = 0.02


class Hold:
    """Holds films at their places; a listener of their progress."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def tell(self, report: Report) -> None:
        """Hold a film that has reached its state."""
        if report.attempt == 1:
            await self.at(str(report.task_id), str(report.stage))

    async def at(self, task_id: str, place: str) -> None:
        """Wait while the film is to stand still at this place."""
        request_file, held_file = self._folder / task_id, self._folder / f"{task_id}.held"
        if not request_file.exists() or request_file.read_text() != place:
            return
        held_file.touch()
        while request_file.exists():  # noqa: ASYNC110 - another process decides
            await asyncio.sleep(_LOOK)
        held_file.unlink()


class HeldStorage:
    """A storage whose answer to a first attempt at a film may be held."""

    def __init__(self, storage: object, hold: Hold) -> None:
        self._storage: Any = storage
        self._hold = hold

    def __getattr__(self, name: str) -> Any:
        return getattr(self._storage, name)

    async def put(self, source: Path, path: str, *, may_take_ownership: bool = False) -> None:
        await self._storage.put(source, path, may_take_ownership=may_take_ownership)
        await self._hold.at(Path(path).stem, STORED)


@asynccontextmanager
async def ports(settings: Settings, *, folder: Path) -> AsyncGenerator[Ports]:
    """The real ports, which hold films."""
    hold = Hold(folder)
    async with open_ports(settings, hold) as opened:
        storage: Any = HeldStorage(opened.storage, hold)
        yield replace(opened, storage=storage)


def serve_with(ports: Any, *options: str) -> None:
    """Serve with other ports until stopped."""
    change: Any = setattr
    change(application, "create_app", partial(application.create_app, ports=ports))
    sys.argv = ["bachata-buddy", "serve", *options]
    start()


if __name__ == "__main__":
    serve_with(partial(ports, folder=Path(sys.argv[1])), *sys.argv[2:])
