"""Start programs in a sandbox, the cage, in which they reach only the files that
their work needs.
"""

import os
import sys
import sysconfig
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from adapters.cage import confine
from domain.shared.errors import NotReady

_SYSTEM: Final = (
    *("/usr", "/lib", "/lib32", "/lib64", "/bin", "/nix/store"),
    *("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives"),
    *("/dev/null", "/dev/zero", "/dev/urandom", "/proc/cpuinfo", "/proc/meminfo"),
    "/sys/devices/system/cpu",
)
"""System folders for programs and libraries, and the machine information that these read."""
_DEVICES: Final = ("/dev/null",)
_ENVIRONMENT: Final = ("LD_LIBRARY_PATH", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
"""Environment variables that a caged program keeps: library paths, and processor settings of
numerical libraries.
"""
_START: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from adapters.cage.launcher import main; main(sys.argv[2:])"
)


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Limits of one process; the system kills a process that exceeds them."""

    cpu_seconds: int = 2 * 60 * 60
    file_bytes: int = 32 * 2**30
    memory_bytes: int = 12 * 2**30
    """Address space; a 4K encode uses a quarter of it."""
    seconds: float = 2 * 60 * 60.0
    """Elapsed time, for a process that hangs without computing."""


class Cage:
    """Builds command lines that start programs in the cage, as far as this system supports it.

    The ``mode`` is `prefer`, `require` (refuse to start anything if the system lacks a part of the
    cage) or `off` (limits only).
    """

    def __init__(self, mode: str = "prefer") -> None:
        """Detect the features of the system; this starts nothing."""
        self.mode = mode
        self.landlock = confine.landlock_version() if mode != "off" else 0
        self.filters = mode != "off" and confine.has_filters()

    @property
    def strength(self) -> str:
        """Name the active parts: 'Landlock 7, system calls filtered'."""
        limits_memory = sys.platform == "linux"
        if self.mode == "off":
            return f"off: limits of time{' and memory' if limits_memory else ''} only"
        parts = [
            f"Landlock {self.landlock}" if self.landlock else "no Landlock",
            "system calls filtered" if self.filters else "system calls not filtered",
            *([] if limits_memory else ["memory not limited"]),
        ]
        return ", ".join(parts)

    def require(self) -> None:
        """Raise `NotReady` if the mode requires a cage that this system does not fully support."""
        if self.mode == "require" and not (self.landlock and self.filters):
            raise NotReady(
                "BACHATA_CAGE=require, but this system supports only a part of the cage "
                f"({self.strength}); use Linux 5.13 or newer with Landlock, or BACHATA_CAGE=prefer."
            )

    def command(
        self,
        argv: Sequence[str],
        *,
        limits: Limits,
        reads: Sequence[str] = (),
        writes: Sequence[str] = (),
        forks: bool = False,
        nice: int = 0,
    ) -> list[str]:
        """Return the command line that starts ``argv``, whose first word is a path, in the cage.

        The program can read the paths ``reads`` and the libraries of the system, can write below
        ``writes``, and cannot start processes unless it ``forks``. Its priority is lowered by
        ``nice``. Raises `NotReady` as `require` does.
        """
        self.require()
        program = os.path.realpath(argv[0])
        options = ["--parent", str(os.getpid())]
        if nice:
            options += ["--nice", str(nice)]
        for name, most in (
            ("RLIMIT_CPU", limits.cpu_seconds),
            ("RLIMIT_FSIZE", limits.file_bytes),
            ("RLIMIT_AS", limits.memory_bytes),
            ("RLIMIT_CORE", 0),
        ):
            options += ["--limit", name, str(most)]
        if self.landlock:
            options.append("--landlock")
            for path in (*_SYSTEM, *_libraries_of(program), program, argv[0], *reads):
                options += ["--read", path]
            for path in (*_DEVICES, *writes):
                options += ["--write", path]
        if self.filters:
            options += ["--filter", *(["--forks"] if forks else [])]
        return [*launcher(), *options, "--", *argv]


def launcher() -> list[str]:
    """Return the start of the launcher's command line, before its options."""
    # An isolated Python without site packages starts in 20 ms.
    return [sys.executable, "-I", "-S", "-B", "-c", _START, _sources()]


def environment() -> dict[str, str]:
    """Return the environment of a caged program."""
    variables = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    # One thread computes: threads would wait for each other, and files are processed in parallel.
    return {**variables, "LC_ALL": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


@cache
def of_python() -> tuple[str, ...]:
    """Return the paths that this Python and its modules are read from."""
    homes = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
    libraries = {str(Path(home, each)) for home in homes for each in ("bin", "lib", "lib64")}
    return tuple(sorted({*libraries, str(Path(sys.prefix, "pyvenv.cfg")), *modules()}))


@cache
def modules() -> tuple[str, ...]:
    """Return the folders that modules are imported from: standard library, installed packages,
    `src`.

    The current working folder, which may hold the service's data, is not one of them.
    """
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    installed = [sysconfig.get_path(name) for name in names]
    packages = [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]
    dynamic = [path for path in sys.path if path.endswith("lib-dynload")]
    return tuple(dict.fromkeys([_sources(), *installed, *dynamic, *packages]))


@cache
def _sources() -> str:
    return str(Path(__file__).parents[2])


@cache
def _libraries_of(program: str) -> tuple[str, ...]:
    """Return library folders outside the system's: beside the program, or in LD_LIBRARY_PATH."""
    paths = [path for path in os.environ.get("LD_LIBRARY_PATH", "").split(":") if path]
    folder = Path(program).parent
    beside = [str(folder.parent / name) for name in ("lib", "lib64")]
    return (*paths, *(beside if folder.name == "bin" else ()))
