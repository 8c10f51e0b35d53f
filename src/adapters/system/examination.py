"""Examine the machine: installed versions and free disk space."""

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Final

from application.concurrency.cores import usable_cores
from application.operations.diagnose import CheckResult, Fact
from domain.shared.errors import DiskFull, DiskReadOnly, NotReady

PRODUCT: Final = "bachata-buddy"
PACKAGES: Final = (
    *("av", "imageio-ffmpeg", "numpy", "scipy", "librosa", "faiss-cpu", "litestar", "uvicorn"),
    *("sqlalchemy", "aiosqlite", "asyncpg", "alembic", "aioboto3", "msgspec", "google-genai"),
)

LOW: Final = 2 * 10**9
"""Free bytes of a disk below which the report warns."""
EMPTY: Final = 100_000_000
"""Free bytes below which no film can be made."""


def versions() -> CheckResult:
    """Return the versions of the product, Python, the platform and important packages."""
    installed = {name: _version(name) for name in (PRODUCT, *PACKAGES)}
    python, machine = platform.python_version(), platform.platform()
    facts: dict[str, Fact] = {
        "python": python,
        "implementation": sys.implementation.name,
        "platform": machine,
        "cores": usable_cores(),
        **{f"package:{name}": version or "missing" for name, version in installed.items()},
    }
    missing = [name for name, version in installed.items() if version is None]
    own = installed[PRODUCT]
    return CheckResult(
        detail=f"{PRODUCT} {own or 'of unknown version'}, Python {python}, {machine}",
        warnings=tuple(f"The package {name} is not installed." for name in missing),
        facts=facts,
    )


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def disks(folders: Mapping[str, Path | None]) -> CheckResult:
    """Return the free space of each folder's disk; None is the folder for temporary files.

    Raises `DiskFull`, `DiskReadOnly`, and `NotReady` if a folder is not writable.
    """
    facts: dict[str, Fact] = {}
    warnings: list[str] = []
    texts: list[str] = []
    for what, folder in folders.items():
        there = _nearest(folder or _temporary())
        free = shutil.disk_usage(there).free
        facts |= {f"{what}_path": str(there), f"{what}_free_bytes": free}
        texts.append(f"{what}: {free / 1e9:.1f} GB free")
        if os.statvfs(there).f_flag & os.ST_RDONLY:
            raise DiskReadOnly(details=f"It is the disk of the {what} folder.")
        if free < EMPTY:
            raise DiskFull(details=f"The {what} folder has {free / 1e6:.0f} MB left.")
        if free < LOW:
            warnings.append(f"The disk of the {what} folder has only {free / 1e6:.0f} MB free.")
    return CheckResult(detail=", ".join(texts), warnings=tuple(warnings), facts=facts)


def _temporary() -> Path:
    try:
        return Path(tempfile.gettempdir())
    except FileNotFoundError:
        raise NotReady(
            "No folder for temporary files can be written; set TMPDIR to one that can."
        ) from None


def _nearest(folder: Path) -> Path:
    """Return the folder itself, or its nearest existing parent."""
    return next(each for each in (folder, *folder.parents) if each.exists())
