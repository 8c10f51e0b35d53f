"""The processes of compose.yaml, started without containers, make films; no process is left."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 300.0
"""Seconds in which it is done on a busy machine."""
TOLD = 30.0
"""Seconds in which the script has stopped everything when it is told to stop."""


@pytest.mark.skipif(
    not os.environ.get("BACHATA_TEST_LONG"), reason="takes half a minute: BACHATA_TEST_LONG=1"
)
def test_a_film_is_made_through_the_one_port_and_another_without_the_killed_worker() -> None:
    script = subprocess.Popen(
        [sys.executable, "-m", "scripts.run_compose"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        said, failed = script.communicate(timeout=LIMIT)
    finally:
        script.terminate()
        script.wait(timeout=TOLD)
    assert script.returncode == 0, f"{said}\n{failed}"
    assert said.count("a film of ") == 2
    processes = dict(re.findall(r"(\S+) has the process id (\d+)", said))
    assert sorted(processes) == ["api", "storage", "worker-1", "worker-2"]
    assert re.search(r"worker-\d is killed: -9\n.*a film of ", said)
    assert [name for name, each in processes.items() if _is_running(int(each))] == []


def _is_running(process: int) -> bool:
    try:
        return b"bachata" in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False
