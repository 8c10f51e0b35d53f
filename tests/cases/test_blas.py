"""Numbers are crunched by the thread that asks for it."""

import subprocess
import sys

PROGRAM = """
import numpy as before
from adapters.system.blas import use_one_blas_thread
use_one_blas_thread()
import scipy.linalg, threadpoolctl
found = threadpoolctl.threadpool_info()
print([each["num_threads"] for each in found if each["user_api"] == "blas"])
"""


def test_every_blas_has_one_thread_whether_it_was_loaded_before_or_is_later() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() in ("[1]", "[1, 1]")
