"""`bachata-buddy worker`, whose process dies whenever it cuts the moves of a chosen film.

    python -m tests.world.dying_worker FOLDER

A film is chosen by a file of the name of its task in FOLDER.
"""

import os
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from application.ports.progress import Report
from domain.rendering.assembly import State
from entrypoints import worker
from entrypoints.bootstrap import open_ports
from entrypoints.cli.start import start
from entrypoints.ports import Ports
from entrypoints.settings import Settings


class Death:
    """A listener of progress that ends the process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def tell(self, report: Report) -> None:
        """Die of a chosen film."""
        if report.stage is State.CONCATENATING and (self._folder / str(report.task_id)).exists():
            os.kill(os.getpid(), signal.SIGKILL)


def main(folder: Path) -> None:
    """Work until stopped, or dead."""

    @asynccontextmanager
    async def opened(settings: Settings) -> AsyncGenerator[Ports]:
        async with open_ports(settings, Death(folder)) as ports:
            yield ports

    change: Any = setattr
    change(worker, "open_ports", opened)
    sys.argv = ["bachata-buddy", "worker"]
    start()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
