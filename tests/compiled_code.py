"""Compiled code is kept for the next process, also where the environment forbids it.

A run starts hundreds of Python processes. One that may not keep compiled code compiles everything
again, and a Pytest process takes twice as long to collect the tests.
"""

import os
import sys

_FORBIDS = "PYTHONDONTWRITEBYTECODE"


def pytest_configure() -> None:
    """Let this process keep compiled code, and those that it starts: workers, servers, commands."""
    sys.dont_write_bytecode = False
    os.environ.pop(_FORBIDS, None)
