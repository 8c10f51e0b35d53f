"""Import the product, and answer requests, as on a system without the calls of Linux.

Other packages are imported before the calls are taken away: they have builds for each system.
"""

import asyncio
import os
import pkgutil
import socket
import sys
import tempfile
from importlib import import_module
from pathlib import Path

ROOTS = ("domain", "application", "adapters", "entrypoints")
CALLS = (
    *("sched_getaffinity", "sched_setaffinity", "posix_fallocate", "posix_fadvise"),
    *("copy_file_range", "memfd_create", "eventfd", "pidfd_open", "splice", "O_PATH", "O_TMPFILE"),
)
"""Names of `os` that macOS lacks."""


def modules() -> list[str]:
    """Return the names of all modules of the product that can be imported."""
    names = list[str]()
    for root in ROOTS:
        package = import_module(root)
        walked = pkgutil.walk_packages(package.__path__, f"{root}.")
        names += [each.name for each in walked if not each.name.endswith("__main__")]
    return names


async def answer() -> None:
    """Ask the service over memory for songs and for its health."""
    from tests.api.memory_backend import MemoryBackend

    backend = MemoryBackend(Path(tempfile.mkdtemp()))
    await backend.furnish()
    async with backend.client() as client:
        assert (await client.get("/api/songs")).status_code == 200
        assert (await client.get("/health/live")).status_code == 200


def main() -> None:
    """Fail with a traceback if anything needs Linux."""
    names = modules()
    for name in names:
        import_module(name)
    import_module("tests.api.memory_backend")
    for name in list(sys.modules):
        if name.split(".")[0] in (*ROOTS, "tests"):
            del sys.modules[name]
    for name in CALLS:
        if hasattr(os, name):
            delattr(os, name)
    if hasattr(socket, "SO_REUSEPORT"):
        del socket.SO_REUSEPORT
    sys.platform = "darwin"
    for name in modules():
        import_module(name)
    asyncio.run(answer())
    from adapters.cage.cage import Cage
    from domain.shared.errors import NotReady

    cage = Cage("prefer")
    weak = "no Landlock, system calls not filtered, memory not limited"
    assert cage.strength == weak, cage.strength
    assert Cage("off").strength == "off: limits of time only"
    try:
        Cage("require").require()
    except NotReady as error:
        print(error)
    else:
        raise AssertionError("A cage is required and there is none.")


if __name__ == "__main__":
    main()
