"""Restrict numerical libraries to one thread."""

import os
from typing import Final

from threadpoolctl import threadpool_limits  # pyright: ignore[reportMissingTypeStubs]

_VARIABLES: Final = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS")


def use_one_blas_thread() -> None:
    """Make every BLAS of this process compute in the calling thread, even if it is loaded later.

    OpenBLAS stops its threads before a fork, and a caller that waits for one of them then waits for
    ever. A BLAS loaded later reads its environment variable; a loaded one is set directly.
    """
    for name in _VARIABLES:
        os.environ[name] = "1"
    threadpool_limits(1, user_api="blas")
