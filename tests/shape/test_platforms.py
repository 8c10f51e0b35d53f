"""The service starts on systems without the calls of Linux."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_all_modules_are_imported_and_requests_answered_as_on_macos() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.shape.as_on_macos"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "BACHATA_CAGE=require" in done.stdout
