"""The processes of a test run keep compiled code for one another."""

import os
import subprocess
import sys
from pathlib import Path

MODULE = "imported_twice"


def test_a_process_that_a_test_starts_keeps_compiled_code(tmp_path: Path) -> None:
    (tmp_path / f"{MODULE}.py").write_text("")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    subprocess.run([sys.executable, "-c", f"import {MODULE}"], env=environment, check=True)
    assert not sys.dont_write_bytecode
    assert list((tmp_path / "__pycache__").glob(f"{MODULE}.*.pyc"))
