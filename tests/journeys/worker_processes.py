"""Worker processes, and the API process and the Postgres database that they share."""

import json
import signal
import subprocess
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from anyio import to_thread

from entrypoints.bootstrap import open_ports
from entrypoints.environment import from_environment
from entrypoints.settings import Settings
from entrypoints.wiring.wire import wire
from tests.contracts import postgres
from tests.journeys import footage
from tests.journeys.server import COMMAND, STARTED, environment_of, until

WORK = (str(COMMAND), "worker")


class Worker:
    """A worker process; its address of the common data folder is its own."""

    def __init__(
        self,
        data: Path,
        name: str,
        environment: dict[str, str],
        command: Sequence[str] = WORK,
    ) -> None:
        self.data = data.with_name(f"{name}-{uuid4().hex}")
        self.data.symlink_to(data)
        self._log = self.data.with_suffix(".log")
        with self._log.open("wb") as stderr:
            self.process = subprocess.Popen(
                command,
                env=environment_of(self.data, environment),
                stdin=subprocess.DEVNULL,
                stdout=stderr,
                stderr=stderr,
            )

    def lines(self) -> list[dict[str, Any]]:
        """Everything it has logged, but for a line that its death cut off."""
        text = self._log.read_text()
        return [json.loads(line) for line in text.splitlines(keepends=True) if line[-1] == "\n"]

    def has_said(self, event: str) -> bool:
        return any(line["event"] == event for line in self.lines())

    def is_ready(self) -> bool:
        assert self.process.poll() is None, self._log.read_text()
        return self.has_said("the worker is ready")

    async def ended(self, by: signal.Signals) -> int:
        self.process.send_signal(by)
        await until(lambda: self.process.poll() is not None, within=STARTED)
        return self.process.returncode

    def kill(self) -> None:
        """End it for good; nothing happens if it has ended."""
        self.process.kill()
        self.process.wait()


class Service:
    """Postgres, a data folder, and the settings that API processes and workers share."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder = folder
        self.data = folder / f"data-{uuid4().hex}"
        self.database = database
        self.environment = {"BACHATA_DATABASE_URL": database, "BACHATA_JOBS": "pgqueuer"}

    @property
    def settings(self) -> Settings:
        return from_environment({**self.environment, "BACHATA_DATA_DIR": str(self.data)})

    async def furnish(self, seconds: float) -> None:
        """Make the tables, and add a song, three small moves, and a noisy one, `move-1`."""
        await self.make_tables()
        small, noisy, sound = (
            self.folder / name for name in ("small.mp4", "noisy.mp4", "song.wav")
        )
        footage.noisy_film(small, seconds, 160, 90)
        footage.noisy_film(noisy, seconds, 320, 180)
        footage.song_of(sound, seconds)
        async with open_ports(self.settings) as ports:
            use_cases = wire(ports, self.settings)
            await use_cases.add_song(sound, *footage.song(seconds))
            for number, label in ((0, "intros"), (2, "basic"), (3, "outro")):
                await use_cases.add_move(small, footage.move(number, label), ready=False)
            await use_cases.add_move(noisy, footage.move(1, "noise"), ready=False)

    async def make_tables(self) -> None:
        ran = partial(
            subprocess.run,
            [COMMAND, "db", "upgrade"],
            env=environment_of(self.data, self.environment),
            check=True,
            capture_output=True,
            text=True,
        )
        said = (await to_thread.run_sync(ran)).stderr
        assert "The tables of PgQueuer are now up to date." in said

    @asynccontextmanager
    async def workers(self, *names: str, **more: str) -> AsyncGenerator[list[Worker]]:
        """Workers that are ready; they are gone afterwards."""
        started = [Worker(self.data, name, {**self.environment, **more}) for name in names]
        try:
            for each in started:
                await until(each.is_ready, within=STARTED)
            yield started
        finally:
            for each in started:
                each.kill()


@contextmanager
def own_database() -> Generator[str]:
    """A database on a Postgres server that nobody else uses."""
    with postgres.own_server() as server, postgres.database(server.url) as url:
        yield url
