"""The machine that a bench ran on, and the versions of what ran."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from adapters.ffmpeg.find import find_ffmpeg, short_version
from application.concurrency.cores import usable_cores


def about(folder: Path) -> list[str]:
    """A Markdown list: the machine, the versions, and the file system that ``folder`` is on."""
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    cores = usable_cores()
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return [
        f"- Machine: {cores} cores of {_processor()}, {gigabytes:.0f} GB memory, "
        f"{platform.system()} {platform.release()}, files on {_file_system(folder)}",
        f"- Versions: Bachata Buddy {version('bachata-buddy')}, "
        f"Python {platform.python_version()}, {_ffmpeg()}, PyAV {version('av')}",
        f"- Load when it began (1, 5 and 15 min): {load}",
    ]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()


def _ffmpeg() -> str:
    found = find_ffmpeg()
    command = [found.path, "-version"]
    told = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    return short_version(found, told.stdout.splitlines())


def _file_system(folder: Path) -> str:
    """The type of the file system with the longest mount point above a folder."""
    place = folder.resolve()
    best, kind = "", "an unknown file system"
    for line in Path("/proc/mounts").read_text().splitlines():
        _, point, type_ = line.split()[:3]
        if place.is_relative_to(point) and len(point) >= len(best):
            best, kind = point, type_
    return kind
