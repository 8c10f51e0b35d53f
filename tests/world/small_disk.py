"""Disks of a few kilobytes, full or read-only, where the process may mount them."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest


class SmallDisk:
    """A file system of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def fill(self, left: int = 0) -> None:
        """Fill it but for so many bytes."""
        filler = self.root / "filler"
        with filler.open("ab", buffering=0) as file:
            while (free := shutil.disk_usage(self.root).free) > left:
                file.write(bytes(min(free - left, 1_000_000)))

    def make_room(self) -> None:
        (self.root / "filler").unlink()

    def lock(self) -> None:
        """Make it read-only."""
        subprocess.run(["mount", "-o", "remount,ro", self.root], check=True)  # noqa: S607


@contextmanager
def small_disk(size: int) -> Generator[SmallDisk]:
    """Mount a disk of ``size`` bytes; skips the test where that is not allowed.

    It lies outside the folders of pytest: the run of a killed test leaves its disk mounted, and
    pytest, which deletes the folders of earlier runs, would fail every later run over it.
    """
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("Only root can mount a disk.")
    root = Path(tempfile.mkdtemp(prefix="small-disk-"))
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(root)]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        root.rmdir()
        pytest.skip(f"No disk can be mounted here: {mounted.stderr.strip()}")
    try:
        yield SmallDisk(root)
    finally:
        # Lazily: a killed process may hold a file for a moment longer.
        subprocess.run(["umount", "-l", root], check=True)  # noqa: S607
        root.rmdir()
