"""Number crunching with one thread."""

import os
from typing import Final

from threadpoolctl import threadpool_limits  # pyright: ignore[reportMissingTypeStubs]

_VARIABLES: Final = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS")


def use_one_blas_thread() -> None:
    """Have every BLAS of this process compute in the thread that asks, now and when it is loaded.

    OpenBLAS stops its threads before a fork, and whoever waits for one of them then waits for
    ever. One that is loaded later reads its variable; one that is there is told.
    """
    for name in _VARIABLES:
        os.environ[name] = "1"
    threadpool_limits(1, user_api="blas")
