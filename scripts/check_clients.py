"""Make clients in TypeScript and in Python from docs/openapi.json, and films with each of them.

    python -m scripts.check_clients [--data DIR]

A server of this machine serves the demo's library to them, from DIR if it is named, else from a
folder that is made and removed; making the demo takes under two minutes on 2 cores. Each client
makes a film, waits for it, downloads it, and reads an error. Everything that is generated or
installed is in folders that are removed. Without Node.js the TypeScript client is left out, which
is printed. The exit status is 1 if a step fails.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx

from scripts import node_packages
from scripts.openapi_document import DOCUMENT

PROGRAMS: Final = Path(__file__).parent / "clients"
TYPESCRIPT: Final = (
    *("openapi-typescript@7", "openapi-fetch@0", "typescript@5", "@types/node@20"),
)
GENERATOR: Final = "openapi-python-client>=0.24,<1"
COMMAND: Final = Path(sys.executable).with_name("bachata-buddy")
_SECONDS: Final = 600.0
"""Maximum seconds of each step."""
_STARTED: Final = 120.0
_TICK: Final = 0.1


class StepFailed(Exception):
    """A step ended with an error; its own output says which."""


@contextmanager
def served(data: Path) -> Generator[str]:
    """Serve the library of a data folder; yields the URL."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [COMMAND, "serve", "--port", str(port)]
    server = subprocess.Popen(command, env=_environment(data))  # noqa: S603 - our own command
    try:
        _wait_for(server, url)
        yield url
    finally:
        server.terminate()
        try:
            server.wait(timeout=_STARTED)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_for(server: "subprocess.Popen[bytes]", url: str) -> None:
    until = time.monotonic() + _STARTED
    while time.monotonic() < until:
        if server.poll() is not None:
            raise StepFailed("The server has ended.")
        try:
            if httpx.get(f"{url}/health/ready", timeout=5).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(_TICK)
    raise StepFailed(f"The server is not ready after {_STARTED:g} s.")


def _environment(data: Path) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("BACHATA_")}
    return {**ours, "BACHATA_DATA_DIR": str(data), "BACHATA_LOG_LEVEL": "warning"}


def check_typescript(url: str) -> None:
    """Make the TypeScript client, check the types of its use, and use it; raises `StepFailed`."""
    try:
        with node_packages.installed(*TYPESCRIPT) as packages:
            for name in ("make_film.ts", "tsconfig.json"):
                shutil.copy(PROGRAMS / name, packages.folder)
            flags = ("--no-default-non-nullable", "-o", "schema.d.ts")
            for program, *arguments in (
                ("openapi-typescript", str(DOCUMENT), *flags),
                ("tsc", "--project", "."),
                ("node", "made/make_film.js", url),
            ):
                if packages.run(program, *arguments) != 0:
                    raise StepFailed(f"{program} failed for the TypeScript client.")
    except FileNotFoundError as error:
        print(f"{error} The TypeScript client is not tried.")


def check_python(url: str) -> None:
    """Make the Python client in an environment of its own, and use it; raises `StepFailed`."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        python = folder / "environment/bin/python"
        uv = [found] if (found := shutil.which("uv")) else [sys.executable, "-m", "uv"]
        _run([*uv, "venv", "--quiet", str(folder / "environment")], folder)
        _run([*uv, "pip", "install", "--quiet", "--python", str(python), GENERATOR], folder)
        generator = [str(python), "-m", "openapi_python_client", "generate", "--meta", "none"]
        paths = ["--path", str(DOCUMENT), "--config", str(PROGRAMS / "python_client.yaml")]
        _run([*generator, *paths, "--fail-on-warning"], folder)
        shutil.copy(PROGRAMS / "make_film.py", folder)
        _run([str(python), "make_film.py", url], folder)


def _run(command: list[str], folder: Path) -> None:
    status = subprocess.run(command, cwd=folder, check=False, timeout=_SECONDS).returncode  # noqa: S603
    if status != 0:
        raise StepFailed(f"{' '.join(command[:4])} ended with status {status}.")


def check(data: Path) -> None:
    """Use both clients over the library of a data folder, with the demo's in it."""
    demo = subprocess.run(  # noqa: S603 - our own command
        [COMMAND, "demo"], env=_environment(data), check=False, timeout=_SECONDS
    )
    if demo.returncode != 0:
        raise StepFailed("The demo failed.")
    with served(data) as url:
        check_typescript(url)
        check_python(url)


def main() -> int:
    """Return the exit status."""
    parser = argparse.ArgumentParser(description="Check the clients made from docs/openapi.json.")
    parser.add_argument("--data", type=Path, help="data folder with the demo's library")
    data: Path | None = parser.parse_args().data
    try:
        if data is not None:
            check(data.resolve())
        else:
            with tempfile.TemporaryDirectory() as name:
                check(Path(name))
    except StepFailed as failed:
        print(failed, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
